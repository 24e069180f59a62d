"""How executions end without success, as Step Functions announces it on the default bus."""

import json
from dataclasses import dataclass
from typing import Any, Self

from galley.errors import ApprovalExpiredError, message_in
from galley.requests import WORKFLOW_ID

ANNOUNCED = {
    "detail-type": "Step Functions Execution Status Change",
    "detail": {"executionArn": str, "name": str, "status": str},
}
# What Step Functions says where nothing else is said.
_ERRORS = {"FAILED": "States.Runtime", "TIMED_OUT": "States.Timeout", "ABORTED": "States.Aborted"}
_NO_CAUSE = "No cause was given."
_CAUSE_CHARACTERS = 4000


@dataclass(frozen=True)
class End:
    """One end: of which execution, how, why, and after how many redrives."""

    workflow_id: str
    execution: str
    status: str
    error: str
    cause: str
    redrives: int

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> Self:
        """Read an end; a request without a workflow_id has the execution's name."""
        detail = event["detail"]
        request = json.loads(detail.get("input") or "{}")
        given = str(request.get("workflow_id", "")) if isinstance(request, dict) else ""
        error = detail.get("error") or _ERRORS[detail["status"]]
        return cls(
            workflow_id=given if WORKFLOW_ID.fullmatch(given) else detail["name"],
            execution=detail["executionArn"],
            status="EXPIRED" if error == ApprovalExpiredError.__name__ else detail["status"],
            error=error,
            cause=message_in(detail.get("cause") or _NO_CAUSE)[:_CAUSE_CHARACTERS],
            redrives=int(detail.get("redriveCount") or 0),
        )

    @property
    def name(self) -> str:
        """The execution's name."""
        return self.execution.rpartition(":")[2]
