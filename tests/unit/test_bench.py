"""What stands behind the benchmarks' figures: fits, twins, counts and the page that they fill."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench import bars, document, processor, twins
from bench.fit import exponent, quartiles
from bench.overhead import Figures
from bench.transitions import seconds_by_state, transitions

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
FUNCTION = """
import functools
import boto3
from botocore.config import Config
from galley import slow

TABLE = boto3.resource("dynamodb", config=Config(read_timeout=8)).Table("table")
S3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 2}))
"""
PUTS_OFF = """
import functools
import boto3

@functools.cache
def secrets():
    return boto3.client("secretsmanager")

@functools.cache
def no_client():
    return 1

@functools.cache
def of(region):
    return boto3.client("kms", region_name=region)
"""
NOBODY = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "PATH": "",
}


# ---- fits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("power", [0.5, 1.0, 1.5])
def test_the_exponent_is_the_power_of_the_size(power: float) -> None:
    points = [(size, 3 * size**power) for size in (1, 5, 20, 50, 200)]

    assert exponent(points) == pytest.approx(power)


def test_a_fixed_part_makes_the_exponent_smaller() -> None:
    assert exponent((size, 10 + size) for size in (1, 10, 100)) < 1


def test_quartiles_stand_around_the_median() -> None:
    assert quartiles([5, 1, 3, 2, 4]) == (2, 3, 4)


# ---- twins ---------------------------------------------------------------------------------------


@pytest.fixture
def clients(tmp_path: Path) -> twins.Clients:
    """Record the clients of a function that makes two at once and puts one off."""
    (tmp_path / "app.py").write_text(FUNCTION)
    (tmp_path / "galley").mkdir()
    (tmp_path / "galley" / "__init__.py").touch()
    (tmp_path / "galley" / "slow.py").write_text(PUTS_OFF)
    libraries = [Path(path) for path in sys.path if "site-packages" in path]
    return twins.Clients.recorded([tmp_path, *libraries], NOBODY)


def test_a_twin_makes_the_clients_of_its_function_those_that_are_put_off_too(
    clients: twins.Clients,
) -> None:
    assert clients.names == ["dynamodb", "s3", "secretsmanager"]  # a resource's client is no other
    assert clients.makers == [["galley.slow", "secrets"]]


def test_a_twin_is_a_program_that_runs_and_has_the_same_settings(clients: twins.Clients) -> None:
    subprocess.run([sys.executable, "-c", clients.twin], env=NOBODY, check=True)

    assert "boto3.resource('dynamodb', config=Config(**{'read_timeout': 8}))" in clients.twin
    assert "boto3.client('s3', config=Config(**{'retries':" in clients.twin
    assert "Table" not in clients.twin


# ---- transitions ---------------------------------------------------------------------------------


def history(*kinds: tuple[str, str]) -> list[dict[str, Any]]:
    """Return a history with an event each second; which details are read hangs on its type."""
    details = ("stateEntered", "stateExited", "taskFailed", "taskSucceeded")
    return [
        {
            "id": number,
            "type": kind,
            "timestamp": BEGAN + timedelta(seconds=number),
            **{f"{each}EventDetails": {"name": name} for each in details},
        }
        for number, (kind, name) in enumerate(kinds, start=1)
    ]


def test_each_state_is_a_transition_and_so_is_each_retry() -> None:
    events = history(
        ("ExecutionStarted", ""),
        ("TaskStateEntered", "Register workflow"),
        ("TaskScheduled", ""),
        ("TaskFailed", ""),
        ("TaskScheduled", ""),
        ("TaskSucceeded", ""),
        ("TaskStateExited", "Register workflow"),
        ("ChoiceStateEntered", "Approved?"),
        ("ChoiceStateExited", "Approved?"),
        ("SucceedStateEntered", "Done"),
        ("SucceedStateExited", "Done"),
    )

    assert transitions(events) == 4
    assert seconds_by_state(events) == {"Register workflow": 5, "Approved?": 1, "Done": 1}


def test_a_state_that_is_entered_twice_took_both_times() -> None:
    events = history(
        ("TaskStateEntered", "Write draft"),
        ("TaskStateExited", "Write draft"),
        ("TaskStateEntered", "Write draft"),
        ("TaskStateExited", "Write draft"),
    )

    assert seconds_by_state(events) == {"Write draft": 2}


# ---- what is written -----------------------------------------------------------------------------


def test_a_part_of_the_page_is_renewed_and_the_rest_stays() -> None:
    page = "a\n<!-- bench: one -->\nold\n<!-- /bench -->\nb\n<!-- bench: two -->\n<!-- /bench -->\n"

    found = document.renewed(page, "one", r"new \1")

    assert found == page.replace("old", r"new \1")
    assert document.renewed(found, "one", r"new \1") == found


def test_a_page_without_a_place_for_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="bench: cold"):
        document.renewed("nothing", "cold", "figures")


def test_a_ratio_is_the_median_of_the_turns() -> None:
    figures = Figures({"a": [2.0, 9.0, 4.0], "b": [1.0, 3.0, 4.0]})

    assert figures.ratio("a", "b") == 2.0


def test_a_bar_is_as_long_as_its_median_and_its_name_is_escaped() -> None:
    picture = bars.drawn("T", "ms", [bars.Bar("Galley <x>", 5, 10, 20), bars.Bar("other", 1, 2, 3)])

    half = (bars.WIDTH - bars.LEFT - bars.RIGHT) / 2
    assert f'width="{half:.1f}"' in picture
    assert "Galley &lt;x&gt;" in picture
    assert picture == bars.drawn(
        "T", "ms", [bars.Bar("Galley <x>", 5, 10, 20), bars.Bar("other", 1, 2, 3)]
    )


def test_a_processor_s_time_holds_that_of_children_that_have_ended() -> None:
    before = processor.seconds_of(os.getpid())

    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)

    assert processor.seconds_of(os.getpid()) - before >= 0.05
