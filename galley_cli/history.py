"""An execution's history as a person wants it: states, sources, retries, transitions."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from galley.errors import message_in

SUMMARIZE = "Summarize source"
GAP = "Note the gap"
SUCCESS = "taskSucceededEventDetails"
# Events that say how an attempt has failed, and where in them that stands.
FAILURES = {
    "TaskFailed": "taskFailedEventDetails",
    "TaskSubmitFailed": "taskSubmitFailedEventDetails",
    "TaskStartFailed": "taskStartFailedEventDetails",
    "TaskTimedOut": "taskTimedOutEventDetails",
}


@dataclass
class StateRun:
    """One stay in a state."""

    name: str
    entered: datetime
    exited: datetime | None = None
    retries: int = 0
    error: str = ""  # of the last attempt that failed
    cause: str = ""

    def seconds(self, now: datetime) -> float:
        """Return how long it took, or has taken so far."""
        return ((self.exited or now) - self.entered).total_seconds()


@dataclass
class SourceRun:
    """One source on its way to a summary."""

    source_id: str
    status: str = "running"  # running, done or gap
    gap: str = ""


@dataclass
class Announcement:
    """An event that the state machine puts on the application's bus."""

    at: datetime
    kind: str
    detail: dict[str, Any]
    error: str = ""  # why it could not be put
    is_put: bool = False


@dataclass
class History:
    """What has happened in an execution so far."""

    states: list[StateRun] = field(default_factory=list)
    sources: dict[str, SourceRun] = field(default_factory=dict)
    transitions: int = 0
    announced: list[Announcement] = field(default_factory=list)
    _seen: int = 0
    _scheduled: int = 0
    _tasks: int = 0

    def read(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Take in the events that are new since the last time."""
        for event in events:
            if event["id"] > self._seen:
                self._seen = event["id"]
                self._take(event)

    def _take(self, event: Mapping[str, Any]) -> None:
        kind, time = event["type"], event["timestamp"]
        if kind.endswith("StateEntered"):
            self.transitions += 1
            self._tasks += kind == "TaskStateEntered"
            self._enter(event["stateEnteredEventDetails"], time)
        elif kind.endswith("StateExited"):
            self._exit(event["stateExitedEventDetails"], time)
        elif kind in FAILURES:
            self._fail(event.get(FAILURES[kind], {}))
        elif kind == "TaskSucceeded" and self._is_announcing(event.get(SUCCESS, {})):
            self.announced[-1].is_put = True
        elif kind == "TaskScheduled":
            self._announce(event.get("taskScheduledEventDetails", {}), time)
            self._scheduled += 1
            if self._scheduled > self._tasks:  # a state that is tried again is a transition too
                self.transitions += 1
                self._tasks += 1
                if running := [state for state in self.states if state.exited is None]:
                    running[-1].retries += 1

    def _fail(self, details: Mapping[str, Any]) -> None:
        error, cause = details.get("error", ""), message_in(details.get("cause", ""))
        if self._is_announcing(details):
            self.announced[-1].error = error
        if running := [state for state in self.states if state.exited is None]:
            running[-1].error, running[-1].cause = error, cause

    def _announce(self, details: Mapping[str, Any], time: datetime) -> None:
        if self._is_announcing(details, begins=True) and "parameters" in details:
            for entry in json.loads(details["parameters"])["Entries"]:
                detail = entry["Detail"]
                detail = json.loads(detail) if isinstance(detail, str) else detail
                self.announced.append(Announcement(time, entry["DetailType"], detail))

    def _is_announcing(self, details: Mapping[str, Any], *, begins: bool = False) -> bool:
        return details.get("resourceType") == "events" and (begins or bool(self.announced))

    def _enter(self, details: Mapping[str, Any], time: datetime) -> None:
        if details["name"] in {SUMMARIZE, GAP} and "input" not in details:
            return  # a history without data does not say which source it is
        if details["name"] == SUMMARIZE:
            source_id = json.loads(details["input"])["source"]["source_id"]
            self.sources[source_id] = SourceRun(source_id)
        elif details["name"] == GAP:
            gap = json.loads(details["input"])
            self.sources[gap["source_id"]] = SourceRun(gap["source_id"], "gap", gap["gap"])
        else:
            self.states.append(StateRun(details["name"], time))

    def _exit(self, details: Mapping[str, Any], time: datetime) -> None:
        if details["name"] == SUMMARIZE:
            output = json.loads(details.get("output", "{}"))
            if "key" in output:
                self.sources[output["source_id"]].status = "done"
            return
        for state in reversed(self.states):
            if state.name == details["name"] and state.exited is None:
                state.exited = time
                return
