"""The crash matrix: a worker dies at each AWS call of a run, on either side of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from galley_local.faults.kills import Point, When
from galley_local.faults.trial import REVIEWERS, Outcome, Trial

if TYPE_CHECKING:
    from galley_local.stack import Stack

# So that one function's calls are always made in the same order.
PARAMETERS = {"SummaryConcurrency": "1"}
EVENTS = {"Approval requested": 2, "Report published": 1}


@dataclass(frozen=True)
class Kill:
    """A worker killed at one point, and what came of the run."""

    point: Point
    when: When
    outcome: Outcome
    was_killed: bool
    agent_calls: int  # of a run in which nobody dies

    @property
    def is_lost(self) -> bool:
        """Whether the run did not end as it should."""
        return self.outcome.status != "SUCCEEDED" or not self.outcome.is_approved

    @property
    def double_mails(self) -> int:
        """How many letters were sent again."""
        return sum(count - 1 for count in self.outcome.mails.values() if count > 1)

    @property
    def missing_mails(self) -> int:
        """How many letters were never sent."""
        asked = {(to, number) for to, number, _ in self.outcome.mails}
        return 2 * len(REVIEWERS) - len(asked)

    @property
    def double_events(self) -> int:
        """How many events were put again."""
        return sum(max(0, self.outcome.events[kind] - count) for kind, count in EVENTS.items())

    @property
    def repeated_agent_calls(self) -> int:
        """How many agent calls are paid for again."""
        return sum(self.outcome.sessions.values()) - self.agent_calls


@dataclass
class Matrix:
    """All kills that were tried."""

    points: int
    kills: list[Kill] = field(default_factory=list)


def record(stack: "Stack") -> tuple[list[Point], Outcome]:
    """Return the AWS calls of a run in which nobody dies, and what came of it."""
    stack.lambdas.cool()
    with stack.kills.recording() as points:
        outcome = Trial(stack, "nobody-dies").run()
    return list(points), outcome


def kill_at_each(stack: "Stack", points: Sequence[Point], healthy: Outcome) -> Iterator[Kill]:
    """Kill the worker at each point, on either side, each in a run of its own."""
    calls = sum(healthy.sessions.values())
    for number, point in enumerate(points):
        for when in When:
            stack.lambdas.cool()  # a warm environment has read keys, and makes fewer calls
            with stack.kills.at(point, when):
                outcome = Trial(stack, f"kill-{number}-{when.value}").run()
                was_killed = stack.kills.killed > 0
            yield Kill(point, when, outcome, was_killed, calls)
