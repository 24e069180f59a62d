"""BedrockAgent: the stream joined, the usage summed, every failure by a name the workflow knows."""

from typing import Any

import boto3
import pytest
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    EventStreamError,
    ReadTimeoutError,
)
from galley.agents import BedrockAgent, agent_from_env, agent_named
from galley.errors import (
    AgentRefusedError,
    AgentThrottledError,
    AgentUnavailableError,
    GalleyError,
    RetryableError,
)
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as StreamTimeoutError

from tests.unit.fakes import FakeRuntime, aws_error

PROMPT = "the whole prompt, which nobody may read in a log"


def a_chunk(data: bytes) -> dict[str, Any]:
    """Return one chunk of the completion."""
    return {"chunk": {"bytes": data}}


def a_trace(input_tokens: int, output_tokens: int, trace_id: str = "trace-1") -> dict[str, Any]:
    """Return the trace of one call of a model."""
    usage = {"inputTokens": input_tokens, "outputTokens": output_tokens}
    invocation = {"traceId": trace_id, "metadata": {"usage": usage}}
    return {"trace": {"trace": {"orchestrationTrace": {"modelInvocationOutput": invocation}}}}


def in_stream(code: str) -> EventStreamError:
    """Return an exception as botocore raises it for an exception event of a stream."""
    return EventStreamError({"Error": {"Code": code, "Message": PROMPT}}, "InvokeAgent")


def ask(runtime: Any) -> Any:
    """Ask an agent whose service is a fake."""
    agent = BedrockAgent("AGENT00001", "ALIAS00001", runtime)
    return agent.ask(PROMPT, "lighthouses-1.search.0", {"tenant": "press"})


def test_the_service_gets_prompt_session_and_attributes() -> None:
    runtime = FakeRuntime([a_chunk(b"yes")])

    ask(runtime)

    expected = {
        "agentId": "AGENT00001",
        "agentAliasId": "ALIAS00001",
        "sessionId": "lighthouses-1.search.0",
        "inputText": PROMPT,
        "enableTrace": True,
        "sessionState": {"sessionAttributes": {"tenant": "press"}},
    }
    assert [expected] == runtime.requests


def test_chunks_that_part_a_character_are_joined() -> None:
    data = "Lights 💡 für Schiffe".encode()
    chunks = [a_chunk(data[position : position + 1]) for position in range(len(data))]

    assert ask(FakeRuntime(chunks)).text == "Lights 💡 für Schiffe"


def test_chunks_are_joined_without_anything_between() -> None:
    assert ask(FakeRuntime([a_chunk(b"light"), a_chunk(b"house")])).text == "lighthouse"


def test_usage_is_summed_over_all_model_calls() -> None:
    answer = ask(FakeRuntime([a_trace(100, 10), a_chunk(b"yes"), a_trace(200, 20, "trace-2")]))

    assert (300, 30, "trace-1") == (answer.input_tokens, answer.output_tokens, answer.trace_id)


@pytest.mark.parametrize(
    "trace",
    [
        pytest.param({"trace": {"trace": {"failureTrace": {"failureReason": "x"}}}}, id="failure"),
        pytest.param({"trace": {"trace": {"orchestrationTrace": {"rationale": {}}}}}, id="thought"),
        pytest.param({"trace": {"agentId": "AGENT00001"}}, id="empty"),
        pytest.param({"files": {}}, id="no trace at all"),
    ],
)
def test_events_that_say_nothing_of_usage_are_passed_over(trace: dict[str, Any]) -> None:
    answer = ask(FakeRuntime([trace, a_chunk(b"yes"), a_trace(1, 2)]))

    assert ("yes", 1, 2) == (answer.text, answer.input_tokens, answer.output_tokens)


