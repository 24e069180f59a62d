"""Action groups: plain text for a model, and errors that a model can act on."""

from collections.abc import Callable
from typing import Any

import pytest
from galley.errors import InvalidRequestError, StorageUnavailableError
from galley.scope import Scope
from galley.tools import ActionGroup

from tests.unit.fakes import load_event, tool_answer, tool_state, with_parameters

EVENT = {**load_event("search_actions"), "function": "look_up"}


def call(answer: Any = "an answer", **parameters: str) -> dict[str, Any]:
    """Call a tool that gives an answer, or raises it."""
    actions = ActionGroup("search_actions")

    @actions.tool
    def look_up(word: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer(actions, word) if callable(answer) else answer

    return actions.resolve(with_parameters(EVENT, **(parameters or {"word": "fog"})), None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param('plain "text"', 'plain "text"', id="text as it is"),
        pytest.param(["灯", 1], '["灯",1]', id="a list as JSON"),
        pytest.param({"a": None}, '{"a":null}', id="an object as JSON"),
        pytest.param([], "[]", id="nothing found"),
    ],
)
def test_an_answer_reaches_the_model_as_text(answer: Any, expected: str) -> None:
    response = call(answer)

    assert (expected, None) == (tool_answer(response), tool_state(response))


def test_the_response_is_one_that_bedrock_takes() -> None:
    response = call()

    assert (response["messageVersion"], response["response"]["actionGroup"]) == (
        "1.0",
        "search-actions",
    )
    assert response["response"]["function"] == "look_up"
    assert EVENT["sessionAttributes"] == response["sessionAttributes"]


def test_what_the_model_did_wrong_is_told_to_it() -> None:
    response = call(InvalidRequestError("'word' must be a word"))

    assert ("'word' must be a word", "REPROMPT") == (tool_answer(response), tool_state(response))


def test_what_failed_behind_the_tool_is_not_told_to_the_model() -> None:
    response = call(StorageUnavailableError("S3 could not read press/secret.json"))

    assert tool_state(response) == "FAILURE"
    assert "secret" not in tool_answer(response)


def test_what_failed_behind_the_tool_is_logged(
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    call(StorageUnavailableError("S3 could not read press/x.json"))

    (line,) = log_lines()
    assert line["message"] == "StorageUnavailableError: S3 could not read press/x.json"


def test_an_unexpected_error_is_not_shown_to_the_model(
    log_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    response = call(RuntimeError("connection to s3://secret"))

    assert tool_state(response) == "FAILURE"
    assert "secret" not in tool_answer(response)
    assert "RuntimeError" not in tool_answer(response)
    assert "unexpected RuntimeError" in [line["message"] for line in log_lines()]


def test_a_missing_parameter_is_asked_for() -> None:
    response = call(other="x")

    assert tool_state(response) == "REPROMPT"
    assert "word" in tool_answer(response)
    assert "TypeError" not in tool_answer(response)


def test_a_parameter_that_the_tool_does_not_have_is_passed_over() -> None:
    assert tool_answer(call(word="fog", tenant="radio")) == "an answer"


def test_the_scope_comes_from_the_session_and_not_from_the_model() -> None:
    def scope(actions: ActionGroup, _word: str) -> str:
        return repr(actions.scope)

    response = call(scope, word="fog", tenant="radio", workflow_id="secret")

    assert repr(Scope("press", "lighthouses-1")) == tool_answer(response)


def test_a_call_does_not_see_the_session_of_the_call_before_it() -> None:
    actions = ActionGroup("search_actions")

    @actions.tool
    def look_up(word: str) -> str:
        return f"{word} for {actions.attributes['tenant']}"

    event, ids = with_parameters(EVENT, word="fog"), EVENT["sessionAttributes"]
    answers = [
        actions.resolve({**event, "sessionAttributes": {**ids, "tenant": tenant}}, None)
        for tenant in ("press", "radio")
    ]

    assert ["fog for press", "fog for radio"] == [tool_answer(each) for each in answers]
