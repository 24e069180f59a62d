"""Which executions the laptop redrives, and what the others are told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from moto.stepfunctions.parser.api import ExecutionNotRedrivable, ExecutionStatus

from galley_local.step_functions import redrive

NOW = datetime.now(UTC)


def execution(status: str, stopped: timedelta, started: timedelta, events: int = 10) -> Any:
    """Return an execution that was started and stopped some time ago."""
    history = SimpleNamespace(_history_event_list=[None] * events)
    return SimpleNamespace(
        exec_arn="arn:aws:states:us-east-1:123456789012:execution:machine:one",
        exec_status=ExecutionStatus(status),
        status=status,
        start_date=NOW - started,
        stop_date=NOW - stopped,
        exec_worker=SimpleNamespace(env=SimpleNamespace(event_manager=history)),
    )


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_what_has_not_succeeded_can_be_redriven_for_two_weeks(status: str) -> None:
    told = redrive.told(execution(status, timedelta(days=13.9), timedelta(days=300)))

    assert told == {
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "REDRIVABLE",
        "redriveStatusReason": f"Execution is {status} and is redrivable",
    }


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        pytest.param(
            execution("RUNNING", timedelta(0), timedelta(1)),
            "Execution is RUNNING and cannot be redriven",
            id="running",
        ),
        pytest.param(
            execution("SUCCEEDED", timedelta(0), timedelta(1)),
            "Execution is SUCCEEDED and cannot be redriven",
            id="succeeded",
        ),
        pytest.param(
            execution("FAILED", timedelta(days=14.1), timedelta(days=15)),
            "Execution redrivable period exceeded",
            id="too late",
        ),
        pytest.param(
            execution("FAILED", timedelta(days=1), timedelta(days=366)),
            "Execution has exceeded the max execution time",
            id="too old",
        ),
        pytest.param(
            execution("FAILED", timedelta(days=1), timedelta(days=2), events=24_999),
            "Execution history event limit exceeded",
            id="too long",
        ),
    ],
)
def test_what_cannot_be_redriven_is_told_why(ended: Any, reason: str) -> None:
    told = redrive.told(ended)

    assert (told["redriveStatus"], told["redriveStatusReason"]) == ("NOT_REDRIVABLE", reason)
    with pytest.raises(ExecutionNotRedrivable, match=reason):
        redrive.redrive(ended, "")
