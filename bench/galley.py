"""
One workflow of Galley's on a running laptop stack, with agents that answer at once.

It is the template, its state machine and its functions as they are deployed: every call is signed,
checked against its role and answered by a service; the draft is read and approved through the
approval API; the report is made in all its formats. Only the agents' minds think nothing.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from queue import Queue
from typing import Any

from bench.processor import Worked
from bench.transitions import seconds_by_state, transitions
from galley_local.lambdas.function import Function, Outcome
from galley_local.load.mind import MarkedMind
from galley_local.load.run import stations
from galley_local.reviewer import SETTLED, review
from galley_local.stack import Stack

LOOK_SECONDS = 0.003
LONGEST_SECONDS = 60
SOURCES = 10


@dataclass(frozen=True)
class Run:
    """What one workflow took."""

    seconds: float
    processor: float  # seconds in which one has worked for it
    transitions: int
    by_state: dict[str, float]  # seconds in each state


class Galley:
    """A stack, and workflows on it, one after another."""

    def __init__(self, documents: int = SOURCES) -> None:
        self.stack = Stack(stations(documents), mind=MarkedMind())
        self._step_functions = self.stack.client("stepfunctions")
        self._numbers = count()
        self._mails = 0

    def close(self) -> None:
        """End the stack."""
        self.stack.close()

    def run(self, sources: int = SOURCES) -> Run:
        """Run one workflow from its start to its end, approved as soon as its reviewer is asked."""
        published, own = self._published(), time.process_time()
        started = time.perf_counter()
        # sampled: an environment that has idled too long ends, and takes its time along
        with Worked(self._fork_server) as environments:
            execution = self._start(sources)
            self._decide()
            # to look at what has been announced takes nothing of the stack; to ask it would
            _until(lambda: self._published() > published, "publication")
            _until(lambda: self._has_ended(execution), "end")
            seconds = time.perf_counter() - started
        worked = time.process_time() - own + environments.seconds
        self.stack.let_outbox_finish()
        self._mails = len(self.stack.mailbox.mails())
        pages = self._step_functions.get_paginator("get_execution_history")
        events = [
            event
            for page in pages.paginate(executionArn=execution, maxResults=1000)
            for event in page["events"]
        ]
        return Run(seconds, worked, transitions(events), seconds_by_state(events))

    def last_name(self) -> str:
        """Return the id of the workflow that ran last."""
        return self._name

    def _start(self, sources: int) -> str:
        number = next(self._numbers)
        self._name = f"tenant-0_{number:04}"
        request = {
            "tenant": "tenant-0",
            "topic": f"Which lamp had the lens of a station? (marker-{number:04})",
            "reviewer": f"{self._name}@example.com",
            "options": {"max_sources": sources},
        }
        return self.stack.start(request, name=self._name)

    def _decide(self) -> None:
        _until(lambda: len(self.stack.mailbox.mails()) > self._mails, "mail")
        link = self.stack.mailbox.mails()[self._mails].links[0]
        if (page := review(link, "approved")).status not in SETTLED:
            raise RuntimeError(f"the decision was answered with {page.status}")

    @property
    def _fork_server(self) -> int:
        environments: Any = self.stack.lambdas._environments  # noqa: SLF001
        pid: int = environments._fork_server.pid  # noqa: SLF001
        return pid

    def _published(self) -> int:
        return sum(each["detail-type"] == "Report published" for each in self.stack.events())

    def _has_ended(self, execution: str) -> bool:
        found = self._step_functions.describe_execution(executionArn=execution)
        if found["status"] not in {"RUNNING", "SUCCEEDED"}:
            raise RuntimeError(f"the run ended as {found.get('error')}: {found.get('cause')}")
        return bool(found["status"] == "SUCCEEDED")


class EngineAlone(Galley):
    """
    The same state machine, whose functions answer at once: what its interpreter takes.

    What they answer is what they have answered in one whole run.
    """

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, Any] = {}  # by function
        self._tokens: Queue[str] = Queue()
        self._is_alone = False
        self.stack.lambdas.observers.append(self._note)
        self.run()
        self.stack.lambdas.invoke = self._answer  # type: ignore[method-assign]
        self._is_alone = True

    def _note(self, function: Function, _: Any, outcome: Outcome) -> None:
        self._answers[function.code.name] = outcome.payload

    def _decide(self) -> None:
        if not self._is_alone:
            super()._decide()
            return
        digest = self._answers["writer_agent"]["sha256"]
        decision = {
            "decision": "approved",
            "draft_sha256": digest,
            "approved_by": ["r@example.com"],
        }
        token = self._tokens.get(timeout=LONGEST_SECONDS)
        self._step_functions.send_task_success(taskToken=token, output=json.dumps(decision))

    def _answer(self, function: Function, event: Any) -> Outcome:
        name = function.code.name
        if name == "request_approval":
            self._tokens.put(event["task_token"])
        if name == "summary_agent":  # which says for which source its answer is
            return Outcome(event["source"])
        return Outcome(self._answers[name])


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} in {LONGEST_SECONDS} s")
        time.sleep(LOOK_SECONDS)
