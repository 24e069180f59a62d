"""The matrices: every fault at every place of every kind of run, each in a run of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galley_local.faults.calls import can_answer
from galley_local.faults.fault import AtCall, AtInvocation, Fault, InAnswer
from galley_local.faults.faults import Point
from galley_local.faults.outcome import Difference, Outcome
from galley_local.faults.trial import TRIALS, Trial

if TYPE_CHECKING:
    from galley_local.stack import Stack

# So that one function's calls are always made in the same order.
PARAMETERS = {"SummaryConcurrency": "1"}
STATE_MACHINES = {"research", "outbox"}
# Both attempts of a client, and one more: the function fails once, and is tried again.
IN_A_ROW = 3
# Nobody can know whether these have done what they say they could not, and they take no token by
# which they would see that it is the same again.
UNKNOWABLE = {"SendEmail", "PutEvents"}
CLOCK_SECONDS = (3600, -3600)


@dataclass(frozen=True)
class Tried:
    """A fault in one kind of run, and what came of it."""

    fault: Fault
    trial: Trial
    difference: Difference
    happened: int

    @property
    def is_right(self) -> bool:
        """Whether it happened, and nothing is lost or done twice, bar an agent call for each."""
        return bool(self.happened) and self.difference.is_right(repeats=self.happened)


@dataclass(frozen=True)
class Recorded:
    """A kind of run in which nothing goes wrong: AWS calls that are new in it, what it leaves."""

    trial: Trial
    points: list[Point]
    outcome: Outcome


def record(stack: "Stack") -> list[Recorded]:
    """Run each trial without any other fault than those that it is given."""
    found: list[Recorded] = []
    for trial in TRIALS:
        with stack.faults.recording() as points:
            outcome, _ = trial.run(stack, "healthy")
        known = {point for each in found for point in each.points}
        found.append(Recorded(trial, [each for each in points if each not in known], outcome))
    return found


def kills(recorded: Recorded) -> list[Fault]:
    """Return a kill on either side of each AWS call of each function."""
    return [
        Fault(kind, point.holder, number=point.number)
        for point in recorded.points
        if point.holder not in STATE_MACHINES
        for kind in (AtCall.KILL_BEFORE, AtCall.KILL_AFTER)
    ]


def refusals(recorded: Recorded) -> list[Fault]:
    """Return each answer by which a service can refuse each operation, and a timeout after it."""
    asked = dict.fromkeys((point.holder, point.action) for point in recorded.points)
    return [
        Fault(kind, holder, operation, times=1 if kind is AtCall.LOST else IN_A_ROW)
        for holder, action in asked
        for operation in [action.partition(":")[2]]
        for kind in AtCall
        if can_answer(kind, action)
        if not (kind is AtCall.LOST and operation in UNKNOWABLE)
    ] + [
        Fault(AtCall.TIMEOUT, holder, action.partition(":")[2])
        for holder, action in asked
        if holder not in STATE_MACHINES
    ]


def disturbances(recorded: Recorded) -> list[Fault]:
    """Return what can go wrong with an invocation or an answer, for each function and agent."""
    functions = dict.fromkeys(
        point.holder for point in recorded.points if point.holder not in STATE_MACHINES
    )
    agents = [each for each in functions if each.endswith("_agent")]
    return [
        *(
            Fault(kind, each)
            for each in functions
            for kind in (AtInvocation.TWICE, AtInvocation.LATE)
        ),
        *(
            Fault(AtInvocation.CLOCK, each, seconds=seconds)
            for each in functions
            for seconds in CLOCK_SECONDS
        ),
        *(Fault(kind, each) for each in agents for kind in InAnswer),
    ]


def try_each(
    stack: "Stack", recorded: Recorded, faults: Iterable[Fault], name: str
) -> Iterator[Tried]:
    """Let each fault happen in a run of its own."""
    for number, fault in enumerate(faults):
        outcome, happened = recorded.trial.run(stack, f"{name}-{number}", fault)
        difference = Difference(outcome, recorded.outcome)
        yield Tried(fault, recorded.trial, difference, happened[fault])
