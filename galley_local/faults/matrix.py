"""The crash matrix: a worker dies at each AWS call of a run, on either side of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from galley_local.faults.kills import Point, When
from galley_local.faults.trial import REVIEWERS, Outcome, Trial

if TYPE_CHECKING:
    from galley_local.stack import Stack

# So that one function's calls are always made in the same order.
PARAMETERS = {"SummaryConcurrency": "1"}
ROUNDS = 2
EVENTS = {"Approval requested": ROUNDS, "Report published": 1}


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
        """Whether the run did not end as it should, with what was approved published."""
        return self.outcome.status != "SUCCEEDED" or not self.outcome.is_approved

    @property
    def double_publications(self) -> int:
        """How many other contents the report has had."""
        return max(0, self.outcome.published - 1)

    @property
    def double_mails(self) -> int:
        """How many letters were sent again."""
        return sum(count - 1 for count in self.outcome.mails.values())

    @property
    def missing_mails(self) -> int:
        """How many letters that ask for a decision were never sent."""
        asked = {(to, number) for to, number, kind in self.outcome.mails if kind == "Approve?"}
        return ROUNDS * len(REVIEWERS) - len(asked)

    @property
    def wrong_events(self) -> int:
        """How many events were put again, or never."""
        return sum(abs(self.outcome.events[kind] - count) for kind, count in EVENTS.items())

    @property
    def repeated_agent_calls(self) -> int:
        """How many agent calls are paid for again."""
        return sum(self.outcome.sessions.values()) - self.agent_calls

    @property
    def is_right(self) -> bool:
        """Whether nothing is lost and nothing happened twice, bar one agent call."""
        wrong = (self.double_publications, self.double_mails, self.missing_mails, self.wrong_events)
        return not (self.is_lost or any(wrong) or self.repeated_agent_calls > 1)


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


def table(kills: Iterable[Kill]) -> str:
    """Return what came of kills, by function, and their sum below."""
    tried = list(kills)
    head = (
        f"{'function':<18}{'kills':>6}{'lost runs':>11}{'published twice':>17}{'mails twice':>13}"
        f"{'mails lost':>12}{'wrong events':>14}{'agent calls again':>19}"
    )
    by_function = {
        name: [each for each in tried if each.point.function == name]
        for name in dict.fromkeys(kill.point.function for kill in tried)
    }
    rows = [_row(name, kills) for name, kills in by_function.items()]
    return "\n".join([head, *rows, _row("all", tried)])


def _row(name: str, kills: Sequence[Kill]) -> str:
    return (
        f"{name:<18}{len(kills):>6}{sum(each.is_lost for each in kills):>11}"
        f"{sum(each.double_publications for each in kills):>17}"
        f"{sum(each.double_mails for each in kills):>13}"
        f"{sum(each.missing_mails for each in kills):>12}"
        f"{sum(each.wrong_events for each in kills):>14}"
        f"{_again(kills):>19}"
    )


def _again(kills: Sequence[Kill]) -> str:
    most = max((each.repeated_agent_calls for each in kills), default=0)
    return f"{sum(each.repeated_agent_calls for each in kills)} (at most {most})"
