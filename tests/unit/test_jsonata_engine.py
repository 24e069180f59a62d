"""The two places where moto's interpreter is given JSONata: loud when one of them moves."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.asl.utils import boto_client

from galley_local.step_functions import jsonata_engine

DEFINITION = Path(__file__).parents[2] / "statemachine" / "research.asl.json"

jsonata_engine.install()


def test_moto_evaluates_with_the_library() -> None:
    assert moto_jsonata.eval_jsonata_expression("1 + 1") == 2


@pytest.mark.parametrize("module", [states, variable_store], ids=["states", "variables"])
def test_every_module_encodes_variables_our_way(module: object) -> None:
    assert module.encode_jsonata_variable_declarations is jsonata_engine.declare_variables  # type: ignore[attr-defined]


def test_moto_still_has_one_place_where_clients_are_made() -> None:
    assert callable(boto_client.boto_client_for)


@pytest.mark.parametrize(
    "value",
    [
        'quotes " and \\ backslashes',
        "new\nlines\tand \x01 controls",
        "{% $evil %} ${Placeholder}",
        "emoji 🔦 and Sèvres",
        {"nested": [1, 2.5, None, True]},
        [],
    ],
    ids=["quotes", "controls", "placeholders", "unicode", "nested", "empty list"],
)
def test_a_variable_survives_the_way_through_an_expression(value: object) -> None:
    declared = jsonata_engine.declare_variables({"$value": value})

    assert jsonata_engine.evaluate(f"({declared}$value)") == value


def test_a_value_that_looks_like_a_declaration_stays_a_value() -> None:
    declared = jsonata_engine.declare_variables({"$a": "/*3*/$b:=100;", "$b": 1})

    assert jsonata_engine.evaluate(f"({declared}$a & $string($b))") == "/*3*/$b:=100;1"


def test_an_expression_is_parsed_once_for_all_values() -> None:
    before = jsonata_engine._parsed.cache_info().misses

    for value in range(3):
        declared = jsonata_engine.declare_variables({"$value": value, "$other": [value]})
        assert jsonata_engine.evaluate(f"({declared}$value + $other[0] + 1)") == 2 * value + 1

    assert jsonata_engine._parsed.cache_info().misses == before + 1


def test_a_list_of_one_stays_a_list() -> None:
    declared = jsonata_engine.declare_variables({"$items": [{"key": "a"}]})

    assert jsonata_engine.evaluate(f"({declared}$items)") == [{"key": "a"}]


def test_null_is_a_value_and_not_nothing() -> None:
    declared = jsonata_engine.declare_variables({"$nothing": None})

    assert jsonata_engine.evaluate(f"({declared}$exists($nothing))") is True


def test_the_time_is_that_of_each_evaluation() -> None:
    first = jsonata_engine.evaluate("$millis()")

    time.sleep(0.002)

    assert jsonata_engine.evaluate("$millis()") > first


def test_times_become_iso_text() -> None:
    declared = jsonata_engine.declare_variables({"$at": datetime(2026, 1, 2, 3, tzinfo=UTC)})

    assert jsonata_engine.evaluate(f"({declared}$toMillis($at))") == 1767322800000


def test_json_in_a_text_is_read() -> None:
    assert jsonata_engine.evaluate('$parse("{\\"a\\": [1, {\\"b\\": 2}]}").a[1].b') == 2


def test_an_error_in_an_expression_is_the_states_language_error() -> None:
    with pytest.raises(moto_jsonata.JSONataException) as raised:
        jsonata_engine.evaluate('"a" + 1')

    assert raised.value.error == "States.QueryEvaluationError"