def test_the_trace_says_which_model_answered_and_the_template_where_it_does_not() -> None:
    asked = {"modelInvocationInput": {"foundationModel": "us.vendor.other"}}
    told = {"trace": {"trace": {"orchestrationTrace": asked}}}
    models = []

    for events in ([told, a_chunk(b"yes")], [a_chunk(b"yes")]):
        runtime: Any = FakeRuntime(events)
        agent = BedrockAgent("AGENT00001", "ALIAS00001", runtime, model="us.vendor.model")
        models.append(agent.ask(PROMPT, "lighthouses-1.search.0", {}).model)

    assert ["us.vendor.other", "us.vendor.model"] == models
    own: Any = agent_named("", "")
    other: Any = agent_named("AGENT00002/ALIAS00002", "")
    assert ("us.vendor.model", "") == (own.model, other.model)


STOPPED = {"trace": {"trace": {"guardrailTrace": {"action": "INTERVENED"}}}}


def test_a_guardrails_message_is_no_answer() -> None:
    with pytest.raises(AgentRefusedError, match="guardrail"):
        ask(FakeRuntime([a_trace(1, 2), STOPPED, a_chunk(b"The guardrail stopped this message.")]))


def test_a_guardrail_that_lets_pass_changes_nothing() -> None:
    passed = {"trace": {"trace": {"guardrailTrace": {"action": "NONE"}}}}

    assert ask(FakeRuntime([passed, a_chunk(b"yes")])).text == "yes"


def test_without_traces_the_usage_is_zero() -> None:
    answer = ask(FakeRuntime([a_chunk(b"yes")]))

    assert (0, 0, None) == (answer.input_tokens, answer.output_tokens, answer.trace_id)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([], id="no event"),
        pytest.param([a_chunk(b"")], id="an empty chunk"),
        pytest.param([a_chunk(b" \n")], id="blanks"),
        pytest.param([a_trace(1, 2)], id="traces alone"),
    ],
)
def test_an_empty_answer_is_retried(events: list[dict[str, Any]]) -> None:
    with pytest.raises(AgentUnavailableError, match="empty"):
        ask(FakeRuntime(events))


ERRORS = [
    ("ThrottlingException", AgentThrottledError),
    ("ServiceQuotaExceededException", AgentThrottledError),
    ("ValidationException", AgentRefusedError),
    ("AccessDeniedException", AgentRefusedError),
    ("ResourceNotFoundException", AgentRefusedError),
    ("InternalServerException", AgentUnavailableError),
    ("DependencyFailedException", AgentUnavailableError),
    ("BadGatewayException", AgentUnavailableError),
    ("ConflictException", AgentUnavailableError),
    ("ModelNotReadyException", AgentUnavailableError),
    ("SomethingNewException", AgentUnavailableError),
]


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=str)
def test_an_error_before_the_answer_has_a_name(code: str, expected: type[GalleyError]) -> None:
    with pytest.raises(expected, match=code):
        ask(FakeRuntime(fails_with=aws_error(code)))


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=str)
def test_an_error_inside_the_stream_has_the_same_name(
    code: str, expected: type[GalleyError]
) -> None:
    code = code[0].lower() + code[1:]

    with pytest.raises(expected, match=code):
        ask(FakeRuntime([a_chunk(b"half an ans"), in_stream(code)]))


