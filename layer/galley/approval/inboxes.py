"""
Inboxes: the drafts that wait for a reviewer.

    REVIEWER#{address}   {workflow_id}#{round}   until `ttl`, its deadline

An entry only says where to look: whether a draft still waits is what its approval says.
"""

import time
from collections.abc import Iterator

from galley.approval.decisions import Approval
from galley.mail.addresses import folded
from galley.signing import Ticket
from galley.table import Records
from galley.workflows import WAITING, Workflows


class Inboxes(Records):
    """The inboxes of all reviewers."""

    def add(self, approval: Approval, reviewer: str) -> None:
        """Let a draft wait in a reviewer's inbox."""
        self._write(
            "put_item",
            Item=_key(approval, reviewer) | {"reviewer": reviewer, "ttl": approval.expires_at},
        )

    def remove(self, approval: Approval) -> None:
        """Take a decided draft out of its reviewers' inboxes."""
        for reviewer in approval.reviewers:
            self._write("delete_item", Key=_key(approval, reviewer))

    def waiting(self, address: str, workflows: Workflows) -> Iterator[tuple[Approval, Ticket]]:
        """Yield the approvals that wait for a reviewer, and what their links stand for."""
        for item in self._under(_pk(address)):
            workflow_id, _, round_number = item["sk"].rpartition("#")
            record = workflows.find(workflow_id) or {}
            approval = workflows.find_approval(workflow_id, int(round_number))
            waits = (record.get("status"), record.get("round")) == (WAITING, int(round_number))
            if waits and approval and approval.takes_vote_of(item["reviewer"], time.time()):
                yield approval, approval.ticket_of(item["reviewer"])


def _key(approval: Approval, reviewer: str) -> dict[str, str]:
    return {"pk": _pk(reviewer), "sk": f"{approval.scope.workflow_id}#{approval.round}"}


def _pk(reviewer: str) -> str:
    return f"REVIEWER#{folded(reviewer)}"
