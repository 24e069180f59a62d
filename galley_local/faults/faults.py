"""What the laptop stack asks before it does something: whether this time it goes wrong."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from galley_local.faults.fault import AtCall, AtInvocation, Fault, InAnswer, Kind
from galley_local.faults.service_answers import can_happen
from galley_local.iam.permissions import logical_id

_HOLDER = re.compile(r"(\w+?)(?:Function|FunctionRole|StateMachineRole)")


@dataclass(frozen=True)
class Point:
    """One AWS call of a run: who makes it, and which of theirs it is, each counted from 1."""

    holder: str  # a function as its directory is called, a state machine as its file is
    number: int  # of all their calls
    action: str  # as IAM names it
    invocation: int = 0  # in which it is made; 0 for a state machine
    of_action: int = 1  # of their calls of this action

    def __str__(self) -> str:
        """Name it as a list of points does."""
        return f"{self.holder} {self.number}: {self.action}"


@dataclass
class Recording:
    """What a run has done, in its order: AWS calls, and invocations by their number."""

    points: list[Point] = field(default_factory=list)
    invocations: Counter[str] = field(default_factory=Counter)  # how many, by function
    answers: Counter[str] = field(default_factory=Counter)  # how many, by agent

    def note_call(self, holder: str, action: str) -> None:
        """Note an AWS call."""
        theirs = [each for each in self.points if each.holder == holder]
        of_action = 1 + sum(each.action == action for each in theirs)
        invocation = self.invocations[holder]
        self.points.append(Point(holder, 1 + len(theirs), action, invocation, of_action))


class Faults:
    """The faults of a stack: none, until someone wants some."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: tuple[Fault, ...] = ()
        self._seen: Counter[Fault] = Counter()
        self._happened: Counter[Fault] = Counter()
        self._recording: Recording | None = None
        self._late: list[Callable[[], Any]] = []

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Return what is done meanwhile."""
        self._recording = recording = Recording()
        try:
            yield recording
        finally:
            self._recording = None

    @contextmanager
    def during(self, *faults: Fault) -> Iterator[Mapping[Fault, int]]:
        """Let faults happen meanwhile; return how often each has happened, missing if never."""
        with self._lock:
            self._wanted = faults
            self._seen.clear()
            self._late.clear()
            happened: Counter[Fault] = Counter()
            self._happened = happened
        try:
            yield happened
        finally:
            self._wanted = ()

    def at_call(self, role: str, action: str) -> Fault | None:
        """Tell what goes wrong with an AWS call of a role."""
        holder, operation = holder_of(role), action.partition(":")[2]
        with self._lock:
            if self._recording:
                self._recording.note_call(holder, action)
            return self._take(
                fault
                for fault in self._wanted
                if isinstance(fault.kind, AtCall)
                and fault.holder == holder
                and fault.call in {"", operation}
                and can_happen(fault.kind, action)
            )

    def at_invocation(self, function: str) -> Fault | None:
        """Tell what goes wrong with an invocation of a function."""
        holder = holder_of(function)
        with self._lock:
            if self._recording:
                self._recording.invocations[holder] += 1
            return self._take(self._of(AtInvocation, holder))

    def in_answer(self, role: str) -> Fault | None:
        """Tell what goes wrong with the answer of an agent."""
        holder = f"{role}_agent"
        with self._lock:
            if self._recording:
                self._recording.answers[holder] += 1
            return self._take(self._of(InAnswer, holder))

    def _of(self, where: type[Kind], holder: str) -> Iterator[Fault]:
        for fault in self._wanted:
            if isinstance(fault.kind, where) and fault.holder == holder:
                yield fault

    def _take(self, concerned: Iterable[Fault]) -> Fault | None:
        """Count one more time that some faults could happen, and return the one that does."""
        due = None
        for fault in concerned:
            self._seen[fault] += 1
            if due is None and 0 <= self._seen[fault] - fault.number < fault.times:
                self._happened[fault] += 1
                due = fault
        return due

    def deliver_later(self, invoke: Callable[[], Any]) -> None:
        """Keep an invocation for when everything is over."""
        self._late.append(invoke)

    def deliver_late(self) -> None:
        """Make the invocations that were kept."""
        while self._late:
            self._late.pop(0)()


def holder_of(name: str) -> str:
    """Return the directory of a function, or the file of a state machine, or of the role of one."""
    found = _HOLDER.fullmatch(logical_id(name))
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", found[1]).lower() if found else ""
