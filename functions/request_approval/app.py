"""Ask for approval: keeps the task token, sealed, and mails each reviewer one link."""

import os
from dataclasses import dataclass, field
from typing import Any

from galley import telemetry
from galley.approval.approvals import Approvals
from galley.approval.decisions import Approval, Rule
from galley.approval.inboxes import Inboxes
from galley.approval.tokens import TaskTokens
from galley.artifacts import Artifacts, s3_client
from galley.events import Draft, read_task
from galley.mail.notices import ask_reviewers
from galley.mail.outbox import Outbox
from galley.scope import Scope
from galley.secrets import SigningKeys
from galley.signing import SigningKey
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
INBOXES = Inboxes(table_named(os.environ["TABLE_NAME"]))
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
TOKENS = TaskTokens(os.environ["TASK_TOKEN_KEY_ARN"])
APPROVALS = Approvals(WORKFLOWS, ARTIFACTS, TOKENS)
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
APPROVAL_URL = os.environ["APPROVAL_URL"].rstrip("/")


@dataclass(frozen=True)
class ApprovalTask:
    """A draft that waits for its reviewers' decision."""

    scope: Scope
    topic: str
    reviewers: list[str]
    approval: str
    draft: Draft
    expires_at: int
    reminder: bool
    redrives: int
    attempt: int
    task_token: str = field(repr=False)

    def opened(self) -> Approval:
        """Return the round's approval, on which nobody has voted."""
        return Approval(
            scope=self.scope,
            round=self.draft.round,
            topic=self.topic,
            reviewers=self.reviewers,
            rule=Rule(self.approval),
            draft_key=self.draft.key,
            draft_sha256=self.draft.sha256,
            expires_at=self.expires_at,
            attempt=self.attempt,
            is_partial=self.draft.partial,
            task_token=TOKENS.seal(self.task_token, self.scope),
        )


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    task = read_task(event, ApprovalTask, "request_approval")
    return request_approval(task, KEYS.current(), OUTBOX)


def request_approval(task: ApprovalTask, key: SigningKey, outbox: Outbox) -> dict[str, Any]:
    """Open the round's approval, then send the links; the token goes nowhere but the table."""
    approval = WORKFLOWS.ask_approval(task.opened())
    if not approval.told_at:
        WORKFLOWS.note_waiting(task.scope.workflow_id, approval.round, task.redrives)
    if approval.deciding:  # an earlier attempt of this state had its answer; this has a new token
        APPROVALS.tell(approval, task.task_token)
        return {"round": approval.round, "asked": []}
    draft = ARTIFACTS.read_text(approval.draft_key)
    links = {each: APPROVAL_URL + approval.ticket_of(each).path(key) for each in approval.silent}
    ask_reviewers(approval, draft, links, INBOXES, outbox, is_reminder=task.reminder)
    return {"round": approval.round, "asked": approval.silent}
