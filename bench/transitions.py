"""
State transitions of an execution, as Step Functions bills them, counted from its history.

Each state that is entered is one, those inside a Map and the last one too; each retry is one more.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from galley_cli.history import History


def transitions(events: Iterable[Mapping[str, Any]]) -> int:
    """Return how many there are in a history."""
    history = History()
    history.read(events)
    return history.transitions


def seconds_by_state(events: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return how long an execution has been in each of its own states, in their order."""
    history, last = History(), None
    for event in events:
        history.read([event])
        last = event["timestamp"]
    found: dict[str, float] = {}
    for state in history.states:
        if last is not None:
            found[state.name] = found.get(state.name, 0.0) + state.seconds(last)
    return found
