"""Reconcile: finds what got stuck between two steps, mends what is safe and reports the rest."""

import os
from typing import Any

from galley import telemetry
from galley.approval.approvals import Approvals
from galley.approval.tokens import TaskTokens
from galley.artifacts import Artifacts, s3_client
from galley.events import check_event
from galley.executions import Executions
from galley.mail.outbox import Outbox
from galley.reconciliation import Reconciliation
from galley.workflows import Workflows, table_named

EVENT = {"source": "aws.events", "detail-type": "Scheduled Event"}
WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
APPROVALS = Approvals(WORKFLOWS, ARTIFACTS, TaskTokens(os.environ["TASK_TOKEN_KEY_ARN"]))
EXECUTIONS = Executions(os.environ["STATE_MACHINE_ARN"])
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, EVENT, "reconcile")
    return dict(Reconciliation(WORKFLOWS, EXECUTIONS, APPROVALS, OUTBOX).run())
