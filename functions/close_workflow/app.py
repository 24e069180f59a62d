"""Close workflow: records and reports why an execution failed, timed out or was stopped."""

import os
from typing import Any

from galley import telemetry
from galley.ends import ANNOUNCED, End, close
from galley.events import check_event
from galley.mail.outbox import Outbox
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, ANNOUNCED, "close_workflow")
    return {"closed": close(End.from_event(event), WORKFLOWS, OUTBOX)}
