"""Close workflow: records and reports why an execution failed, timed out or was stopped."""

import os
from typing import Any

import boto3
from galley import letters, telemetry
from galley.announcements import Announcements
from galley.aws import STORAGE
from galley.ends import ANNOUNCED, End
from galley.events import check_event
from galley.mail import Mailer
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
BUS = Announcements(os.environ["EVENT_BUS_NAME"], boto3.client("events", config=STORAGE))
MAILER = Mailer(os.environ["APPROVAL_TOPIC_ARN"], os.environ["MAIL_SENDER"])


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, ANNOUNCED, "close_workflow")
    return {"closed": close(End.from_event(event), WORKFLOWS, BUS, MAILER)}


def close(end: End, workflows: Workflows, bus: Announcements, mailer: Mailer) -> bool:
    """Report an end, then record it; return False where that has been done."""
    said = {"status": end.status, "error": end.error, "cause": end.cause}
    about = {**said, "execution": end.execution}
    record = workflows.find(end.workflow_id)
    if record is None or record["execution"] != end.execution:
        # A request that was refused has no record, or that of the workflow whose id it took.
        bus.put("Research failed", {**about, "workflow_id": end.name})
        return True
    if record["status"] == "PUBLISHED" or record.get("closed", -1) >= end.redrives:
        return False
    told = {name: record[name] for name in ("workflow_id", "tenant", "topic")}
    if end.status == "EXPIRED":
        bus.put("Approval expired", {**about, **told})
        for reviewer in record["reviewers"]:
            mailer.send(reviewer, letters.expired(record["tenant"], record["topic"]))
    else:
        bus.put("Research failed", {**about, **told})
    workflows.close(end.workflow_id, end.execution, end.redrives, said)
    return True
