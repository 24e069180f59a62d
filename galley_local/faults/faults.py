"""What the laptop stack asks before it does something: whether this time it goes wrong."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from galley_local.faults.fault import AtCall, AtInvocation, Fault, InAnswer, Kind
from galley_local.iam.permissions import logical_id

_HOLDER = re.compile(r"(\w+?)(?:Function|FunctionRole|StateMachineRole)")


@dataclass(frozen=True)
class Point:
    """One AWS call of a run: who makes it, and its how-manieth it is, from 1."""

    holder: str  # a function as its directory is called, a state machine as its file is
    number: int
    action: str  # as IAM names it

    def __str__(self) -> str:
        """Name it as a list of points does."""
        return f"{self.holder} {self.number}: {self.action}"


class Faults:
    """The faults of a stack: none, until someone wants some."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: tuple[Fault, ...] = ()
        self._seen: Counter[Fault] = Counter()
        self._happened: Counter[Fault] = Counter()
        self._calls: Counter[str] = Counter()
        self._points: list[Point] | None = None
        self._late: list[Callable[[], Any]] = []

    @contextmanager
    def recording(self) -> Iterator[list[Point]]:
        """Return the AWS calls that are made meanwhile, in their order."""
        self._calls.clear()
        self._points = []
        try:
            yield self._points
        finally:
            self._points = None

    @contextmanager
    def during(self, *faults: Fault) -> Iterator[Mapping[Fault, int]]:
        """Let faults happen meanwhile; return how often each has happened, missing if never."""
        with self._lock:
            self._wanted = faults
            self._seen.clear()
            self._happened = Counter()
        try:
            yield self._happened
        finally:
            self._wanted = ()

    def at_call(self, role: str, action: str) -> Fault | None:
        """Tell what goes wrong with an AWS call of a role."""
        holder = holder_of(role)
        with self._lock:
            if self._points is not None:
                self._calls[holder] += 1
                self._points.append(Point(holder, self._calls[holder], action))
        return self._take(AtCall, holder, action.partition(":")[2])

    def at_invocation(self, function: str) -> Fault | None:
        """Tell what goes wrong with an invocation of a function."""
        return self._take(AtInvocation, holder_of(function))

    def in_answer(self, role: str) -> Fault | None:
        """Tell what goes wrong with the answer of an agent."""
        return self._take(InAnswer, f"{role}_agent")

    def deliver_later(self, invoke: Callable[[], Any]) -> None:
        """Keep an invocation for when everything is over."""
        self._late.append(invoke)

    def deliver_late(self) -> None:
        """Make the invocations that were kept."""
        while self._late:
            self._late.pop(0)()

    def _take(self, where: type[Kind], holder: str, call: str = "") -> Fault | None:
        with self._lock:
            for fault in self._wanted:
                is_here = isinstance(fault.kind, where) and fault.holder == holder
                if is_here and fault.call in {"", call}:
                    self._seen[fault] += 1
                    if 0 <= self._seen[fault] - fault.number < fault.times:
                        self._happened[fault] += 1
                        return fault
        return None


def holder_of(name: str) -> str:
    """Return the directory of a function, or the file of a state machine, or of the role of one."""
    found = _HOLDER.fullmatch(logical_id(name))
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", found[1]).lower() if found else ""
