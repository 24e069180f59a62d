"""Register workflow: checks the request field by field and opens the workflow's record."""

import os
from dataclasses import asdict
from typing import Any

from galley import telemetry
from galley.events import check_event
from galley.requests import Request
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
EVENT = {
    "request": Any,  # checked field by field as a `Request`
    "execution": {"id": str, "name": str, "started_at": str, "version": str},
}


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, EVENT, "register_workflow")
    return register(event["request"], event["execution"], WORKFLOWS)


def register(
    request: dict[str, Any], execution: dict[str, str], workflows: Workflows
) -> dict[str, Any]:
    """Return the checked request; a caller that gave no workflow_id gets the execution's name."""
    checked = Request.from_event(request, workflow_id=execution["name"])
    workflows.register(checked, execution)
    return asdict(checked)
