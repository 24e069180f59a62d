"""The matrices: every fault at every place of every kind of run, each in a run of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galley_local.faults.fault import (
    ENDS_WORKER,
    STATE_MACHINES,
    AtCall,
    AtInvocation,
    Fault,
    InAnswer,
)
from galley_local.faults.faults import Point
from galley_local.faults.outcome import Difference, Outcome
from galley_local.faults.service_answers import can_happen
from galley_local.faults.trial import TRIALS, Trial

if TYPE_CHECKING:
    from galley_local.stack import Stack

# So that one function's calls are always made in the same order.
PARAMETERS = {"SummaryConcurrency": "1"}
# Both attempts of a client, and one more: the function fails once, and is tried again.
IN_A_ROW = 3
# Nobody can know whether these have done what they say they could not, and they take no token by
# which they would see that it is the same again.
UNKNOWABLE = {"SendEmail", "PutEvents"}
AN_HOUR = 3600  # seconds


@dataclass(frozen=True)
class Tried:
    """A fault in one kind of run, and what came of it."""

    fault: Fault
    trial: Trial
    difference: Difference
    happened: int

    @property
    def is_right(self) -> bool:
        """Whether it happened, and nothing is lost or done twice, bar what is said of it."""
        asks_agent = self.fault.holder.endswith(("_agent", "_actions"))
        return self.happened > 0 and self.difference.is_right(
            # an agent's answer that was not kept is asked for again, each time
            repeats=self.happened if asks_agent else 0,
            # whoever takes the decision tells the others last, if it still can
            words=1 if self.fault.holder == "approval_api" else 0,
        )


@dataclass(frozen=True)
class Recorded:
    """A kind of run in which nothing goes wrong: what is new in it, and what it leaves."""

    trial: Trial
    points: list[Point]
    invocations: list[tuple[str, int]]  # of functions, each counted from 1
    answers: list[tuple[str, int]]  # of agents
    outcome: Outcome


def record(stack: "Stack") -> list[Recorded]:
    """Run each trial without any other fault than those that it is given."""
    found: list[Recorded] = []
    known: list[dict[str, list[str]]] = []  # the actions of each holder, by run
    for trial in TRIALS:
        with stack.faults.recording() as done:
            outcome, happened = trial.run(stack, "healthy")
        _check_health(trial, outcome, sum(happened.values()))
        points = _new(done.points, known)
        known.append(_by_holder(done.points))
        invocations = dict.fromkeys(
            (each.holder, each.invocation) for each in points if each.invocation
        )
        answers: list[tuple[str, int]] = []
        if not found:  # the agents are asked the same in all of them
            invocations = dict.fromkeys(
                (name, n) for name, count in done.invocations.items() for n in range(1, count + 1)
            )
            answers = [(name, n) for name, c in done.answers.items() for n in range(1, c + 1)]
        found.append(Recorded(trial, points, list(invocations), answers, outcome))
    return found


def _check_health(trial: Trial, outcome: Outcome, happened: int) -> None:
    ended = (outcome.status, outcome.record, outcome.is_approved)
    is_given = happened or not any(isinstance(each.kind, AtCall) for each in trial.given)
    if ended != (trial.status, trial.record, True) or not is_given:
        raise RuntimeError(f"a run that is {trial.name} ended as {ended} where nothing went wrong")


def _by_holder(points: Iterable[Point]) -> dict[str, list[str]]:
    actions: defaultdict[str, list[str]] = defaultdict(list)
    for point in points:
        actions[point.holder].append(point.action)
    return actions


def _new(points: list[Point], known: list[dict[str, list[str]]]) -> list[Point]:
    """Return the points at which a holder does not do any more what it has done in another run."""
    common: dict[str, int] = {}
    for holder, actions in _by_holder(points).items():
        lengths = [0]
        for each in known:
            pairs = zip(actions, each.get(holder, []), strict=False)
            unlike = (index for index, (one, other) in enumerate(pairs) if one != other)
            lengths.append(next(unlike, min(len(actions), len(each.get(holder, [])))))
        common[holder] = max(lengths)
    return [each for each in points if each.number > common[each.holder]]


def kills(recorded: Recorded) -> list[Fault]:
    """Return a kill on either side of each AWS call of each function."""
    return [
        Fault(kind, point.holder, number=point.number)
        for point in recorded.points
        if point.holder not in STATE_MACHINES
        for kind in (AtCall.KILL_BEFORE, AtCall.KILL_AFTER)
    ]


def refusals(recorded: Recorded) -> list[Fault]:
    """
    Return each answer by which a service can refuse, and a timeout after the call.

    For a state machine at each of its calls, for a function at the first of each operation.
    """
    first: dict[tuple[str, str], Point] = {}
    for point in recorded.points:
        first.setdefault((point.holder, point.action), point)
    chosen = [
        point
        for point in recorded.points
        if point.holder in STATE_MACHINES or first[point.holder, point.action] is point
    ]
    return [fault for point in chosen for fault in _refusals_of(point)]


def _refusals_of(point: Point) -> Iterator[Fault]:
    operation = point.action.partition(":")[2]
    for kind in AtCall:
        if kind in ENDS_WORKER or not can_happen(kind, point.action):
            continue
        times = [IN_A_ROW]
        if kind is AtCall.LOST:
            # once, which the client's second attempt meets, and twice, which the function hears
            times = [1] if point.holder in STATE_MACHINES else [1, 2]
        if not (kind is AtCall.LOST and operation in UNKNOWABLE):
            for each in times:
                yield Fault(kind, point.holder, operation, point.of_action, each)
    if point.holder not in STATE_MACHINES:
        yield Fault(AtCall.TIMEOUT, point.holder, operation, point.of_action)


def disturbances(recorded: Recorded) -> list[Fault]:
    """Return what can go wrong with each invocation, and with each agent's answer."""
    faults = [
        fault
        for name, number in recorded.invocations
        for fault in (
            Fault(AtInvocation.TWICE, name, number=number),
            Fault(AtInvocation.LATE, name, number=number),
            Fault(AtInvocation.CLOCK, name, number=number, seconds=AN_HOUR),
            Fault(AtInvocation.CLOCK, name, number=number, seconds=-AN_HOUR),
        )
    ]
    in_answers = [
        Fault(kind, name, number=number) for name, number in recorded.answers for kind in InAnswer
    ]
    return faults + in_answers


def try_each(
    stack: "Stack", recorded: Recorded, faults: Iterable[Fault], name: str
) -> Iterator[Tried]:
    """Let each fault happen in a run of its own."""
    for number, fault in enumerate(faults):
        outcome, happened = recorded.trial.run(stack, f"{name}-{number}", fault)
        difference = Difference(outcome, recorded.outcome)
        yield Tried(fault, recorded.trial, difference, happened.get(fault, 0))
