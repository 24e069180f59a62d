"""Telemetry: every line says for which workflow, and none says what nobody may read."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from galley import telemetry
from galley.errors import AgentReplyError

Lines = Callable[[], list[dict[str, Any]]]
IDS = {"workflow_id": "lighthouses-1", "tenant": "press"}


def a_handler(does: Callable[[], Any] = lambda: None) -> telemetry.Handler:
    """Return a handler that logs one line, then does something."""

    @telemetry.handler
    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        telemetry.logger.info("at work")
        does()
        return {"answer": event}

    return lambda_handler


def fail(error: Exception) -> Callable[[], None]:
    """Return something that fails."""

    def do() -> None:
        raise error

    return do


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(IDS, id="a state's payload"),
        pytest.param({"sessionAttributes": IDS}, id="an agent's tool call"),
        pytest.param(
            {"request": {"tenant": "press"}, "execution": {"name": "lighthouses-1"}},
            id="a request that is not registered yet",
        ),
        pytest.param(
            {"request": IDS, "execution": {"name": "another-name"}}, id="a request with an id"
        ),
        pytest.param({"pathParameters": {"workflow_id": "lighthouses-1"}}, id="a reviewer's call"),
        pytest.param({"detail": {"name": "lighthouses-1"}}, id="an announced end"),
    ],
)
def test_every_line_says_for_which_workflow_it_is(
    event: dict[str, Any], context: Any, log_lines: Lines
) -> None:
    a_handler()(event, context)

    (line,) = log_lines()
    assert ("at work", "lighthouses-1") == (line["message"], line["workflow_id"])
    assert line["request_id"] == context.aws_request_id
    assert line.get("tenant", "press") == "press"


def test_a_line_says_for_which_tenant_it_is(context: Any, log_lines: Lines) -> None:
    a_handler()(IDS, context)

    assert log_lines()[0]["tenant"] == "press"


def test_a_call_does_not_log_the_ids_of_the_call_before_it(context: Any, log_lines: Lines) -> None:
    a_handler()(IDS, context)

    a_handler()({}, context)

    assert IDS.keys().isdisjoint(log_lines()[1])


def test_what_is_noted_on_the_way_is_of_this_call_alone(
    context: Any, log_lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: dict[str, Any] = {}
    monkeypatch.setattr(telemetry.tracer, "put_annotation", traced.__setitem__)

    def find_out() -> None:
        telemetry.note(**IDS)
        telemetry.logger.info("known by now")

    a_handler(find_out)({}, context)
    a_handler()({}, context)

    before, after, next_call = log_lines()
    assert IDS.keys().isdisjoint(before)
    assert {**after, **IDS} == after
    assert IDS.keys().isdisjoint(next_call)
    assert {**IDS, "version": "1"} == traced


def test_a_metrics_line_says_whose_it_is_which_is_no_dimension(
    context: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    a_handler(lambda: telemetry.measure({"role": "writer"}, AgentCalls=1))(IDS, context)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {**line, **IDS, "version": "1", "role": "writer"} == line
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert [["role", "service"]] == described["Dimensions"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"sessionAttributes": None},
        {"sessionAttributes": []},
        {"workflow_id": ""},
        {"tenant": 7},
        {"detail": {"input": "no JSON"}},
        pytest.param({"detail": {"input": "[" * 100_000}}, id="nested too deeply"),
        [],
        None,
        "an event",
    ],
    ids=repr,
)
def test_an_event_without_ids_is_no_reason_to_fail(
    event: Any, context: Any, log_lines: Lines
) -> None:
    assert {"answer": event} == a_handler()(event, context)


def test_what_stands_in_the_place_of_an_id_is_not_logged(context: Any, log_lines: Lines) -> None:
    a_handler()({"tenant": {"a": "secret"}, "workflow_id": ["a secret"]}, context)

    assert "secret" not in repr(log_lines())


def test_an_announced_end_is_not_taken_for_the_workflow_that_its_request_names(
    context: Any, log_lines: Lines
) -> None:
    a_handler()({"detail": {"name": "refused-1", "input": json.dumps(IDS)}}, context)

    (line,) = log_lines()
    assert (line["workflow_id"], "tenant" in line) == ("refused-1", False)


@pytest.mark.parametrize("text", ["a secret", "secret\n", "secret" * 14, "<secret>"])
@pytest.mark.parametrize("carrier", ["request", "pathParameters"])
def test_a_string_that_is_no_id_is_neither_logged_nor_annotated(
    carrier: str, text: str, context: Any, log_lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: dict[str, Any] = {}
    monkeypatch.setattr(telemetry.tracer, "put_annotation", noted.__setitem__)

    a_handler()({carrier: {"workflow_id": text, "tenant": text}}, context)

    assert "secret" not in repr(log_lines())
    assert noted == {"version": "1"}


def test_an_error_of_ours_is_logged_by_name_and_message(context: Any, log_lines: Lines) -> None:
    with pytest.raises(AgentReplyError):
        a_handler(fail(AgentReplyError("no JSON")))(IDS, context)

    line = log_lines()[-1]
    expected = ("ERROR", "AgentReplyError: no JSON", "lighthouses-1")
    assert expected == (line["level"], line["message"], line["workflow_id"])


def test_an_unexpected_error_is_logged_without_its_message(context: Any, log_lines: Lines) -> None:
    with pytest.raises(RuntimeError):
        a_handler(fail(RuntimeError("the prompt was: secret")))(IDS, context)

    assert log_lines()[-1]["message"] == "unexpected RuntimeError"
    assert "secret" not in repr(log_lines())


def test_neither_event_nor_answer_is_logged(context: Any, log_lines: Lines) -> None:
    a_handler()({**IDS, "task_token": "a-secret-token"}, context)

    assert "a-secret-token" not in repr(log_lines())


VARIANT = {"experiment": "shorter", "name": "short", "prompt": "a" * 64}


def test_a_line_and_a_trace_say_of_which_variant_they_are(
    context: Any, log_lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: dict[str, Any] = {}
    monkeypatch.setattr(telemetry.tracer, "put_annotation", noted.__setitem__)

    a_handler()({**IDS, "variant": VARIANT}, context)

    (line,) = log_lines()
    assert ("shorter", "short") == (line["experiment"], line["variant"])
    assert {**IDS, "version": "1", "experiment": "shorter", "variant": "short"} == noted


@pytest.mark.parametrize("variant", [{}, {"prompt": "a" * 64}, "short", None, {"name": 7}])
def test_what_is_no_variant_of_an_experiment_is_not_named(
    variant: Any, context: Any, log_lines: Lines
) -> None:
    a_handler()({**IDS, "variant": variant}, context)

    (line,) = log_lines()
    assert {"experiment", "variant"}.isdisjoint(line)