def test_every_error_of_the_service_is_in_the_list() -> None:
    operation = boto3.client("bedrock-agent-runtime").meta.service_model.operation_model(
        "InvokeAgent"
    )

    assert {shape.name for shape in operation.error_shapes} <= {code for code, _ in ERRORS}


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://x"),
        ConnectTimeoutError(endpoint_url="https://x"),
        EndpointConnectionError(endpoint_url="https://x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_service_that_cannot_be_reached_is_retried(error: Exception) -> None:
    with pytest.raises(AgentUnavailableError, match=type(error).__name__):
        ask(FakeRuntime(fails_with=error))


@pytest.mark.parametrize(
    "error",
    [
        # an event stream is read straight from urllib3: botocore does not translate its errors
        StreamTimeoutError(None, "https://x", "Read timed out."),  # type: ignore[arg-type]
        ProtocolError("Connection broken: IncompleteRead"),
        ChecksumMismatch(1, 2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_stream_that_breaks_off_is_retried(error: Exception) -> None:
    with pytest.raises(AgentUnavailableError):
        ask(FakeRuntime([a_chunk(b"half an ans"), error]))


@pytest.mark.parametrize(
    "runtime",
    [
        FakeRuntime(fails_with=aws_error("ValidationException", PROMPT)),
        FakeRuntime([in_stream("throttlingException")]),
        FakeRuntime([]),
    ],
    ids=["before the answer", "inside the stream", "empty"],
)
def test_no_prompt_stands_in_a_message(runtime: FakeRuntime) -> None:
    with pytest.raises(GalleyError) as failed:
        ask(runtime)

    assert PROMPT not in str(failed.value)
    assert "lighthouses-1.search.0" in str(failed.value)


def test_evidence_is_everything_but_the_text() -> None:
    evidence = ask(FakeRuntime([a_chunk(b"the text"), a_trace(1, 2)])).evidence()

    assert "the text" not in repr(evidence)
    assert ("lighthouses-1.search.0", 1, 2) == (
        evidence["session_id"],
        evidence["input_tokens"],
        evidence["output_tokens"],
    )


def test_the_tools_that_were_used_are_named_in_their_order() -> None:
    def used(**called: str) -> dict[str, Any]:
        invocation = {"invocationInput": {"actionGroupInvocationInput": called}}
        return {"trace": {"trace": {"orchestrationTrace": invocation}}}

    by_path = used(
        actionGroupName="other", apiPath="/x"
    )  # of an agent that is not of this template
    runtime = FakeRuntime(
        [used(function="search_web"), used(function="fetch_page"), by_path, a_chunk(b"yes")]
    )

    assert ["search_web", "fetch_page"] == ask(runtime).evidence()["tools"]


def test_the_client_leaves_retries_to_the_state_machine() -> None:
    agent: Any = agent_from_env()
    config = agent._runtime.meta.config

    assert (1, 250) == (config.retries["total_max_attempts"], config.read_timeout)


def test_throttling_and_outages_are_retried_and_refusals_are_not() -> None:
    assert issubclass(AgentThrottledError, RetryableError)
    assert issubclass(AgentUnavailableError, RetryableError)
    assert not issubclass(AgentRefusedError, RetryableError)


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        (FakeRuntime(fails_with=aws_error("ThrottlingException")), (0, 0)),
        (FakeRuntime(fails_with=aws_error("InternalServerException")), (16, 0)),
        (FakeRuntime([a_trace(100, 10), in_stream("throttlingException")]), (100, 10)),
        (FakeRuntime([a_trace(100, 10)]), (100, 10)),
        (FakeRuntime(fails_with=aws_error("ValidationException")), (0, 0)),
        (FakeRuntime([in_stream("accessDeniedException")]), (0, 0)),
        (FakeRuntime([STOPPED, a_chunk(b"No.")]), (16, 0)),
        (FakeRuntime([a_trace(100, 10), STOPPED]), (100, 10)),
    ],
    ids=[
        "refused before anything",
        "nobody knows",
        "throttled in the stream",
        "empty",
        "invalid",
        "denied in the stream",
        "stopped by a guardrail",
        "stopped by a guardrail later",
    ],
)
def test_a_call_that_fails_says_what_it_has_taken(
    runtime: FakeRuntime, expected: tuple[int, int]
) -> None:
    with pytest.raises(GalleyError) as failed:
        ask(runtime)

    tokens = failed.value.tokens
    assert (tokens.input_tokens, tokens.output_tokens) == expected


def test_where_no_trace_names_the_model_it_is_the_one_of_the_template() -> None:
    runtime: Any = FakeRuntime([a_chunk(b"yes")])
    agent = BedrockAgent("AGENT00001", "ALIAS00001", runtime, "us.a.model")

    assert agent.ask(PROMPT, "lighthouses-1.search.0", {}).model == agent.model == "us.a.model"
