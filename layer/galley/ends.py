"""How executions end without success, as Step Functions announces it, and what is done then."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from galley.approval.decisions import Verdict
from galley.errors import ApprovalExpiredError, message_in
from galley.mail.outbox import Outbox
from galley.outcomes import ended
from galley.requests import WORKFLOW_ID
from galley.telemetry import logger, note
from galley.workflows import Workflows

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
        """Read an announced end."""
        return cls.from_execution(event["detail"])

    @classmethod
    def from_execution(cls, detail: Mapping[str, Any]) -> Self:
        """
        Read an end as DescribeExecution tells it, and events in the same words.

        A request without a workflow_id has the execution's name.
        """
        try:
            request = json.loads(detail.get("input") or "{}")
        except (ValueError, RecursionError):  # what is nested too deeply was refused at the start
            request = {}
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


def close(end: End, workflows: Workflows, outbox: Outbox) -> bool:
    """Report an end, then record it; return False where that has been done."""
    from galley.mail import letters  # which few ends need

    said: dict[str, Any] = {"status": end.status, "error": end.error, "cause": end.cause}
    about = {**said, "execution": end.execution}
    key = end.execution, end.redrives
    record = workflows.find_with_cost(end.workflow_id)
    if record.get("execution") != end.execution:
        # A request that was refused has no record, or that of the workflow whose id it took.
        detail = {**about, "workflow_id": end.name}
        outbox.announce("Research failed", detail, end.name, *key)
        logger.error("ended: %s with %s, without a record", end.status, end.error)
        return True
    note(end.workflow_id, record["tenant"])
    if record["status"] == "PUBLISHED" or record.get("closed", -1) >= end.redrives:
        return False
    told: dict[str, Any] = {name: record[name] for name in ("workflow_id", "tenant", "topic")}
    told["cost_usd"] = float(record["cost_usd"])
    kind = "Approval expired" if end.status == "EXPIRED" else "Research failed"
    outbox.announce(kind, {**about, **told}, end.workflow_id, *key)
    if end.status == "EXPIRED":
        approval = workflows.find_approval(end.workflow_id, int(record.get("round", 0)))
        for reviewer in approval.silent if approval else []:
            letter = letters.expired(record["tenant"], record["topic"])
            outbox.mail(reviewer, letter, end.workflow_id, *key, "expired")
    at_once = _approved_at_once(end, workflows)
    outcome = ended(int(record.get("round", 0)), approved=False, at_once=at_once)
    said |= {"outcome": outcome, "cost_usd": record["cost_usd"]}
    workflows.close(end.workflow_id, end.execution, end.redrives, said)
    logger.error("ended: %s with %s", end.status, end.error)
    return True


def _approved_at_once(end: End, workflows: Workflows) -> bool | None:
    """
    Return whether the first draft was approved; None where nobody has decided on it.

    A run that failed before there was a draft to decide on was not approved: a variant whose
    drafts do not even reach a reviewer is no better for that.
    """
    first = workflows.find_approval(end.workflow_id, 1)
    if first and first.deciding:
        return first.deciding.decision is Verdict.APPROVED
    return False if end.status == "FAILED" else None
