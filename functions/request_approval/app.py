"""Ask for approval: keeps the task token in the table and mails the reviewer one link."""

import os
from dataclasses import dataclass, field
from typing import Any

from galley import telemetry
from galley.mail import Mailer
from galley.scope import Scope
from galley.secrets import signing_key
from galley.signing import Ticket
from galley.workflows import Workflows, table_named

WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
MAILER = Mailer(os.environ["APPROVAL_TOPIC_ARN"], os.environ["MAIL_SENDER"])
APPROVAL_URL = os.environ["APPROVAL_URL"].rstrip("/")


@dataclass(frozen=True)
class ApprovalTask:
    """A draft that waits for one reviewer's decision."""

    ticket: Ticket
    topic: str
    draft_key: str
    task_token: str = field(repr=False)

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> "ApprovalTask":
        """Read the task from the state's payload."""
        ticket = Ticket(
            workflow_id=event["workflow_id"],
            tenant=event["tenant"],
            round=event["draft"]["round"],
            reviewer=event["reviewer"],
            draft_sha256=event["draft"]["sha256"],
            expires_at=event["expires_at"],
        )
        return cls(ticket, event["topic"], event["draft"]["key"], event["task_token"])


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    key = signing_key(os.environ["SIGNING_KEY_ARN"])
    return request_approval(ApprovalTask.from_event(event), key, WORKFLOWS, MAILER)


def request_approval(
    task: ApprovalTask, key: bytes, workflows: Workflows, mailer: Mailer
) -> dict[str, Any]:
    """Open the round's approval, then send the link; the token goes nowhere but the table."""
    ticket = task.ticket
    workflows.ask_approval(
        Scope(ticket.tenant, ticket.workflow_id),
        ticket.round,
        {
            "task_token": task.task_token,
            "topic": task.topic,
            "reviewer": ticket.reviewer,
            "draft_key": task.draft_key,
            "draft_sha256": ticket.draft_sha256,
            "expires_at": ticket.expires_at,
        },
    )
    workflows.set_status(ticket.workflow_id, "WAITING_FOR_APPROVAL")
    mailer.send(ticket.reviewer, f"Approve? {task.topic}", _letter(task, key))
    return {"round": ticket.round, "reviewer": ticket.reviewer}


def _letter(task: ApprovalTask, key: bytes) -> str:
    ticket = task.ticket
    return (
        f"A research report waits for your decision.\n\n"
        f"Topic:   {task.topic}\n"
        f"Tenant:  {ticket.tenant}\n"
        f"Round:   {ticket.round}\n\n"
        f"Read it, and approve or reject it, here:\n\n"
        f"{APPROVAL_URL}{ticket.path(key)}\n\n"
        f"The link is yours alone; opening it decides nothing.\n"
    )
