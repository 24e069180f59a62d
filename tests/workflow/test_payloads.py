"""Step Functions' limits on what is passed and kept, as the laptop enforces them."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from galley_local.lambdas.function import Function
from galley_local.stack import Stack
from galley_local.step_functions import limits

CAP = 262_144
TEXT = "{% $states.input.text %}"
INVOKE = "arn:aws:states:::lambda:invoke"
TOO_LARGE = ("FAILED", "States.DataLimitExceeded")

States = dict[str, dict[str, Any]]
Run = Callable[..., tuple[str, str]]
_numbers = count()


@pytest.fixture
def run(stack: Stack, tmp_path: Path) -> Iterator[Run]:
    """Return a function that runs states on an input and returns their end's status and error."""
    source = "def handler(event, context):\n    return 'x' * event['characters']\n"
    (tmp_path / "app.py").write_text(source)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:echo"
    environment = {"AWS_LAMBDA_FUNCTION_NAME": "echo"}
    stack.lambdas.add(Function("echo", arn, "app.handler", tmp_path, (), environment, 20.0, 512))
    step_functions = stack.client("stepfunctions")

    def ran(states: States, given: Any) -> tuple[str, str]:
        machine, text = _machine(stack, states), json.dumps(given, ensure_ascii=False)
        started = step_functions.start_execution(stateMachineArn=machine, name="run", input=text)
        arn = started["executionArn"]
        deadline = time.monotonic() + 60
        while (found := step_functions.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < deadline, "the execution does not end"
            time.sleep(0.02)
        return found["status"], found.get("error", "")

    yield ran
    del stack.lambdas.functions["echo"]
    stack.lambdas.cool()


def test_a_state_returns_as_much_as_the_cap_and_no_byte_more(run: Run) -> None:
    wrap: States = {"Wrap": {"Type": "Pass", "Output": {"wrapped": {"text": TEXT}}, "End": True}}
    wrapping = len('{"wrapped":{"text":""}}')

    assert run(wrap, {"text": "x" * (CAP - wrapping)}) == ("SUCCEEDED", "")
    assert run(wrap, {"text": "x" * (CAP - wrapping + 1)}) == TOO_LARGE


def test_bytes_are_counted_and_not_characters_or_escapes(run: Run) -> None:
    wrap: States = {"Wrap": {"Type": "Pass", "Output": {"wrapped": {"text": TEXT}}, "End": True}}

    assert run(wrap, {"text": "è" * 131_000}) == ("SUCCEEDED", "")
    assert run(wrap, {"text": "è" * 131_065}) == TOO_LARGE


def test_a_function_may_not_return_what_its_wrapping_pushes_over_the_cap(run: Run) -> None:
    arguments = {"FunctionName": "echo", "Payload": "{% $states.input %}"}
    call: States = {
        "Call": {"Type": "Task", "Resource": INVOKE, "Arguments": arguments} | _ended_by({})
    }

    assert run(call, {"characters": CAP - 2000}) == ("SUCCEEDED", "")
    assert run(call, {"characters": CAP - 20}) == TOO_LARGE


def test_the_next_states_wrapping_pushes_a_good_result_over_the_cap(run: Run) -> None:
    arguments = {"FunctionName": "echo", "Payload": {"characters": 1, "text": TEXT}}
    states: States = {
        "First": {"Type": "Pass", "Next": "Second"},
        "Second": {"Type": "Task", "Resource": INVOKE, "Arguments": arguments} | _ended_by({}),
    }

    assert run(states, {"text": "x" * (CAP - 1000)}) == ("SUCCEEDED", "")
    assert run(states, {"text": "x" * (CAP - 20)}) == TOO_LARGE


def test_nothing_catches_it_but_its_own_name(run: Run) -> None:
    arguments = {"FunctionName": "echo", "Payload": "{% $states.input %}"}

    def catching(error: str) -> States:
        catcher = {"ErrorEquals": [error], "Output": {}, "Next": "Caught"}
        call = {"Type": "Task", "Resource": INVOKE, "Arguments": arguments, "Catch": [catcher]}
        return {"Call": call | _ended_by({}), "Caught": {"Type": "Succeed"}}

    assert run(catching("States.ALL"), {"characters": CAP}) == TOO_LARGE
    assert run(catching("States.TaskFailed"), {"characters": CAP}) == TOO_LARGE
    assert run(catching("States.DataLimitExceeded"), {"characters": CAP}) == ("SUCCEEDED", "")


def test_a_map_fails_whose_results_are_too_large_together(run: Run) -> None:
    repeat: States = {"Repeat": {"Type": "Pass", "End": True}}
    states = {"Each": _map({"text": "{% $states.context.Map.Item.Value %}"}, repeat)}

    assert run(states, {"items": ["x" * 80_000] * 3}) == ("SUCCEEDED", "")
    assert run(states, {"items": ["x" * 87_370] * 3}) == TOO_LARGE


def test_an_iteration_fails_whose_selector_makes_too_much(run: Run) -> None:
    shorten: States = {"Shorten": {"Type": "Pass"} | _ended_by("short")}
    selector = {
        "items": "{% $states.input.items %}",
        "item": "{% $states.context.Map.Item.Value %}",
    }
    states = {"Each": _map(selector, shorten)}

    assert run(states, {"items": ["x" * 80_000]}) == ("SUCCEEDED", "")
    assert run(states, {"items": ["x" * 200_000]}) == TOO_LARGE


def test_variables_are_limited_in_each_state_and_all_together(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def assign(*names: str) -> dict[str, Any]:
        return {"Type": "Pass", "Assign": dict.fromkeys(names, TEXT)}

    given = {"text": "x" * 150_000}
    in_turn: States = {
        "First": assign("one") | {"Next": "Second"},
        "Second": assign("two") | _ended_by({}),
    }

    assert run(in_turn, given) == ("SUCCEEDED", "")
    assert run({"Both": assign("one", "two") | _ended_by({})}, given) == TOO_LARGE

    monkeypatch.setattr(limits, "VARIABLES_BYTES", 250_000)

    assert run(in_turn, given) == TOO_LARGE


@pytest.mark.parametrize("where", ["a loop", "a Map"])
def test_a_history_has_an_end(run: Run, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setattr(limits, "HISTORY_EVENTS", 100)
    again: States = {"Again": {"Type": "Pass", "Next": "Again"}}

    ended = run(again if where == "a loop" else {"Each": _map({}, again)}, {"items": [1, 2, 3]})

    assert ended == ("FAILED", "States.Runtime")


def test_an_execution_takes_as_much_as_the_cap(stack: Stack) -> None:
    machine = _machine(stack, {"End": {"Type": "Succeed"}})
    start = stack.client("stepfunctions").start_execution

    start(stateMachineArn=machine, name="within", input=json.dumps("x" * (CAP - 2)))
    with pytest.raises(ClientError, match="less than or equal to 262144"):
        start(stateMachineArn=machine, name="over", input=json.dumps("x" * (CAP - 1)))


def test_an_answer_to_a_task_has_the_same_cap(stack: Stack) -> None:
    answer = stack.client("stepfunctions").send_task_success

    with pytest.raises(ClientError, match="less than or equal to 262144"):
        answer(taskToken="any", output=json.dumps("x" * (CAP - 1)))


def _machine(stack: Stack, states: States) -> str:
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
    made = stack.client("stepfunctions").create_state_machine(
        name=f"limits-{next(_numbers)}",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/nobodys",  # may do all, as the operator may
    )
    return str(made["stateMachineArn"])


def _map(selector: Any, states: States) -> dict[str, Any]:
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": next(iter(states))}
    return {
        "Type": "Map",
        "Items": "{% $states.input.items %}",
        "ItemSelector": selector,
        "ItemProcessor": processor | {"States": states},
        "Assign": {"count": "{% $count($states.result) %}"},
    } | _ended_by({})


def _ended_by(output: Any) -> dict[str, Any]:
    return {"Output": output, "End": True}
