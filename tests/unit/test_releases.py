"""
What waits was started by an earlier release, whose definition calls the functions of now.

`tests/released` keeps the state machine of each release whose executions may still run: copy
`statemachine/research.asl.json` there when `Version` is raised, and delete what nothing waits under
(after the approval's timeout, and two weeks for those that may be redriven).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.fakes import FUNCTIONS, ROOT
from tests.unit.test_events import refusal
from tests.unit.test_structure import TEMPLATE, machines, resource_name

RELEASED = {
    path.name.removesuffix(".asl.json"): json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "tests" / "released").iterdir())
}


def calls(definition: dict[str, Any]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield what a definition calls: state, placeholder of the function, fields that it sends."""
    for machine in machines(definition):
        for name, state in machine["States"].items():
            if "FunctionName" in (arguments := state.get("Arguments", {})):
                payload = arguments["Payload"]
                if payload == "{% $states.input %}":
                    payload = definition["States"]["Summarize sources"]["ItemSelector"]
                yield name, arguments["FunctionName"], set(payload)


def test_the_release_of_today_is_kept() -> None:
    today = json.loads((ROOT / "statemachine" / "research.asl.json").read_text("utf-8"))

    assert RELEASED[TEMPLATE["Parameters"]["Version"]["Default"]] == today


@pytest.mark.parametrize(
    ("called", "sent"),
    [
        pytest.param(called, sent, id=f"{release}-{state}")
        for release, definition in RELEASED.items()
        for state, called, sent in calls(definition)
    ],
)
def test_a_function_needs_nothing_that_an_earlier_release_does_not_send(
    called: str, sent: set[str]
) -> None:
    (function,) = (each for each in FUNCTIONS if called == f"${{{resource_name(each)}Arn}}")

    needed = re.findall(r"(\w+) is missing", refusal(function, {}))

    assert needed
    assert {*needed} <= sent
