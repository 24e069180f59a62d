"""Execution environments: what a handler sees, and what happens when it is late or dies."""

import gc
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from galley_local.lambdas.function import Function
from galley_local.lambdas.service import Lambdas

HANDLER = """
import os, sys, time
WARM = []

def lambda_handler(event, context):
    WARM.append(1)
    match event["do"]:
        case "environment": return dict(os.environ)
        case "import": return __import__(event["module"]).__name__
        case "count": return len(WARM)
        case "pid": return os.getpid()
        case "sleep": time.sleep(event["seconds"])
        case "die": os._exit(3)
        case "raise": raise KeyError("no such thing")
        case "characters": return "x" * event["count"]
        case "unserialisable": return {1, 2}
        case "context": return [context.function_name, context.get_remaining_time_in_millis()]
"""


@pytest.fixture(scope="module")
def lambdas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lambdas]:
    """Return a fork server for the module."""
    with Lambdas(logs=tmp_path_factory.mktemp("logs")) as running:
        yield running


@pytest.fixture
def invoke(lambdas: Lambdas, tmp_path: Path) -> Callable[..., Any]:
    """Return a way to invoke a function of the test's own."""
    (tmp_path / "app.py").write_text(HANDLER)
    function = Function(
        name=tmp_path.name,
        arn=f"arn:aws:lambda:us-east-1:123456789012:function:{tmp_path.name}",
        handler="app.lambda_handler",
        code=tmp_path,
        layers=(),
        environment={"TABLE_NAME": "t", "AWS_REGION": "us-east-1"},
        timeout_seconds=1,
        memory_mb=128,
    )
    return lambda **event: lambdas.invoke(function, event)


def test_a_handler_sees_its_own_environment_and_no_other(invoke: Callable[..., Any]) -> None:
    os.environ["SECRET_OF_THE_DEVELOPER"] = "x"

    seen = invoke(do="environment").payload

    assert re.fullmatch(r"worker-\d+", seen.pop("AWS_SDK_UA_APP_ID"))  # by which faults find it
    assert seen == {"TABLE_NAME": "t", "AWS_REGION": "us-east-1"}


def test_an_environment_is_reused_while_warm(invoke: Callable[..., Any]) -> None:
    assert [invoke(do="count").payload for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("module", ["galley_local", "galley_cli", "functions"])
def test_a_handler_cannot_import_the_laptop_stack(invoke: Callable[..., Any], module: str) -> None:
    assert invoke(do="import", module=module).payload["errorType"] == "ModuleNotFoundError"


def test_a_late_handler_is_killed_and_reported_as_lambda_does(invoke: Callable[..., Any]) -> None:
    pid = invoke(do="pid").payload

    outcome = invoke(do="sleep", seconds=30)

    assert outcome.failed
    assert outcome.payload["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in outcome.payload["errorMessage"]
    assert invoke(do="pid").payload != pid


def test_a_handler_that_dies_is_reported_and_replaced(invoke: Callable[..., Any]) -> None:
    outcome = invoke(do="die")

    assert outcome.payload["errorType"] == "Runtime.ExitError"
    assert invoke(do="count").payload == 1


def test_an_exception_is_named_by_its_class(invoke: Callable[..., Any]) -> None:
    outcome = invoke(do="raise")

    assert outcome.failed
    assert outcome.payload["errorType"] == "KeyError"
    assert outcome.payload["errorMessage"] == "'no such thing'"


def test_a_result_that_is_not_json_is_an_error(invoke: Callable[..., Any]) -> None:
    assert invoke(do="unserialisable").payload["errorType"] == "TypeError"


def test_the_context_knows_name_and_time_left(invoke: Callable[..., Any], tmp_path: Path) -> None:
    name, milliseconds = invoke(do="context").payload

    assert name == tmp_path.name
    assert 0 < milliseconds <= 1000


def test_a_handler_that_cannot_be_imported_says_why(
    invoke: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text("import nothing_of_this_name")

    assert invoke(do="count").payload["errorType"] == "ModuleNotFoundError"


def test_nothing_runs_on_after_the_end(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER)
    function = Function("f", "arn", "app.lambda_handler", tmp_path, (), {}, 5, 128)
    with Lambdas(logs=tmp_path) as running:
        pid = running.invoke(function, {"do": "pid"}).payload

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_is_at_work_at_the_end_is_reported_and_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(HANDLER)
    function = Function("f", "arn", "app.lambda_handler", tmp_path, (), {}, 30, 128)
    descriptors = Path("/proc/self/fd")
    at_first = len([*descriptors.iterdir()])
    with ThreadPoolExecutor(8) as callers:
        with Lambdas(logs=tmp_path) as running:
            event = {"do": "sleep", "seconds": 30}
            calls = [callers.submit(running.invoke, function, event) for _ in range(8)]
            deadline = time.monotonic() + 20
            while len(running.under_way) < 4 and time.monotonic() < deadline:
                time.sleep(0.01)
        outcomes = [call.result(timeout=10).payload["errorType"] for call in calls]

    gc.collect()
    assert outcomes == ["Runtime.ExitError"] * 8
    assert len([*descriptors.iterdir()]) == at_first


@pytest.mark.parametrize("before", ["it dies while it starts", "the stack is closed"])
def test_what_could_not_start_leaves_nothing_open(tmp_path: Path, before: str) -> None:
    (tmp_path / "app.py").write_text("import os; os._exit(3)")
    function = Function("f", "arn", "app.lambda_handler", tmp_path, (), {}, 5, 128)
    descriptors = Path("/proc/self/fd")
    at_first = len([*descriptors.iterdir()])
    with Lambdas(logs=tmp_path) as running:
        if before == "the stack is closed":
            running.close()

        outcome = running.invoke(function, {"do": "pid"})

    gc.collect()
    assert outcome.payload["errorType"] == "Runtime.ExitError"
    assert len([*descriptors.iterdir()]) == at_first


def test_a_result_of_more_than_six_megabytes_is_an_error(invoke: Callable[..., Any]) -> None:
    most = 6_291_556 - len('""')

    within, over = (invoke(do="characters", count=count) for count in (most, most + 1))

    assert not within.failed
    assert over.failed
    assert over.payload["errorType"] == "Function.ResponseSizeTooLarge"
