"""Summary actions: reading on in the one source of the session."""

import json
from typing import Any

import pytest
from galley.artifacts import Artifacts
from galley.scope import Scope

from functions.summary_actions import app
from tests.unit.fakes import (
    FRESNEL,
    SCOPE,
    a_source,
    load_event,
    tool_answer,
    tool_state,
    with_parameters,
)

EVENT = load_event("summary_actions")
TEXT = "0123456789" * 4500


@pytest.fixture
def chosen(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with a long source."""
    artifacts.keep(SCOPE.source_key(FRESNEL), a_source(text=TEXT))
    return artifacts


def test_a_part_begins_where_it_was_asked_to(chosen: Artifacts, context: Any) -> None:
    part = json.loads(tool_answer(app.lambda_handler(EVENT, context)))

    assert {
        "text": TEXT[20_000:26_000],
        "start": 20_000,
        "end": 26_000,
        "characters": 45_000,
    } == part


def test_the_last_part_ends_where_the_source_does(chosen: Artifacts, context: Any) -> None:
    response = app.lambda_handler(with_parameters(EVENT, start="44990"), context)

    part = json.loads(tool_answer(response))
    assert ("0123456789", 45_000) == (part["text"], part["end"])


@pytest.mark.parametrize("start", ["-1", "45000", "the middle", "", "1.5", "1e3"])
def test_a_bad_position_is_answered_in_words(start: str, chosen: Artifacts, context: Any) -> None:
    response = app.lambda_handler(with_parameters(EVENT, start=start), context)

    assert tool_state(response) == "REPROMPT"
    assert "whole number from 0 to 44999" in tool_answer(response)


def test_a_missing_position_is_answered_in_words(chosen: Artifacts, context: Any) -> None:
    response = app.lambda_handler(with_parameters(EVENT), context)

    assert tool_state(response) == "REPROMPT"
    assert "start" in tool_answer(response)
    assert "TypeError" not in tool_answer(response)


def test_a_parameter_cannot_name_another_source(chosen: Artifacts, context: Any) -> None:
    chosen.keep(Scope("radio", "secret").source_key("0" * 8), a_source(text="a secret" * 10))
    event = with_parameters(
        EVENT, start="0", source_id="0" * 8, tenant="radio", workflow_id="secret"
    )

    answer = tool_answer(app.lambda_handler(event, context))

    assert json.loads(answer)["text"] == TEXT[:6_000]
