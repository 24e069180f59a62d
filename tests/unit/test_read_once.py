"""Definitions that are read once: every execution has states of its own all the same."""

from pathlib import Path

import pytest
from moto.stepfunctions.parser.asl.parse.asl_parser import ASLParserException

from galley_local.step_functions import read_once

DEFINITION = (Path(__file__).parents[2] / "statemachine" / "research.asl.json").read_text("utf-8")


def test_a_definition_is_parsed_once() -> None:
    _, first = read_once.parse(DEFINITION)
    _, second = read_once.parse(DEFINITION)

    assert first is second


def test_each_execution_has_states_of_its_own() -> None:
    first, _ = read_once.parse(DEFINITION)
    second, _ = read_once.parse(DEFINITION)

    assert first is not second
    assert first.states.states["Write draft"] is not second.states.states["Write draft"]


def test_a_definition_with_a_mistake_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ASLParserException):
            read_once.parse("{ not a state machine")
