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


def look_through(source_id: str, context: Any) -> Any:
    """Return what the tool answers on fog."""
    event = with_parameters(EVENT, source_id=source_id, words="fog")
    return json.loads(tool_answer(app.lambda_handler(event, context)))


@pytest.mark.parametrize("ids", [f"{FRESNEL},", f",{FRESNEL}, ,", f"{FRESNEL},{FRESNEL}"])
def test_what_is_no_id_between_commas_is_passed_over(
    ids: str, chosen: Artifacts, context: Any
) -> None:
    assert look_through(ids, context) == {FRESNEL: ["Fog signals  sound\nwhen lights fail."]}


def test_ids_of_no_source_among_several_are_named_and_the_others_answered(
    chosen: Artifacts, context: Any
) -> None:
    answer = look_through(f"00000000,{FRESNEL},../secret", context)

    assert answer == {
        FRESNEL: ["Fog signals  sound\nwhen lights fail."],
        "note": "2 of these are no source_id of the list: 00000000, (no id).",
    }


@pytest.mark.parametrize("ids", ["00000000,../secret", ",", " , "])
def test_several_ids_of_which_none_is_a_sources_are_answered_in_words(
    ids: str, chosen: Artifacts, context: Any
) -> None:
    event = with_parameters(EVENT, source_id=ids, words="fog")

    response = app.lambda_handler(event, context)

    assert tool_state(response) == "REPROMPT"
    assert "source_id" in tool_answer(response)
    assert "secret" not in tool_answer(response)


def test_more_ids_than_are_looked_through_at_once_are_told(chosen: Artifacts, context: Any) -> None:
    others = [f"{number:08x}" for number in range(1, app.MOST_AT_ONCE)]
    for each in others:
        chosen.keep(SCOPE.source_key(each), a_source(each, text="Whale oil burned."))

    at_once = look_through(",".join([FRESNEL, *others]), context)
    too_many = look_through(",".join([*others, FRESNEL, "b5fa4af7"]), context)

    assert "note" not in at_once
    assert "first 40" in too_many["note"]
    assert FRESNEL in too_many


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
