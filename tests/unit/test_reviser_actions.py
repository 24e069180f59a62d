"""Reviser actions: what a comment speaks of, in the draft and in its sources."""

import json
from typing import Any

import pytest
from galley.artifacts import Artifacts

from functions.reviser_actions import app
from tests.unit.fakes import (
    FRESNEL,
    LIGHTSHIPS,
    SCOPE,
    a_source,
    load_event,
    tool_answer,
    tool_state,
    with_parameters,
)

EVENT = load_event("reviser_actions")
EVENT["sessionAttributes"]["source_ids"] = f"{FRESNEL},{LIGHTSHIPS}"
DRAFT = "# Lights\n\n## Fog\n\nFog signals sound [2].\n\nLenses gather light [1].\n"


@pytest.fixture
def rejected(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with a draft and its two sources."""
    artifacts.keep(SCOPE.draft_key(1), DRAFT)
    artifacts.keep(SCOPE.source_key(FRESNEL), a_source(FRESNEL))
    ships = a_source(LIGHTSHIPS, text="Fog signals are loud. " * 40)
    artifacts.keep(SCOPE.source_key(LIGHTSHIPS), ships)
    return artifacts


def test_passages_of_the_draft_and_of_its_sources_come_back(
    rejected: Artifacts, context: Any
) -> None:
    found = json.loads(tool_answer(app.lambda_handler(EVENT, context)))

    assert ["Fog signals sound [2]."] == found["draft"]
    assert [2] == [each["number"] for each in found["sources"]]


def test_passages_of_sources_are_short(rejected: Artifacts, context: Any) -> None:
    found = json.loads(tool_answer(app.lambda_handler(EVENT, context)))

    assert app.PASSAGE_CHARACTERS == len(found["sources"][0]["passage"])


def test_the_sessions_round_says_which_draft(rejected: Artifacts, context: Any) -> None:
    rejected.keep(SCOPE.draft_key(2), "# Lights\n\nA fog bell.\n")
    event = {**EVENT, "sessionAttributes": {**EVENT["sessionAttributes"], "round": "2"}}

    found = json.loads(tool_answer(app.lambda_handler(event, context)))

    assert ["A fog bell."] == found["draft"]


def test_a_missing_parameter_is_answered_in_words(rejected: Artifacts, context: Any) -> None:
    response = app.lambda_handler(with_parameters(EVENT), context)

    assert tool_state(response) == "REPROMPT"
    assert "words" in tool_answer(response)
    assert "TypeError" not in tool_answer(response)


def test_a_session_that_is_broken_fails_without_details(rejected: Artifacts, context: Any) -> None:
    event = {**EVENT, "sessionAttributes": {**EVENT["sessionAttributes"], "round": "first"}}

    response = app.lambda_handler(event, context)

    assert tool_state(response) == "FAILURE"
    assert "first" not in tool_answer(response)
