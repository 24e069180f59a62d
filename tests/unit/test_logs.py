"""Functions' lines as CloudWatch Logs has them on the laptop: each once, with its own time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.logs.models import logs_backends

from galley_local.clients import ACCOUNT_ID, REGION
from galley_local.logs import FunctionLogs, log_events

LINE = json.dumps({"level": "INFO", "message": "hi", "timestamp": "2026-11-28 21:37:59,176+0000"})
AT = 1795901879176
NOW = '{"level": "INFO"}'  # says no time, and so is taken to be of now
METRIC = json.dumps({"_aws": {"Timestamp": AT + 5}, "AgentCalls": 1})


@pytest.fixture
def group() -> Iterator[Any]:
    """Give a log group."""
    backend = logs_backends[ACCOUNT_ID][REGION]
    backend.create_log_group("galley-logs", {})
    yield backend.groups["galley-logs"]
    backend.delete_log_group("galley-logs")


@pytest.fixture
def logs(group: Any, tmp_path: Path) -> FunctionLogs:
    """Give the logs of a stack whose log group is there."""
    return FunctionLogs(tmp_path, "galley-logs")


def lines(group: Any) -> list[str]:
    """Return what is in the group."""
    return [each.message for stream in group.streams.values() for each in stream.events]


def test_a_line_has_the_time_that_it_says_and_what_says_none_that_of_the_one_before() -> None:
    found = list(log_events(f"{LINE}\nTraceback:\n  File x\n{METRIC}\n"))

    assert found == [
        {"timestamp": AT, "message": LINE},
        {"timestamp": AT, "message": "Traceback:\n  File x"},
        {"timestamp": AT + 5, "message": METRIC},
    ]


def test_each_line_is_there_once_and_one_that_is_being_written_is_not_yet(
    logs: FunctionLogs, group: Any, tmp_path: Path
) -> None:
    path = tmp_path / "writer.log"
    path.write_text(f'{NOW}\n{{"half', encoding="utf-8")
    logs.catch_up({"writer": None})
    logs.catch_up({"writer": None})
    first = lines(group)
    with path.open("a", encoding="utf-8") as file:
        file.write('": 1}\n')

    logs.catch_up({"writer": None, "never invoked": None})

    assert first == [NOW]
    assert lines(group) == [NOW, '{"half": 1}']


def test_a_stream_is_named_after_its_function(
    logs: FunctionLogs, group: Any, tmp_path: Path
) -> None:
    (tmp_path / "writer.log").write_text(f"{NOW}\n", encoding="utf-8")

    logs.catch_up({"writer": None})

    (stream,) = group.streams
    assert "/writer[$LATEST]" in stream


def test_lines_of_several_environments_are_put_in_the_order_of_their_time(
    logs: FunctionLogs, group: Any, tmp_path: Path
) -> None:
    (tmp_path / "writer.log").write_text(f"{METRIC}\n{LINE}\n", encoding="utf-8")

    logs.catch_up({"writer": None})

    assert lines(group) == [LINE, METRIC]
