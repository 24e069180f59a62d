"""Which state of an execution did what: its stays, its attempts, the functions that it called."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_ENTERED, _TASK = "StateEntered", "TaskScheduled"


@dataclass(frozen=True)
class Attempt:
    """One attempt of a task: its state, what kind of thing it called, which function, and when."""

    state: str
    kind: str  # lambda, events
    function: str
    at: int  # milliseconds


@dataclass(frozen=True)
class States:
    """What a history says of states."""

    transitions: Mapping[str, int]  # by state: each time that it was executed, retries too
    attempts: list[Attempt]

    @classmethod
    def of(cls, history: Iterable[Mapping[str, Any]]) -> "States":
        """
        Read an execution's history.

        Step Functions bills each execution of a state as a transition, and each retry. Only the
        chain of previous events tells whose attempt one is where a Map runs several side by side.
        """
        by_id = {event["id"]: event for event in history}
        transitions: Counter[str] = Counter()
        attempts: list[Attempt] = []
        begun: set[int] = set()  # stays whose first attempt is there; each has one transition
        for event in by_id.values():
            if event["type"].endswith(_ENTERED):
                transitions[event["stateEnteredEventDetails"]["name"]] += 1
            if event["type"] == _TASK:
                entered = _entered(event, by_id)
                name = entered["stateEnteredEventDetails"]["name"]
                transitions[name] += entered["id"] in begun
                begun.add(entered["id"])
                attempts.append(_attempt(name, event))
        return cls(transitions, attempts)

    def of_function(self, function: str, at: int) -> str:
        """Return the state whose last attempt before a moment called a function."""
        known = [each for each in self.attempts if each.function == function]
        before = [each for each in known if each.at <= at] or known
        return before[-1].state if before else ""


def _entered(event: Mapping[str, Any], by_id: Mapping[int, Mapping[str, Any]]) -> Mapping[str, Any]:
    while not event["type"].endswith(_ENTERED):
        event = by_id[event["previousEventId"]]
    return event


def _attempt(state: str, event: Mapping[str, Any]) -> Attempt:
    details = event["taskScheduledEventDetails"]
    arn = str(json.loads(details["parameters"]).get("FunctionName", ""))
    name = arn.partition(":function:")[2].partition(":")[0]
    when = event["timestamp"]
    at = when if isinstance(when, datetime) else datetime.fromisoformat(str(when))
    return Attempt(state, details["resourceType"], name, int(at.timestamp() * 1000))
