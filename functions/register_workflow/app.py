"""Register workflow: checks the request field by field and opens the workflow's record."""

import os
from dataclasses import asdict
from typing import Any

from galley import telemetry
from galley.events import check_event
from galley.ledger.budget import Budget
from galley.requests import Request
from galley.settings import Cast, Settings, budget_of
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
SETTINGS = Settings(table_named(os.environ["TABLE_NAME"]))
DEFAULTS = Budget(os.environ["DEFAULT_BUDGET_USD"], "", os.environ["TENANT_MONTHLY_BUDGET_USD"])
EVENT = {
    "request": Any,  # checked field by field as a `Request`
    "execution": {"id": str, "name": str, "started_at": str, "version": str},
}


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, EVENT, "register_workflow")
    return register(event["request"], event["execution"], WORKFLOWS, SETTINGS)


def register(
    request: dict[str, Any], execution: dict[str, str], workflows: Workflows, settings: Settings
) -> dict[str, Any]:
    """Return the checked request; a caller that gave no workflow_id gets the execution's name."""
    checked = Request.from_event(request, workflow_id=execution["name"])
    telemetry.note(checked.workflow_id, checked.tenant)
    cast = Cast.of(settings.all(), checked.workflow_id)
    budget = budget_of(checked, settings.tenant(checked.tenant), DEFAULTS)
    # A repeated call gets what the first has decided, whatever has been set meanwhile.
    decided = cast.to_record() | budget.to_record()
    record = workflows.register(checked, execution, **decided)
    cast, budget = Cast.from_record(record), Budget.from_record(record)
    settings.note_membership(cast, checked.workflow_id, execution["started_at"])
    return asdict(checked) | {"cast": cast.to_event(), "budget": budget.to_event()}
