"""Writer actions: passages of a source of this workflow, and of no other."""

import json
from typing import Any

import pytest
from galley.artifacts import Artifacts
from galley.scope import Scope

from functions.writer_actions import app
from tests.unit.fakes import (
    FRESNEL,
    SCOPE,
    a_source,
    load_event,
    tool_answer,
    tool_state,
    with_parameters,
)

EVENT = load_event("writer_actions")
TEXT = "# Fog\n\nFog signals  sound\nwhen lights fail.\n\nLamps burned oil."


@pytest.fixture
def chosen(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with one source."""
    artifacts.keep(SCOPE.source_key(FRESNEL), a_source(text=TEXT))
    return artifacts


def test_passages_come_back_verbatim(chosen: Artifacts, context: Any) -> None:
    passages = json.loads(tool_answer(app.lambda_handler(EVENT, context)))

    assert ["Fog signals  sound\nwhen lights fail."] == passages


def test_words_that_stand_nowhere_find_nothing(chosen: Artifacts, context: Any) -> None:
    event = with_parameters(EVENT, source_id=FRESNEL, words="railways")

    assert tool_answer(app.lambda_handler(event, context)) == "[]"


@pytest.mark.parametrize(
    "source_id",
    [
        pytest.param("2", id="a citation's number"),
        pytest.param("", id="empty"),
        pytest.param("../../../radio/secret/sources/00000000", id="a path"),
        pytest.param("fb06f71e\n", id="a line end"),
        pytest.param("00000000", id="an id that this workflow does not have"),
    ],
)
def test_a_bad_source_id_is_answered_in_words_and_leaks_no_key(
    source_id: str, chosen: Artifacts, context: Any
) -> None:
    chosen.keep(Scope("radio", "secret").source_key("0" * 8), a_source(text="a fog secret"))

    response = app.lambda_handler(with_parameters(EVENT, source_id=source_id, words="fog"), context)

    assert tool_state(response) == "REPROMPT"
    answer = tool_answer(response)
    assert "source_id" in answer
    assert not any(part in answer for part in ("s3://", chosen.bucket, "press/", "secret"))


def test_several_sources_are_looked_through_at_once(chosen: Artifacts, context: Any) -> None:
    chosen.keep(SCOPE.source_key("b5fa4af7"), a_source("b5fa4af7", text="A fog bell was rung."))
    chosen.keep(SCOPE.source_key("00000001"), a_source("00000001", text="Whale oil burned."))
    event = with_parameters(EVENT, source_id=f"{FRESNEL}, b5fa4af7,00000001", words="fog")

    found = json.loads(tool_answer(app.lambda_handler(event, context)))

    assert {
        FRESNEL: ["Fog signals  sound\nwhen lights fail."],
        "b5fa4af7": ["A fog bell was rung."],
    } == found


def test_one_bad_source_id_among_several_is_answered_in_words(
    chosen: Artifacts, context: Any
) -> None:
    event = with_parameters(EVENT, source_id=f"{FRESNEL},../secret", words="fog")

    response = app.lambda_handler(event, context)

    assert tool_state(response) == "REPROMPT"
    assert "secret" not in tool_answer(response)


@pytest.mark.parametrize("missing", ["source_id", "words"])
def test_a_missing_parameter_is_answered_in_words(
    missing: str, chosen: Artifacts, context: Any
) -> None:
    given = {"source_id": FRESNEL, "words": "fog"}
    del given[missing]

    response = app.lambda_handler(with_parameters(EVENT, **given), context)

    assert tool_state(response) == "REPROMPT"
    assert missing in tool_answer(response)
    assert "TypeError" not in tool_answer(response)
