"""Runs in which something may go wrong, driven as people and clocks would drive them."""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galley_local.faults.fault import AtCall, AtInvocation, Fault
from galley_local.faults.outcome import Outcome, item_of, mails_of, outcome_of
from galley_local.reviewer import SETTLED, review

if TYPE_CHECKING:
    from galley_local.stack import Stack

LONGEST_SECONDS = 60
POLL_SECONDS = 0.02
PATIENCE_SECONDS = 3  # until somebody looks for an end that was not recorded
REVIEWERS = ["first@example.com", "second@example.com"]
COMMENT = "More on reflectors."
TOPIC = "How lighthouses made their lights seen farther"
_ROUND = re.compile(r"/approvals/[^/]+/(\d+)\?")


@dataclass(frozen=True)
class Trial:
    """A kind of run: how it is driven, and what goes wrong in it anyway."""

    drive: Callable[["Run"], None]
    status: str  # with which it ends, and the error, where it is none
    record: str  # its record's status
    given: tuple[Fault, ...] = ()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.drive.__name__

    def run(self, stack: "Stack", name: str, *faults: Fault) -> tuple[Outcome, Mapping[Fault, int]]:
        """Run it to its end; return what it leaves, and how often each fault has happened."""
        stack.lambdas.cool()  # a warm environment has read keys, and makes fewer calls
        with stack.faults.during(*faults, *self.given) as happened:
            run = Run(stack, f"{self.name}-{name}")
            while run.goes_on():
                self.drive(run)
            outcome = run.outcome()
        return outcome, happened


class Run:
    """One workflow with two reviewers, both of whom must approve."""

    def __init__(self, stack: "Stack", name: str) -> None:
        self._stack = stack
        self._name = name
        self._step_functions = stack.client("stepfunctions")
        self._done: set[str] = set()  # links that are of no use any more
        self._deadline = time.monotonic() + LONGEST_SECONDS
        request = {
            "tenant": name,
            "topic": TOPIC,
            "reviewers": REVIEWERS,
            "approval": "all",
            "options": {"max_sources": 2},
        }
        self._execution = stack.start(request, name=name)

    def goes_on(self) -> bool:
        """Tell, a moment later, whether the workflow runs."""
        time.sleep(POLL_SECONDS)
        found = self._step_functions.describe_execution(executionArn=self._execution)
        return found["status"] == "RUNNING" and time.monotonic() < self._deadline

    def decide(self, round_number: int, decision: str, reviewers: list[str]) -> None:
        """Have reviewers decide on a round; what was not taken is sent again the next time."""
        for mail in mails_of(self._stack, self._name):
            for link in mail.links[:1]:
                found = _ROUND.search(link)
                is_asked = found and found[1] == str(round_number) and mail.to[0] in reviewers
                if is_asked and link not in self._done and self._takes(link, decision):
                    self._done.add(link)

    def is_decided(self) -> bool:
        """Tell whether the first round has its decision, told or not."""
        return item_of(self._stack, self._name, "APPROVAL#001").get("status") == "DECIDED"

    def pass_deadline_after(self, kind: str) -> None:
        """Let the time run out for which the workflow waits, once all have their letters."""
        letters = [
            each for each in mails_of(self._stack, self._name) if each.subject.startswith(kind)
        ]
        if kind not in self._done and len(letters) >= len(REVIEWERS) and self._is_quiet():
            self._done.add(kind)
            self._stack.deployment.pass_deadline(self._execution)

    def look_for_what_got_stuck(self) -> None:
        """Let the time come for the function that does."""
        self._stack.deployment.tick()

    def outcome(self) -> Outcome:
        """Return what it has left, once everything that follows its end is done."""
        ended = time.monotonic()
        while not self._is_recorded() and time.monotonic() < self._deadline:
            if time.monotonic() > ended + PATIENCE_SECONDS:
                self.look_for_what_got_stuck()
        self._stack.faults.deliver_late()
        with suppress(TimeoutError):  # what is not sent is missing
            self._stack.let_outbox_finish()
        return outcome_of(self._stack, self._execution)

    def _takes(self, link: str, decision: str) -> bool:
        comments = COMMENT if decision == "rejected" else ""
        return review(link, decision, comments).status in SETTLED

    def _is_recorded(self) -> bool:
        record = item_of(self._stack, self._name, "META")
        return self._is_quiet() and ("closed" in record or record.get("status") == "PUBLISHED")

    def _is_quiet(self) -> bool:
        """Tell whether no function works, and none is tried again at once."""
        is_idle = self._stack.is_quiet
        time.sleep(POLL_SECONDS)
        return is_idle and self._stack.is_quiet


def reviewed(run: Run) -> None:
    """Have one reviewer reject the first draft, and both approve the second."""
    run.decide(1, "rejected", REVIEWERS[:1])
    run.decide(2, "approved", REVIEWERS)


def expired(run: Run) -> None:
    """Let nobody decide: a reminder, then the end, and word of it."""
    run.pass_deadline_after("Approve?")
    run.pass_deadline_after("Reminder:")


def forgotten(run: Run) -> None:
    """Have both approve, and neither send it again: somebody else looks for what got stuck."""
    if run.is_decided():
        run.look_for_what_got_stuck()
    else:
        run.decide(1, "approved", REVIEWERS)


REVIEWED = Trial(reviewed, "SUCCEEDED", "PUBLISHED")
# Whoever looks for what got stuck waits ten minutes, by its own clock.
EXPIRED = Trial(
    expired,
    "FAILED ApprovalExpiredError",
    "EXPIRED",
    (Fault(AtInvocation.CLOCK, "reconcile", times=1000, seconds=3600),),
)
# Both of the call's attempts, so that the workflow is not told.
FORGOTTEN = Trial(
    forgotten,
    "SUCCEEDED",
    "PUBLISHED",
    (Fault(AtCall.ERROR, "approval_api", "SendTaskSuccess", times=2),),
)
TRIALS = (REVIEWED, EXPIRED, FORGOTTEN)
