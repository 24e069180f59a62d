"""An execution's history, read for a person."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from galley_cli.history import History

START = datetime(2026, 1, 1, tzinfo=UTC)


class Events:
    """Builds history events one second apart."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def add(self, kind: str, **details: Any) -> "Events":
        """Add an event with the details of its kind."""
        number = len(self.all) + 1
        event = {"id": number, "type": kind, "timestamp": START + timedelta(seconds=number)}
        self.all.append(event | details)
        return self

    def enter(self, name: str, kind: str = "TaskStateEntered", **data: Any) -> "Events":
        """Add that a state was entered with some input."""
        return self.add(kind, stateEnteredEventDetails={"name": name, "input": json.dumps(data)})

    def leave(self, name: str, kind: str = "TaskStateExited", **data: Any) -> "Events":
        """Add that a state was left with some output."""
        return self.add(kind, stateExitedEventDetails={"name": name, "output": json.dumps(data)})


def test_states_have_the_time_they_took() -> None:
    events = Events().enter("Write draft").add("TaskScheduled").leave("Write draft")
    history = History()

    history.read(events.all)

    assert [(state.name, state.seconds(START)) for state in history.states] == [("Write draft", 2)]
    assert history.transitions == 1


def test_events_are_taken_in_once() -> None:
    events = Events().enter("Write draft").leave("Write draft")
    history = History()

    history.read(events.all[:1])
    history.read(events.all)

    assert len(history.states) == 1


def test_a_retry_counts_as_a_transition_and_is_told() -> None:
    events = Events().enter("Write draft").add("TaskScheduled").add("TaskFailed")
    history = History()

    history.read(events.add("TaskScheduled").leave("Write draft").all)

    assert history.transitions == 2
    assert history.states[0].retries == 1


def test_sources_are_running_then_done_or_a_gap() -> None:
    events = Events()
    for source_id in ("a", "b", "c"):
        events.enter("Summarize source", source={"source_id": source_id})
    events.leave("Summarize source", source_id="a", key="k")
    events.leave("Summarize source", source_id="b", gap="AgentReplyError")
    events.enter("Note the gap", "PassStateEntered", source_id="b", gap="AgentReplyError")
    history = History()

    history.read(events.all)

    statuses = {source.source_id: source.status for source in history.sources.values()}
    assert statuses == {"a": "done", "b": "gap", "c": "running"}
    assert history.sources["b"].gap == "AgentReplyError"
