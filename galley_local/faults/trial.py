"""One run with something that goes wrong in it, and what has to be true of it all the same."""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from galley_local.reviewer import decide, open_link

if TYPE_CHECKING:
    from galley_local.stack import Stack

LONGEST_SECONDS = 60
REVIEWERS = ["first@example.com", "second@example.com"]
COMMENT = "More on reflectors."
_ROUND = re.compile(r"/approvals/([^/]+)/(\d+)\?")
_TAKEN = {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.GONE}


@dataclass
class Outcome:
    """What came of a run."""

    status: str
    mails: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # to, round, kind
    events: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)  # of agent calls
    published: int = 0  # different contents under the report's key
    is_approved: bool = False  # what is published is what was approved
    seconds: float = 0.0


class Trial:
    """One workflow with two reviewers and two rounds, driven as people would drive it."""

    def __init__(self, stack: "Stack", name: str) -> None:
        self._stack = stack
        self._name = name
        self._step_functions = stack.client("stepfunctions")

    def run(self) -> Outcome:
        """Run the workflow to its end, and look at what it leaves."""
        started = time.monotonic()
        request = {
            "tenant": self._name,
            "topic": "How lighthouses made their lights seen farther",
            "reviewers": REVIEWERS,
            "approval": "all",
            "options": {"max_sources": 2},
        }
        execution = self._stack.start(request, name=self._name)
        self._review(execution)
        self._stack.let_outbox_finish()
        outcome = self._outcome(execution)
        outcome.seconds = time.monotonic() - started
        return outcome

    def _review(self, execution: str) -> None:
        """Reject the first round and approve the second, sending again what was not taken."""
        done: set[tuple[str, str]] = set()
        deadline = time.monotonic() + LONGEST_SECONDS
        while self._status(execution) == "RUNNING" and time.monotonic() < deadline:
            for to, round_number, link in self._links():
                decision = "rejected" if round_number == "1" else "approved"
                if (to, round_number) in done or (decision, to) == ("rejected", REVIEWERS[1]):
                    continue
                page = open_link(link)
                if page.form_token:
                    page = decide(page, decision, COMMENT if decision == "rejected" else "")
                if page.status in _TAKEN:
                    done.add((to, round_number))
            time.sleep(0.02)

    def _status(self, execution: str) -> str:
        found = self._step_functions.describe_execution(executionArn=execution)
        return str(found["status"])

    def _links(self) -> Iterator[tuple[str, str, str]]:
        for mail in self._stack.mailbox.mails():
            for link in mail.links:
                found = _ROUND.search(link)
                if found and found[1] == self._name:
                    yield mail.to[0], found[2], link

    def _outcome(self, execution: str) -> Outcome:
        mails = Counter(
            (mail.to[0], found[2], mail.subject.partition(" ")[0])
            for mail in self._stack.mailbox.mails()
            for link in mail.links[:1]
            if (found := _ROUND.search(link)) and found[1] == self._name
        )
        events = Counter(
            event["detail-type"]
            for event in self._stack.events()
            if event["detail"].get("workflow_id") == self._name
        )
        contents = self._published()
        return Outcome(
            status=self._status(execution),
            mails=mails,
            events=events,
            sessions=Counter(
                session
                for session in self._stack.agent_sessions()
                if session.startswith(f"{self._name}.")
            ),
            published=len(contents),
            is_approved=contents == {self._approved()},
        )

    def _published(self) -> set[str]:
        """Return the SHA-256 of every version of the report."""
        bucket, key = self._stack.outputs["ArtifactsBucket"], f"{self._prefix}/published/report.md"
        s3 = self._stack.client("s3")
        versions = s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        return {
            hashlib.sha256(
                s3.get_object(Bucket=bucket, Key=key, VersionId=each["VersionId"])["Body"].read()
            ).hexdigest()
            for each in versions
        }

    def _approved(self) -> str:
        found = self._stack.client("dynamodb").get_item(
            TableName=self._stack.outputs["TableName"],
            Key={"pk": {"S": f"WORKFLOW#{self._name}"}, "sk": {"S": "APPROVAL#002"}},
        )
        item: dict[str, Any] = found.get("Item", {})
        return str(item.get("draft_sha256", {}).get("S", ""))

    @property
    def _prefix(self) -> str:
        return f"{self._name}/{self._name}"
