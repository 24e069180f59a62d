"""Ask for approval: keeps the task token in the table and mails the reviewer one link."""

import os
from dataclasses import asdict, dataclass, field
from typing import Any

from galley import letters, telemetry
from galley.approvals import Approvals
from galley.artifacts import Artifacts, s3_client
from galley.events import Draft, read_task
from galley.mail import Mailer
from galley.scope import Scope
from galley.secrets import SigningKeys
from galley.signing import SigningKey, Ticket
from galley.workflows import WAITING, Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
APPROVALS = Approvals(WORKFLOWS, ARTIFACTS)
MAILER = Mailer(os.environ["APPROVAL_TOPIC_ARN"], os.environ["MAIL_SENDER"])
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
APPROVAL_URL = os.environ["APPROVAL_URL"].rstrip("/")


@dataclass(frozen=True)
class ApprovalTask:
    """A draft that waits for one reviewer's decision."""

    scope: Scope
    topic: str
    reviewer: str
    draft: Draft
    expires_at: int
    task_token: str = field(repr=False)

    @property
    def ticket(self) -> Ticket:
        """What the reviewer's link stands for."""
        return Ticket(
            **asdict(self.scope),
            round=self.draft.round,
            reviewer=self.reviewer,
            draft_sha256=self.draft.sha256,
            expires_at=self.expires_at,
        )

    def record(self) -> dict[str, Any]:
        """Return what the table keeps of it."""
        return {
            "task_token": self.task_token,
            "topic": self.topic,
            "reviewer": self.reviewer,
            "draft_key": self.draft.key,
            "draft_sha256": self.draft.sha256,
            "expires_at": self.expires_at,
        }


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    task = read_task(event, ApprovalTask, "request_approval")
    return request_approval(task, KEYS.current(), WORKFLOWS, APPROVALS, MAILER)


def request_approval(
    task: ApprovalTask, key: SigningKey, workflows: Workflows, approvals: Approvals, mailer: Mailer
) -> dict[str, Any]:
    """Open the round's approval, then send the link; the token goes nowhere but the table."""
    ticket = task.ticket
    answer = {"round": ticket.round, "reviewer": ticket.reviewer}
    decided = workflows.ask_approval(task.scope, ticket.round, task.record())
    workflows.set_status(ticket.workflow_id, WAITING, round=ticket.round)
    if decided:  # an earlier attempt of this state had its answer; this one has a new token
        approvals.tell(decided, task.task_token)
        return answer
    link = APPROVAL_URL + ticket.path(key)
    draft = ARTIFACTS.read_text(task.draft.key)
    mailer.send(ticket.reviewer, letters.asking(ticket, task.topic, draft, link))
    return answer
