"""Close workflow: records and reports why an execution failed, timed out or was stopped."""

import os
from typing import Any

from galley import letters, telemetry
from galley.ends import ANNOUNCED, End
from galley.events import check_event
from galley.outbox import Outbox
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, ANNOUNCED, "close_workflow")
    return {"closed": close(End.from_event(event), WORKFLOWS, OUTBOX)}


def close(end: End, workflows: Workflows, outbox: Outbox) -> bool:
    """Report an end, then record it; return False where that has been done."""
    said = {"status": end.status, "error": end.error, "cause": end.cause}
    about = {**said, "execution": end.execution}
    key = end.execution, end.redrives
    record = workflows.find(end.workflow_id)
    if record is None or record["execution"] != end.execution:
        # A request that was refused has no record, or that of the workflow whose id it took.
        detail = {**about, "workflow_id": end.name}
        outbox.announce("Research failed", detail, end.name, *key)
        return True
    if record["status"] == "PUBLISHED" or record.get("closed", -1) >= end.redrives:
        return False
    told = {name: record[name] for name in ("workflow_id", "tenant", "topic")}
    kind = "Approval expired" if end.status == "EXPIRED" else "Research failed"
    outbox.announce(kind, {**about, **told}, end.workflow_id, *key)
    if end.status == "EXPIRED":
        approval = workflows.find_approval(end.workflow_id, int(record.get("round", 0)))
        for reviewer in approval.silent if approval else []:
            letter = letters.expired(record["tenant"], record["topic"])
            outbox.mail(reviewer, letter, end.workflow_id, *key, "expired")
    workflows.close(end.workflow_id, end.execution, end.redrives, said)
    return True
