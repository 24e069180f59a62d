"""How many events a run leaves in its execution's history, counted in the state machine."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

State = dict[str, Any]

DEFINITION = json.loads(
    (Path(__file__).parents[1] / "statemachine" / "research.asl.json").read_text("utf-8")
)
STATES: dict[str, State] = DEFINITION["States"]
START, LOOP_START, LOOP_END = DEFINITION["StartAt"], "Write draft", "Revise draft"

_BEGIN_AND_END = 2  # of the execution, and of most states: entered and exited
_ATTEMPT = 3  # scheduled, started, and how it ended
_WAITING_ATTEMPT = 4  # and submitted


def ordinary_run(sources: int) -> int:
    """Count a run in which the first draft is approved and nothing fails."""
    count, name = _BEGIN_AND_END, START
    while name:
        count += _events(STATES[name], sources, every_retry=False)
        name = next(_next(STATES[name], faults=False), "")
    return count


def longest_run(sources: int, revisions: int, *, every_retry: bool) -> int:
    """Count a run with all revisions, by the longest way there is, reminders included."""

    @cache
    def longest(name: str, to: str) -> float:
        """Return the events from one state to another, or to an end; less than none: no way."""
        events = _events(STATES[name], sources, every_retry=every_retry)
        if name == to:
            return events
        following = list(_next(STATES[name], faults=True))
        if not following:
            return float("-inf") if to else events
        ways = [longest(each, to) for each in following if (name, each) != (LOOP_END, LOOP_START)]
        return events + max(ways, default=float("-inf"))

    rounds = longest(START, LOOP_END) + (revisions - 1) * longest(LOOP_START, LOOP_END)
    return int(_BEGIN_AND_END + rounds + longest(LOOP_START, ""))


def loops() -> list[tuple[str, str]]:
    """Return the transitions that lead back to a state from which one has come."""
    found: list[tuple[str, str]] = []
    done: set[str] = set()

    def follow(name: str, way: tuple[str, ...]) -> None:
        for each in _next(STATES[name], faults=True):
            if each in (*way, name):
                found.append((name, each))
            elif each not in done:
                follow(each, (*way, name))
        done.add(name)

    follow(START, ())
    return found


def _events(state: State, sources: int, *, every_retry: bool) -> int:
    kind, count = state["Type"], _BEGIN_AND_END
    if kind == "Fail":
        return 1
    if kind == "Task":
        waits = state["Resource"].endswith(".waitForTaskToken")
        retries = sum(each["MaxAttempts"] for each in state["Retry"]) if every_retry else 0
        count += (_WAITING_ATTEMPT if waits else _ATTEMPT) * (1 + retries)
    if kind == "Map":  # started and succeeded, and so is each iteration
        states = state["ItemProcessor"]["States"].values()
        taken = [each for each in states if every_retry or each["Type"] == "Task"]
        inside = sum(_events(each, 0, every_retry=every_retry) for each in taken)
        count += 2 + sources * (2 + inside)
    return count


def _next(state: State, *, faults: bool) -> Iterator[str]:
    """Yield what may follow a state, first what follows where all goes well."""
    branches = [*state.get("Choices", []), *(state.get("Catch", []) if faults else [])]
    yield from (each["Next"] for each in [state, *branches] if "Next" in each)
    if "Default" in state:
        yield state["Default"]
