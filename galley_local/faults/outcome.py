"""What a run leaves, and how it differs from what one leaves in which nothing goes wrong."""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from galley_local.faults.books import ENTRY, errors_in
from galley_local.mailbox import Mail

if TYPE_CHECKING:
    from galley_local.stack import Stack

REPORT = "published/report.md"
# The word that another has decided: the one letter that a dying worker may leave unsent.
WORD = {"Approved:", "Rejected:"}
_TENANT = re.compile(r"^Tenant: +(\S+)$", re.M)
_ROUND = re.compile(r"^Round: +(\d+)$", re.M)
# A disturbed draft is another: what is kept of it lies under its hash, or as an attempt.
_HASH = re.compile(r"\.[0-9a-f]{16}(?=\.json$)")
_RETURNED = ".attempt-"

MOST_ROUNDS = 2
Letter = tuple[str, str, str]  # to, round, the subject's first word


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    status: str  # and the error, where it is none
    record: str  # its status
    mails: Counter[Letter] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)  # kind and round
    sessions: Counter[str] = field(default_factory=Counter)  # of agent calls
    kept: Counter[str] = field(default_factory=Counter)  # contents of each artifact, items, votes
    is_approved: bool = True  # all that is published is what was approved
    errors_in_books: int = 0  # in what is noted of agent calls and their cost


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
        return max(0, self.outcome.kept[REPORT] - self.healthy.kept[REPORT])

    @property
    def double_mails(self) -> int:
        """How many letters were sent again, or to somebody who should have none."""
        more = self.outcome.mails - self.healthy.mails
        # a decision that is sent once more, late, may bring the word that could not be sent before
        late = {letter for letter in more if letter[-1] in WORD} - self.healthy.mails.keys()
        return (more - Counter(late)).total()

    @property
    def missing_mails(self) -> int:
        """How many letters were never sent, but for the word that another has decided."""
        missing = self.healthy.mails - self.outcome.mails
        return sum(count for (*_, kind), count in missing.items() if kind not in WORD)

    @property
    def missing_words(self) -> int:
        """How often nobody was told that another has decided."""
        missing = self.healthy.mails - self.outcome.mails
        return sum(count for (*_, kind), count in missing.items() if kind in WORD)

    @property
    def wrong_events(self) -> int:
        """How many events were put again, or never."""
        return _unlike(self.outcome.events, self.healthy.events)

    @property
    def wrong_keeping(self) -> int:
        """How many artifacts, contents, items and votes there are too many or too few."""
        return _unlike(self.outcome.kept, self.healthy.kept)

    @property
    def repeated_agent_calls(self) -> int:
        """How many agent calls are paid for again."""
        return (self.outcome.sessions - self.healthy.sessions).total()

    @property
    def missing_agent_calls(self) -> int:
        """How many agent calls were not made."""
        return (self.healthy.sessions - self.outcome.sessions).total()

    def is_right(self, repeats: int = 0, words: int = 0) -> bool:
        """Tell whether all is as it should be, bar some agent calls and some words."""
        wrong = (
            self.double_publications,
            self.double_mails,
            self.missing_mails,
            self.wrong_events,
            self.wrong_keeping,
            self.missing_agent_calls,
            self.outcome.errors_in_books,
        )
        is_within = self.repeated_agent_calls <= repeats and self.missing_words <= words
        return not (self.is_lost or any(wrong)) and is_within


def _unlike(one: Counter[str], other: Counter[str]) -> int:
    return (one - other).total() + (other - one).total()


def outcome_of(stack: "Stack", execution: str) -> Outcome:
    """Look at everything that an execution of its own tenant has left."""
    name = execution.rpartition(":")[2]
    found = stack.client("stepfunctions").describe_execution(executionArn=execution)
    mails = mails_of(stack, name)
    asked = {mail.to[0] for mail in mails if mail.subject.startswith("Approve?")}
    events = (
        f"{event['detail-type']} {detail.get('round', detail.get('rounds', ''))}".strip()
        for event in stack.events()
        if (detail := event["detail"]).get("workflow_id") == name
    )
    sessions = Counter(each for each in stack.agent_sessions() if each.startswith(f"{name}."))
    items = _items(stack, name)
    return Outcome(
        status=" ".join([found["status"], found.get("error") or ""]).strip(),
        record=item_of(stack, name, "META").get("status", ""),
        mails=Counter(_letter(mail, asked) for mail in mails),
        events=Counter(events),
        sessions=Counter({each.removeprefix(name): sessions[each] for each in sessions}),
        kept=_contents(stack, f"{name}/{name}/") + _kept(items),
        is_approved=_published(stack, f"{name}/{name}/{REPORT}") <= _approved(stack, name),
        errors_in_books=errors_in(items, sessions),
    )


def _letter(mail: Mail, asked: set[str]) -> Letter:
    kind, to = mail.subject.partition(" ")[0], mail.to[0]
    if kind in WORD and to in asked:  # whoever comes last decides, and the others are told
        to = "another"
    return to, "".join(_ROUND.findall(mail.text)), kind


def mails_of(stack: "Stack", tenant: str) -> list[Mail]:
    """Return the mails about workflows of a tenant, oldest first."""
    return [mail for mail in stack.mailbox.mails() if _TENANT.findall(mail.text) == [tenant]]


def item_of(stack: "Stack", name: str, kind: str) -> dict[str, Any]:
    """Return an item of a workflow, its values without their types."""
    key = {"pk": {"S": f"WORKFLOW#{name}"}, "sk": {"S": kind}}
    found = stack.client("dynamodb").get_item(TableName=stack.outputs["TableName"], Key=key)
    return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}


def _contents(stack: "Stack", prefix: str) -> Counter[str]:
    """Return how many contents each object under a prefix has had."""
    bucket = stack.outputs["ArtifactsBucket"]
    pages = stack.client("s3").get_paginator("list_object_versions")
    tags: defaultdict[str, set[str]] = defaultdict(set)
    for page in pages.paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Versions", []):
            if _RETURNED not in each["Key"]:
                tags[_HASH.sub("", each["Key"].removeprefix(prefix))].add(each["ETag"])
    return Counter({key: len(found) for key, found in tags.items()})


def _items(stack: "Stack", name: str) -> list[dict[str, Any]]:
    """Return the items of a workflow, their values without their types."""
    found = [
        item
        for partition in ("WORKFLOW", "LEDGER")
        for item in stack.client("dynamodb").query(
            TableName=stack.outputs["TableName"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"{partition}#{name}"}},
        )["Items"]
    ]
    return [{name: next(iter(value.values())) for name, value in each.items()} for each in found]


def _kept(items: list[dict[str, Any]]) -> Counter[str]:
    """Return the items but entries of calls, and how many votes each approval has."""
    kept = {each["sk"]: each for each in items if not each["sk"].startswith(ENTRY)}
    votes = {f"votes of {sk}": len(each["votes"]) for sk, each in kept.items() if "votes" in each}
    return Counter(kept.keys()) + Counter(votes)


def _published(stack: "Stack", key: str) -> set[str]:
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
