"""A fault: what goes wrong, where, from which time on, and how often."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self

FORM = "KIND@FUNCTION[.CALL][#NUMBER][*TIMES]"
_SPEC = re.compile(
    r"(?P<kind>[a-z-]+)(?P<seconds>[+-][1-9]\d{0,8})?@(?P<holder>\w+)(?:\.(?P<call>\w+))?"
    r"(?:#(?P<number>[1-9]\d{0,5}))?(?:\*(?P<times>[1-9]\d{0,5}))?"
)


class FaultError(ValueError):
    """A fault cannot be brought about; the message says what is expected."""


class AtCall(StrEnum):
    """What can go wrong with an AWS call."""

    KILL_BEFORE = "kill-before"  # the worker dies before the service has the call
    KILL_AFTER = "kill-after"  # the service has done it, the worker dies before it hears so
    TIMEOUT = "timeout"  # as after a kill, and Lambda says that the time is over
    LOST = "lost"  # the service has done it, and answers that it failed
    THROTTLE = "throttle"
    ERROR = "error"
    CONFLICT = "conflict"
    DEPENDENCY = "dependency"  # Bedrock's 424: something that the agent needs has failed


class AtInvocation(StrEnum):
    """What can go wrong with an invocation."""

    TWICE = "twice"  # the same event once more, at the same time
    LATE = "late"  # the same event once more, when everything is over
    CLOCK = "clock"  # the worker's clock is so many seconds ahead (or behind)


class InAnswer(StrEnum):
    """What can go wrong with an agent's answer, once its stream has begun."""

    THROTTLED = "throttle-in-stream"
    FAILED = "error-in-stream"
    CONFLICTED = "conflict-in-stream"
    DEPENDENT = "dependency-in-stream"
    EMPTY = "empty"
    CUT = "cut"
    MALFORMED = "malformed"
    TOO_LONG = "too-long"
    OTHER_LANGUAGE = "other-language"
    OBEDIENT = "obedient"  # does what a source told it to do


Kind = AtCall | AtInvocation | InAnswer
KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.value: kind for kinds in (AtCall, AtInvocation, InAnswer) for kind in kinds}
)
STATE_MACHINES = {"research", "outbox"}
ENDS_WORKER = {AtCall.KILL_BEFORE, AtCall.KILL_AFTER, AtCall.TIMEOUT}


@dataclass(frozen=True)
class Fault:
    """
    One fault; `holder` is a function by its directory, or a state machine by its file.

    `call` is an operation (any, where it is empty). It happens at the `number`-th call (invocation,
    answer), counted from 1, and at those that follow until it has happened `times` times.
    """

    kind: Kind
    holder: str
    call: str = ""
    number: int = 1
    times: int = 1
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a fault as `FORM` says; raises `FaultError`."""
        found = _SPEC.fullmatch(text)
        if found is None:
            raise FaultError(f"{text!r} is not {FORM}, such as kill-after@publish.PutObject")
        kind = KINDS.get(found["kind"])
        if kind is None:
            raise FaultError(f"{found['kind']!r} is none of {', '.join(KINDS)}")
        if (kind is AtInvocation.CLOCK) != bool(found["seconds"]):
            raise FaultError(
                f"{text!r}: seconds, such as clock+3600, are for clock, which needs them"
            )
        if found["call"] and not isinstance(kind, AtCall):
            raise FaultError(f"{text!r}: {kind} has nothing to do with a call")
        numbers = {name: int(found[name] or 1) for name in ("number", "times")}
        seconds = int(found["seconds"] or 0)
        return cls(kind, found["holder"], found["call"] or "", seconds=seconds, **numbers)

    def check(self, holders: Collection[str]) -> None:
        """Raise `FaultError` where it cannot happen to any of those that there are."""
        if self.holder not in holders:
            raise FaultError(f"{self.holder!r} is none of {', '.join(sorted(holders))}")
        needs_worker = self.kind in ENDS_WORKER or isinstance(self.kind, AtInvocation)
        if needs_worker and self.holder in STATE_MACHINES:
            raise FaultError(f"{str(self)!r}: a state machine has no worker")
        if isinstance(self.kind, InAnswer) and not self.holder.endswith("_agent"):
            raise FaultError(f"{str(self)!r}: only agents answer so, such as writer_agent")

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        seconds = f"{self.seconds:+}" if self.seconds else ""
        call = f".{self.call}" if self.call else ""
        number = f"#{self.number}" if self.number > 1 else ""
        times = f"*{self.times}" if self.times > 1 else ""
        return f"{self.kind}{seconds}@{self.holder}{call}{number}{times}"
