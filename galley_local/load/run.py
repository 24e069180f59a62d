"""Starts many workflows at once, approves each as its mail comes, and looks at what they leave."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galley.documents import read_document
from galley.errors import message_in

from galley_local.corpus import Corpus
from galley_local.load.mind import MARKER, MarkedMind
from galley_local.load.watch import tenant_in
from galley_local.memory import Peak
from galley_local.reviewer import SETTLED, review

if TYPE_CHECKING:
    from galley_local.mailbox import Mail
    from galley_local.stack import Stack

REVIEWERS_AT_ONCE = 8
LONGEST_SECONDS = 3600
LOOKS_PER_SECOND = 4
TRIES = 20


@dataclass(frozen=True)
class Caps:
    """How many summaries there may be at once: of one workflow, and of all."""

    one: int
    all: int


@dataclass
class Figures:
    """What came of all workflows together."""

    workflows: int
    caps: Caps
    published: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # by error
    causes: list[str] = field(default_factory=list)
    gaps: Counter[str] = field(default_factory=Counter)  # sources that were left out, by error
    mixed: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    storage_calls: int = 0
    summaries_of_one: int = 0  # at once
    summaries_of_all: int = 0
    throttled_agent_calls: int = 0
    refused_invocations: int = 0
    most_events: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether all were published, whole and apart from each other, and the caps have held."""
        is_whole = self.published == self.workflows and not self.gaps
        is_apart = not (self.mixed or self.strays)
        return is_whole and is_apart and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether there were more summaries at once than there may be."""
        return self.summaries_of_one > self.caps.one or self.summaries_of_all > self.caps.all


class Load:
    """Workflows of several tenants, each with a marker and a reviewer of its own."""

    def __init__(self, stack: "Stack", mind: MarkedMind, tenants: int, caps: Caps) -> None:
        self._stack = stack
        self._mind = mind
        self._tenants = tenants
        self._caps = caps
        self._step_functions = stack.client("stepfunctions")
        self._s3 = stack.client("s3")
        self.longest_seconds = LONGEST_SECONDS
        self._arns: dict[str, str] = {}
        self._markers: dict[str, str] = {}

    def run(self, workflows: int, sources: int) -> Figures:
        """Run them all to their ends."""
        watched = self._stack.watch_keys()
        peak, started = Peak(os.getpid()), time.monotonic()
        for number in range(workflows):
            self._start(number, sources)
        self._approve_all()
        self._stack.let_outbox_finish()
        figures = Figures(workflows, self._caps)
        figures.seconds, figures.megabytes = time.monotonic() - started, peak.megabytes()
        figures.strays, figures.storage_calls = watched.strays, watched.calls
        figures.summaries_of_one = self._mind.most_of_one_workflow
        figures.summaries_of_all = self._mind.most_of_all
        figures.throttled_agent_calls = self._stack.refused_agent_calls
        figures.refused_invocations = self._stack.lambdas.concurrency.refused.total()
        for name in self._arns:
            self._look_at(name, figures)
        figures.mixed += self._mixed_mails()
        return figures

    def _start(self, number: int, sources: int) -> None:
        name = f"tenant-{number % self._tenants}_{number:04}"
        self._markers[name] = f"marker-{number:04}"
        request = {
            "tenant": tenant_in(name),
            "topic": f"Which lamp had the lens of a station? ({self._markers[name]})",
            "reviewer": f"{name}@example.com",
            "options": {"max_sources": sources},
        }
        self._arns[name] = self._stack.start(request, name=name)

    def _approve_all(self) -> None:
        seen, deadline, sent = 0, time.monotonic() + self.longest_seconds, []
        with ThreadPoolExecutor(REVIEWERS_AT_ONCE) as reviewers:
            while self._are_running():
                mails = self._stack.mailbox.mails()[seen:]
                seen += len(mails)
                asked = (mail for mail in mails if "/approvals/" in mail.links[0])
                sent += [reviewers.submit(_approve, mail) for mail in asked]
                for each in [each for each in sent if each.done()]:
                    sent.remove(each)
                    each.result()  # raises what has gone wrong
                if time.monotonic() > deadline:
                    raise TimeoutError(f"workflows still run after {self.longest_seconds} s")
                time.sleep(1 / LOOKS_PER_SECOND)

    def _are_running(self) -> bool:
        machine = self._stack.outputs["StateMachineArn"]
        asked = {"stateMachineArn": machine, "statusFilter": "RUNNING", "maxResults": 1}
        return bool(self._step_functions.list_executions(**asked)["executions"])

    def _look_at(self, name: str, figures: Figures) -> None:
        found = self._step_functions.describe_execution(executionArn=self._arns[name])
        history = self._step_functions.get_execution_history(executionArn=self._arns[name])
        figures.most_events = max(figures.most_events, len(history["events"]))
        if found["status"] == "SUCCEEDED":
            figures.published += 1
        else:
            why = found.get("error") or found["status"]
            figures.failed[why] += 1
            figures.causes.append(f"{name}: {why}: {message_in(found.get('cause', ''))}")
        passed = map(json.loads, _outputs(history))
        figures.gaps.update(str(each["gap"]) for each in passed if "gap" in each)
        for key, text in self._artifacts(f"{tenant_in(name)}/{name}/"):
            must = "/published/" in key and not key.endswith(".pdf")  # which is compressed
            if not _is_only(self._markers[name], text, must=must):
                figures.mixed.append(key)

    def _artifacts(self, prefix: str) -> Iterator[tuple[str, str]]:
        bucket = self._stack.outputs["ArtifactsBucket"]
        listed = self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        for each in listed.get("Contents", []):
            body = self._s3.get_object(Bucket=bucket, Key=each["Key"])["Body"]
            yield each["Key"], body.read().decode("utf-8", "replace")

    def _mixed_mails(self) -> list[str]:
        return [
            f"mail to {mail.to[0]}"
            for mail in self._stack.mailbox.mails()
            if not _is_only(self._markers[mail.to[0].partition("@")[0]], mail.text, must=True)
        ]


def _approve(mail: "Mail") -> None:
    for _ in range(TRIES):
        if review(mail.links[0], "approved").status in SETTLED:
            return
        time.sleep(1 / LOOKS_PER_SECOND)
    raise RuntimeError(f"the decision of {mail.to[0]} was not taken")


def _is_only(marker: str, text: str, *, must: bool) -> bool:
    found = {*MARKER.findall(text)}
    return found == {marker} if must else found <= {marker}


def _outputs(history: dict[str, Any]) -> Iterator[str]:
    for event in history["events"]:
        if event["type"] == "PassStateExited":
            yield event["stateExitedEventDetails"]["output"]


def stations(count: int = 40) -> Corpus:
    """Return documents that all speak of what every workflow asks for."""
    data = {
        f"station-{number}.md": (
            f"# Station number {number}\n\n"
            f"The lens of station {number} was lit in {1800 + number} by a lamp. "
            f"Its keeper counted {number * 17 + 3} ships by its lantern every winter.\n"
        ).encode()
        for number in range(count)
    }
    documents = {name: read_document(name, text) for name, text in data.items()}
    return Corpus(Path(), data, documents)
