"""Collect decision: the last look, for a decision that was written and could not be told."""

import os
from dataclasses import dataclass
from typing import Any

from galley import telemetry
from galley.approval.reviews import keep_review
from galley.artifacts import Artifacts, s3_client
from galley.events import read_task
from galley.scope import Scope
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())


@dataclass(frozen=True)
class CollectTask:
    """A round whose deadline is over."""

    scope: Scope
    round: int


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return collect(read_task(event, CollectTask, "collect_decision"), WORKFLOWS, ARTIFACTS)


def collect(task: CollectTask, workflows: Workflows, artifacts: Artifacts) -> dict[str, Any]:
    """Return the decision as the workflow would have been told it, or that there is none."""
    approval = workflows.find_approval(task.scope.workflow_id, task.round)
    if approval is None or approval.deciding is None:
        return {"decision": "none"}
    told = keep_review(approval, approval.deciding, artifacts)
    workflows.note_told(task.scope.workflow_id, task.round, told["decision"].upper())
    return told
