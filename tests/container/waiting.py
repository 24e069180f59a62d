"""Workflows that wait for their reviewer."""

from dataclasses import dataclass
from typing import Any

from galley_local.rehearsal import sample_request, wait_for_link, wait_until
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


def started_for_all(stack: Stack, workflow_id: str, *reviewers: str) -> list[Waiting]:
    """Start one that all of some reviewers must approve; return it by each one's link."""
    asked = {"reviewers": list(reviewers), "approval": "all", "workflow_id": workflow_id}
    request = {name: value for name, value in sample_request().items() if name != "reviewer"}
    execution = stack.start({**request, **asked}, name=workflow_id)

    def links() -> list[str]:
        own = [mail for mail in stack.mailbox.mails() if f"/{workflow_id}/" in mail.text]
        by_reviewer = {mail.to[0]: mail.links[0] for mail in own}
        return [by_reviewer[each] for each in reviewers if each in by_reviewer]

    wait_until(lambda: len(links()) == len(reviewers))
    return [Waiting(execution, workflow_id, link) for link in links()]
