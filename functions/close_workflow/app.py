"""Close workflow: records and reports why an execution failed, timed out or was stopped."""

import json
import os
from dataclasses import dataclass
from typing import Any

import boto3
from galley import telemetry
from galley.announcements import Announcements
from galley.aws import STORAGE
from galley.errors import ApprovalExpiredError, message_in
from galley.events import check_event
from galley.requests import WORKFLOW_ID
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
BUS = Announcements(os.environ["EVENT_BUS_NAME"], boto3.client("events", config=STORAGE))

ANNOUNCED = {
    "detail-type": "Step Functions Execution Status Change",
    "detail": {"executionArn": str, "name": str, "status": str},
}
# What Step Functions says where nothing else is said.
ERRORS = {"FAILED": "States.Runtime", "TIMED_OUT": "States.Timeout", "ABORTED": "States.Aborted"}
NO_CAUSE = "No cause was given."
CAUSE_CHARACTERS = 4000


@dataclass(frozen=True)
class End:
    """How an execution ended, as Step Functions announces it."""

    workflow_id: str
    execution: str
    status: str
    error: str
    cause: str
    redrives: int

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> "End":
        """Read the end; a request without a workflow_id has the execution's name."""
        detail = event["detail"]
        request = json.loads(detail.get("input") or "{}")
        given = str(request.get("workflow_id", "")) if isinstance(request, dict) else ""
        error = detail.get("error") or ERRORS[detail["status"]]
        return cls(
            workflow_id=given if WORKFLOW_ID.fullmatch(given) else detail["name"],
            execution=detail["executionArn"],
            status="EXPIRED" if error == ApprovalExpiredError.__name__ else detail["status"],
            error=error,
            cause=message_in(detail.get("cause") or NO_CAUSE)[:CAUSE_CHARACTERS],
            redrives=int(detail.get("redriveCount") or 0),
        )


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, ANNOUNCED, "close_workflow")
    return {"closed": close(End.from_event(event), WORKFLOWS, BUS)}


def close(end: End, workflows: Workflows, bus: Announcements) -> bool:
    """Report an end, then record it; return False where that has been done."""
    said = {"status": end.status, "error": end.error, "cause": end.cause}
    about = {**said, "execution": end.execution}
    record = workflows.find(end.workflow_id)
    if record is None or record["execution"] != end.execution:
        # A request that was refused has no record, or that of the workflow whose id it took.
        bus.put("Research failed", {**about, "workflow_id": end.execution.rpartition(":")[2]})
        return True
    if record["status"] == "PUBLISHED" or record.get("closed", -1) >= end.redrives:
        return False
    told = {name: record[name] for name in ("workflow_id", "tenant", "topic")}
    bus.put("Approval expired" if end.status == "EXPIRED" else "Research failed", {**about, **told})
    workflows.close(end.workflow_id, end.execution, end.redrives, said)
    return True
