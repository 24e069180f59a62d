"""Workflows that wait for their reviewer."""

from dataclasses import dataclass
from typing import Any

from galley_local.rehearsal import sample_request, wait_for_link
from galley_local.stack import Stack


@dataclass(frozen=True)
class Waiting:
    """A workflow that waits for its reviewer."""

    execution: str
    workflow_id: str
    link: str


def started(stack: Stack, workflow_id: str) -> Waiting:
    """Start a workflow and return it when it waits."""
    request: dict[str, Any] = {**sample_request(), "workflow_id": workflow_id}
    execution = stack.start(request, name=workflow_id)
    return Waiting(execution, workflow_id, wait_for_link(stack, workflow_id, 1))
