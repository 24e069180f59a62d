"""What a run leaves, and how it differs from what one leaves in which nothing goes wrong."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galley_local.mailbox import Mail

if TYPE_CHECKING:
    from galley_local.stack import Stack

# The word that another has decided: the one letter that a dying worker may leave unsent.
_WORD = {"Approved:", "Rejected:"}
_TENANT = re.compile(r"^Tenant: +(\S+)$", re.M)
_ROUND = re.compile(r"^Round: +(\d+)$", re.M)

MOST_ROUNDS = 2
Letter = tuple[str, str, str]  # to, round, the subject's first word


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    status: str  # and the error, where it is none
    record: str  # its status
    mails: Counter[Letter] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)  # of agent calls
    artifacts: frozenset[str] = frozenset()
    published: int = 0  # different contents under the report's key
    is_approved: bool = True  # all that is published is what was approved


@dataclass(frozen=True)
class Difference:
    """How a run differs from a healthy one of the same kind."""

    outcome: Outcome
    healthy: Outcome

    @property
    def is_lost(self) -> bool:
        """Whether the run did not end as it should, with what was approved published."""
        ended = (self.outcome.status, self.outcome.record, self.outcome.is_approved)
        return ended != (self.healthy.status, self.healthy.record, True)

    @property
    def double_publications(self) -> int:
        """How many more contents the report has had."""
        return max(0, self.outcome.published - self.healthy.published)

    @property
    def double_mails(self) -> int:
        """How many letters were sent again, or to nobody who should have one."""
        return (self.outcome.mails - self.healthy.mails).total()

    @property
    def missing_mails(self) -> int:
        """How many letters were never sent, not counting the word that another has decided."""
        missing = self.healthy.mails - self.outcome.mails
        return sum(count for (*_, kind), count in missing.items() if kind not in _WORD)

    @property
    def wrong_events(self) -> int:
        """How many events were put again, or never."""
        more, fewer = self.outcome.events - self.healthy.events, self.healthy.events
        return more.total() + (fewer - self.outcome.events).total()

    @property
    def stray_artifacts(self) -> int:
        """How many artifacts there are that no healthy run has, or are missing."""
        return len(self.outcome.artifacts ^ self.healthy.artifacts)

    @property
    def repeated_agent_calls(self) -> int:
        """How many agent calls are paid for again."""
        return self.outcome.sessions.total() - self.healthy.sessions.total()

    def is_right(self, repeats: int = 1) -> bool:
        """Tell whether nothing is lost and nothing happened twice, bar some agent calls."""
        wrong = (
            self.double_publications,
            self.double_mails,
            self.missing_mails,
            self.wrong_events,
            self.stray_artifacts,
        )
        return not (self.is_lost or any(wrong) or self.repeated_agent_calls > repeats)


def outcome_of(stack: "Stack", execution: str) -> Outcome:
    """Look at everything that an execution of its own tenant has left."""
    name = execution.rpartition(":")[2]
    found = stack.client("stepfunctions").describe_execution(executionArn=execution)
    mails = (_letter(mail) for mail in mails_of(stack, name))
    events = (
        event["detail-type"]
        for event in stack.events()
        if event["detail"].get("workflow_id") == name
    )
    sessions = (each for each in stack.agent_sessions() if each.startswith(f"{name}."))
    prefix = f"{name}/{name}/"
    contents = _contents(stack, f"{prefix}published/report.md")
    return Outcome(
        status=" ".join([found["status"], found.get("error") or ""]).strip(),
        record=item_of(stack, name, "META").get("status", ""),
        mails=Counter(mails),
        events=Counter(events),
        sessions=Counter(each.removeprefix(name) for each in sessions),
        artifacts=frozenset(each.removeprefix(prefix) for each in _keys(stack, prefix)),
        published=len(contents),
        is_approved=contents <= _approved(stack, name),
    )


def _letter(mail: Mail) -> Letter:
    kind = mail.subject.partition(" ")[0]
    to = "the others" if kind in _WORD else mail.to[0]  # whoever comes last decides
    return to, "".join(_ROUND.findall(mail.text)), kind


def mails_of(stack: "Stack", tenant: str) -> list[Mail]:
    """Return the mails about workflows of a tenant, oldest first."""
    return [mail for mail in stack.mailbox.mails() if _TENANT.findall(mail.text) == [tenant]]


def item_of(stack: "Stack", name: str, kind: str) -> dict[str, Any]:
    """Return an item of a workflow, its values without their types."""
    key = {"pk": {"S": f"WORKFLOW#{name}"}, "sk": {"S": kind}}
    found = stack.client("dynamodb").get_item(TableName=stack.outputs["TableName"], Key=key)
    return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}


def _keys(stack: "Stack", prefix: str) -> list[str]:
    pages = stack.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=stack.outputs["ArtifactsBucket"], Prefix=prefix)
    return [each["Key"] for page in found for each in page.get("Contents", [])]


def _contents(stack: "Stack", key: str) -> set[str]:
    """Return the SHA-256 of every version of an object."""
    bucket, s3 = stack.outputs["ArtifactsBucket"], stack.client("s3")
    versions = s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
    bodies = (
        s3.get_object(Bucket=bucket, Key=key, VersionId=each["VersionId"])["Body"].read()
        for each in versions
    )
    return {hashlib.sha256(body).hexdigest() for body in bodies}


def _approved(stack: "Stack", name: str) -> set[str]:
    """Return the SHA-256 of every draft that was approved."""
    rounds = (item_of(stack, name, f"APPROVAL#{number:03}") for number in range(1, MOST_ROUNDS + 1))
    return {
        each["draft_sha256"]
        for each in rounds
        if each.get("status") == "DECIDED" and each["votes"][-1]["M"]["decision"]["S"] == "approved"
    }
