"""HarnessAgent: turn after turn, each with the whole conversation, until there is an answer."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import EventStreamError
from botocore.validate import ParamValidator
from galley.agents import HarnessAgent, agent_from_env
from galley.agents.action_groups import ActionGroups
from galley.agents.answer import Allow, always
from galley.agents.harness_agent import MOST_TURNS, runtime_session
from galley.agents.harness_stream import _STOPPED
from galley.agents.usage import Tokens, tokens_in
from galley.errors import (
    AgentRefusedError,
    AgentReplyError,
    AgentThrottledError,
    AgentUnavailableError,
    BudgetExceededError,
    GalleyError,
)

from tests.unit.fakes import aws_error, load_event

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness/galley_writer-AbCdEf1234"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:writer-actions"
PROMPT = "the whole prompt, which nobody may read in a log"
SESSION = "lighthouses-1.writer.1"
Event = Mapping[str, Any]


def text(*parts: str, stop: str = "end_turn", index: int = 0) -> list[Event]:
    """Return the events of a message that says something."""
    deltas = [
        {"contentBlockDelta": {"contentBlockIndex": index, "delta": {"text": part}}}
        for part in parts
    ]
    return [{"messageStart": {"role": "assistant"}}, *deltas, {"messageStop": {"stopReason": stop}}]


def use(name: str, given: str, use_id: str = "use-1", index: int = 0) -> list[Event]:
    """Return the events of a block that wants a tool, its input in two parts."""
    start = {"toolUse": {"toolUseId": use_id, "name": name, "type": "tool_use"}}
    place = {"contentBlockIndex": index}
    return [
        {"contentBlockStart": {**place, "start": start}},
        {"contentBlockDelta": {**place, "delta": {"toolUse": {"input": given[:5]}}}},
        {"contentBlockDelta": {**place, "delta": {"toolUse": {"input": given[5:]}}}},
        {"contentBlockStop": place},
    ]


def wants(*uses: list[Event]) -> list[Event]:
    """Return the events of a message that stops for tools."""
    blocks = [event for each in uses for event in each]
    return [
        {"messageStart": {"role": "assistant"}},
        *blocks,
        {"messageStop": {"stopReason": "tool_use"}},
    ]


def usage(**counts: int) -> Event:
    """Return the event that tells what a turn took."""
    return {"metadata": {"usage": counts, "metrics": {"latencyMs": 1}}}


class FakeHarness:
    """Answers its calls in turn; an event that is an exception is raised inside the stream."""

    def __init__(self, *turns: Iterable[Event | Exception] | Exception) -> None:
        self.turns = list(turns)
        self.requests: list[dict[str, Any]] = []

    def invoke_harness(self, **request: Any) -> dict[str, Any]:
        """Answer the next call."""
        self.requests.append(json.loads(json.dumps(request)))
        turn = self.turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        number = len(self.requests)
        return {"stream": self._stream(turn), "ResponseMetadata": {"RequestId": f"r-{number}"}}

    def _stream(self, turn: Iterable[Event | Exception]) -> Iterable[Event]:
        for event in turn:
            if isinstance(event, Exception):
                raise event
            yield event


class FakeLambda:
    """The functions behind the tools: each call gets the next answer."""

    def __init__(self, *answers: Any, fails: bool = False) -> None:
        self.answers, self.fails = list(answers), fails
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """Do what the function does."""
        self.calls.append((FunctionName, json.loads(Payload)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        found: dict[str, Any] = {"Payload": io.BytesIO(json.dumps(answer).encode())}
        return found | ({"FunctionError": "Unhandled"} if self.fails else {})


def says(body: str, **state: str) -> dict[str, Any]:
    """Return what a function of an action group answers."""
    return {"response": {"functionResponse": {**state, "responseBody": {"TEXT": {"body": body}}}}}


def ask(harness: FakeHarness, functions: FakeLambda | None = None, allow: Allow = always) -> Any:
    """Ask a harness whose services are fakes."""
    tools = f"writer-actions.find_passages={FUNCTION}"
    groups = ActionGroups.of(tools, functions or FakeLambda())
    agent = HarnessAgent(ARN, harness, groups, 250, version="7", model="us.vendor.model")
    attributes = {"tenant": "press", "workflow_id": "lighthouses-1"}
    return agent.ask(PROMPT, SESSION, attributes, allow)


# The conversation of a prompt alone, as it is estimated where nobody has counted it.
UNTOLD = tokens_in(json.dumps([{"role": "user", "content": [{"text": PROMPT}]}]))
LOOK = '{"source_id": "fb06f71e", "words": "lens"}'


def test_an_answer_says_who_gave_it() -> None:
    evidence = ask(FakeHarness(text("y", "es"))).evidence()

    assert ("harness", ARN, "7", "us.vendor.model", "r-1", SESSION) == tuple(
        evidence[name]
        for name in ("backend", "agent", "agent_version", "model", "trace_id", "session_id")
    )


def test_before_each_further_turn_it_asks_leave_with_what_it_has_taken_and_will_read() -> None:
    look = [*wants(use("find_passages", LOOK)), usage(inputTokens=100, outputTokens=20)]
    harness = FakeHarness(look, look, text("yes"))
    asked: list[tuple[Tokens, int]] = []

    ask(harness, FakeLambda(says("a " * 900), says("b")), lambda *each: asked.append(each))

    assert [taken for taken, _ in asked] == [Tokens(100, 20), Tokens(200, 40)]
    told = [json.dumps(request["messages"]) for request in harness.requests]
    assert [reads for _, reads in asked] == [tokens_in(each) for each in told[1:]]


def test_a_turn_of_which_nothing_is_told_counts_as_what_was_sent_and_said() -> None:
    look = wants(use("find_passages", LOOK))
    asked: list[Tokens] = []

    answer = ask(
        FakeHarness(look, [*text("yes"), usage(inputTokens=100, outputTokens=1)]),
        FakeLambda(says("a")),
        lambda taken, _: asked.append(taken),
    )

    (first,) = asked
    assert first.input_tokens == UNTOLD
    assert first.output_tokens > 0
    assert answer.tokens == first + Tokens(100, 1)


def test_a_hidden_thought_is_sent_back_with_what_its_tool_said() -> None:
    thought = {"contentBlockIndex": 0, "delta": {"reasoningContent": {"redactedContent": b"\x80"}}}
    look = wants([{"contentBlockDelta": thought}], use("find_passages", LOOK, index=1))
    sent: list[Any] = []

    class Harness(FakeHarness):
        def invoke_harness(self, **request: Any) -> dict[str, Any]:
            sent.append(request["messages"])
            return super().invoke_harness(**{**request, "messages": []})  # bytes are no JSON

    answer = ask(Harness(look, text("yes")), FakeLambda(says("a")))

    assert answer.text == "yes"
    assert sent[1][1]["content"][0] == {"reasoningContent": {"redactedContent": b"\x80"}}


def test_a_turn_that_is_not_allowed_is_not_taken_and_what_was_is_told() -> None:
    look = [*wants(use("find_passages", LOOK)), usage(inputTokens=100, outputTokens=20)]
    harness = FakeHarness(look)

    def refuse(*_: Any) -> None:
        raise BudgetExceededError("the budget is reached")

    with pytest.raises(BudgetExceededError) as refused:
        ask(harness, FakeLambda(says("a")), refuse)

    assert len(harness.requests) == 1
    assert refused.value.tokens == Tokens(100, 20)


def test_the_tools_that_were_used_are_named_in_their_order() -> None:
    both = wants(use("find_passages", LOOK), use("make_coffee", "{}", "use-2", index=1))

    answer = ask(FakeHarness(both, text("yes")), FakeLambda(says("a passage")))

    assert ["find_passages", "make_coffee"] == answer.evidence()["tools"]


def test_halves_of_a_character_become_one() -> None:
    assert ask(FakeHarness(text("Light \ud83d", "\udca1!"))).text == "Light 💡!"


def test_every_turn_brings_the_whole_conversation_in_a_session_of_its_own() -> None:
    harness = FakeHarness(
        wants(use("find_passages", LOOK)), wants(use("find_passages", LOOK, "use-2")), text("yes")
    )

    ask(harness, FakeLambda(says("a passage"), says("another")))

    first, second, third = harness.requests
    prompt = {"role": "user", "content": [{"text": PROMPT}]}
    assert first["messages"] == [prompt]
    assert second["messages"] == [
        prompt,
        {"role": "assistant", "content": [wanted("use-1")]},
        {"role": "user", "content": [result("use-1", "a passage")]},
    ]
    assert third["messages"][:3] == second["messages"]
    assert third["messages"][3:] == [
        {"role": "assistant", "content": [wanted("use-2")]},
        {"role": "user", "content": [result("use-2", "another")]},
    ]
    assert len({each["runtimeSessionId"] for each in harness.requests}) == 3
    assert {each["baggage"] for each in harness.requests} == {f"galley.session={SESSION}"}


def wanted(use_id: str) -> dict[str, Any]:
    """Return a block that wants passages."""
    return {"toolUse": {"toolUseId": use_id, "name": "find_passages", "input": json.loads(LOOK)}}


def result(use_id: str, said: str, status: str = "success") -> dict[str, Any]:
    """Return a block that brings what a tool said."""
    return {"toolResult": {"toolUseId": use_id, "content": [{"text": said}], "status": status}}


def test_a_tool_gets_the_event_that_bedrock_would_send() -> None:
    example = load_event("writer_actions")
    given = json.dumps({each["name"]: each["value"] for each in example["parameters"]})
    functions = FakeLambda(says("a passage"))

    ask(FakeHarness(wants(use(example["function"], given)), text("yes")), functions)

    ((arn, event),) = functions.calls
    assert arn == FUNCTION
    assert event.keys() == example.keys()
    same = ("messageVersion", "actionGroup", "function", "parameters")
    assert {name: example[name] for name in same} == {name: event[name] for name in same}
    assert event["sessionAttributes"] == {"tenant": "press", "workflow_id": "lighthouses-1"}


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (0, "integer", "0"),
        (1.5, "number", "1.5"),
        (True, "boolean", "true"),
        (["é"], "array", '["é"]'),
    ],
    ids=str,
)
def test_a_value_is_written_as_bedrock_writes_it(value: Any, kind: str, written: str) -> None:
    functions = FakeLambda(says("yes"))

    ask(FakeHarness(wants(use("find_passages", json.dumps({"x": value}))), text("y")), functions)

    assert functions.calls[0][1]["parameters"] == [{"name": "x", "type": kind, "value": written}]


def test_all_tools_of_a_turn_are_answered_in_one_message() -> None:
    uses = [use("find_passages", LOOK, f"use-{index}", index) for index in (2, 0, 1)]
    harness = FakeHarness(wants(*uses), text("yes"))

    ask(harness, FakeLambda(says("0"), says("1"), says("", responseState="REPROMPT")))

    assert harness.requests[1]["messages"][-1]["content"] == [
        result("use-0", "0"),
        result("use-1", "1"),
        result("use-2", "(nothing)", "error"),
    ]


def test_what_is_said_and_thought_before_a_tool_is_brought_back() -> None:
    thought: list[Event] = [
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"reasoningContent": part}}}
        for part in ({"text": "A le"}, {"text": "ns?"}, {"signature": "signed"})
    ]
    said = {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"text": "I look."}}}
    harness = FakeHarness(wants(thought, [said], use("find_passages", LOOK, index=2)), text("yes"))

    ask(harness, FakeLambda(says("a passage")))

    assert harness.requests[1]["messages"][1]["content"] == [
        {"reasoningContent": {"reasoningText": {"text": "A lens?", "signature": "signed"}}},
        {"text": "I look."},
        wanted("use-1"),
    ]


def test_what_comes_back_is_what_the_service_takes() -> None:
    signed = {"reasoningContent": {"signature": "signed"}}
    blank: list[Event] = [
        {"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}
        for index, delta in enumerate([signed, {"text": " \n\n"}])
    ]
    harness = FakeHarness(wants(blank, use("find_passages", LOOK, index=2)), text("yes"))

    ask(harness, FakeLambda(says("\n")))

    _, said, told = harness.requests[1]["messages"]
    reasoning = {"reasoningContent": {"reasoningText": {"text": "", "signature": "signed"}}}
    assert said["content"] == [reasoning, wanted("use-1")]
    assert told["content"] == [result("use-1", "(nothing)")]
    model = boto3.client("bedrock-agentcore", region_name="us-east-1").meta.service_model
    shape = model.operation_model("InvokeHarness").input_shape
    assert not ParamValidator().validate(harness.requests[1], shape).has_errors()


@pytest.mark.parametrize("given", ["{nonsense", "[1]", ""], ids=["no JSON", "a list", "nothing"])
def test_what_is_no_object_reaches_the_tool_without_values(given: str) -> None:
    functions = FakeLambda(says("Call the tool again.", responseState="REPROMPT"))

    ask(FakeHarness(wants(use("find_passages", given)), text("yes")), functions)

    assert functions.calls[0][1]["parameters"] == []


def test_a_tool_that_is_not_the_roles_is_never_called() -> None:
    harness, functions = FakeHarness(wants(use("shell", "{}")), text("yes")), FakeLambda()

    ask(harness, functions)

    (told,) = harness.requests[1]["messages"][-1]["content"]
    assert functions.calls == []
    assert told["toolResult"]["status"] == "error"
    assert "there is: find_passages" in told["toolResult"]["content"][0]["text"]


@pytest.mark.parametrize(
    ("functions", "expected"),
    [
        (FakeLambda({"errorType": "x"}, fails=True), AgentUnavailableError),
        (FakeLambda(says("not now", responseState="FAILURE")), AgentUnavailableError),
        (FakeLambda({"something": "else"}), AgentUnavailableError),
        (FakeLambda(aws_error("TooManyRequestsException")), AgentThrottledError),
        (FakeLambda(aws_error("AccessDeniedException")), AgentRefusedError),
        (FakeLambda(aws_error("ServiceException")), AgentUnavailableError),
    ],
    ids=["dies", "fails", "nonsense", "throttled", "denied", "an outage"],
)
def test_a_tool_that_fails_ends_the_call(
    functions: FakeLambda, expected: type[GalleyError]
) -> None:
    with pytest.raises(expected, match=re.escape(SESSION)):
        ask(FakeHarness(wants(use("find_passages", LOOK)), text("yes")), functions)


def test_usage_is_summed_over_turns_and_caches_are_told_apart() -> None:
    first = usage(inputTokens=100, outputTokens=10, totalTokens=5110, cacheWriteInputTokens=5000)
    second = usage(inputTokens=30, outputTokens=20, totalTokens=5050, cacheReadInputTokens=5000)
    turns = [*wants(use("find_passages", LOOK)), first], [*text("yes"), second]

    answer = ask(FakeHarness(*turns), FakeLambda(says("a passage")))

    assert (130, 30) == (answer.input_tokens, answer.output_tokens)
    assert (5000, 5000) == (answer.cache_read_tokens, answer.cache_write_tokens)


def test_a_harness_that_wants_tools_without_end_is_stopped() -> None:
    turns = [wants(use("find_passages", LOOK))] * (MOST_TURNS + 1)
    harness = FakeHarness(*turns)

    with pytest.raises(AgentUnavailableError, match=f"{MOST_TURNS} turns"):
        ask(harness, FakeLambda(*[says("a passage")] * MOST_TURNS))

    assert len(harness.requests) == MOST_TURNS


class Clock:
    """Goes on by what it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    def after(self, seconds: float, events: Iterable[Event]) -> Iterable[Event]:
        """Yield events, before each of which so much time goes by."""
        for event in events:
            self.now += seconds
            yield event


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock that a harness's time is taken by."""
    made = Clock()
    monkeypatch.setattr("galley.agents.harness_agent.time", made)
    return made


def test_all_turns_together_have_the_time_of_one_answer(clock: Clock) -> None:
    wanted = wants(use("find_passages", LOOK))
    slow = clock.after(100 / len(wanted), wanted)
    harness = FakeHarness(slow, clock.after(149.5 / len(wanted), wanted), text("yes"))

    with pytest.raises(AgentUnavailableError, match="250 s"):
        ask(harness, FakeLambda(says("a passage")))

    # each less than its caller waits: the service ends a turn that takes too long, and says so
    assert [each["timeoutSeconds"] for each in harness.requests] == [240, 144]


def test_an_answer_that_comes_drop_by_drop_has_no_more_time(clock: Clock) -> None:
    drops = text(*["drop "] * 60)

    with pytest.raises(AgentUnavailableError, match="250 s"):
        ask(FakeHarness(clock.after(5, drops)))

    assert clock.now == 250


STOPS = [
    ("max_tokens", AgentReplyError),
    ("max_output_tokens_exceeded", AgentReplyError),
    ("malformed_model_output", AgentReplyError),
    ("malformed_tool_use", AgentReplyError),
    ("model_context_window_exceeded", AgentRefusedError),
    ("content_filtered", AgentRefusedError),
    ("guardrail_intervened", AgentRefusedError),
    ("hook_stopped", AgentRefusedError),
    ("interrupted", AgentUnavailableError),
    ("partial_turn", AgentUnavailableError),
    ("max_iterations_exceeded", AgentUnavailableError),
    ("timeout_exceeded", AgentUnavailableError),
    ("tool_result", AgentUnavailableError),
    ("something_new", AgentUnavailableError),
]


@pytest.mark.parametrize(("stop", "expected"), STOPS, ids=str)
def test_what_stops_before_its_end_is_no_answer(stop: str, expected: type[GalleyError]) -> None:
    with pytest.raises(expected, match=re.escape(SESSION)):
        ask(FakeHarness(text("half an ans", stop=stop)))


def service() -> Any:
    """Return the service's own description of InvokeHarness."""
    return boto3.client("bedrock-agentcore").meta.service_model.operation_model("InvokeHarness")


def test_every_reason_to_stop_is_in_the_list() -> None:
    stream = service().output_shape.members["stream"].members
    reasons = stream["messageStop"].members["stopReason"].enum

    known = {stop for stop, _ in STOPS} | {"end_turn", "stop_sequence", "tool_use"}
    assert set(reasons) <= known
    assert set(_STOPPED) <= known


ERRORS = [
    ("ThrottlingException", AgentThrottledError),
    ("ServiceQuotaExceededException", AgentThrottledError),
    ("ValidationException", AgentRefusedError),
    ("AccessDeniedException", AgentRefusedError),
    ("ResourceNotFoundException", AgentRefusedError),
    ("InternalServerException", AgentUnavailableError),
    ("RuntimeClientError", AgentUnavailableError),
    ("SomethingNewException", AgentUnavailableError),
]


def as_event(code: str, message: str) -> Event:
    """Return an error as an event, as AWS's examples read it."""
    return {code[0].lower() + code[1:]: {"message": message}}


def as_exception(code: str, message: str) -> Exception:
    """Return an error as botocore raises it for an exception inside the stream."""
    error: Any = {"Error": {"Code": code[0].lower() + code[1:], "Message": message}}
    return EventStreamError(error, "InvokeHarness")


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=str)
def test_an_error_before_the_answer_has_a_name(code: str, expected: type[GalleyError]) -> None:
    with pytest.raises(expected, match=code):
        ask(FakeHarness(aws_error(code)))


@pytest.mark.parametrize(("code", "expected"), ERRORS, ids=str)
def test_an_error_inside_the_stream_has_the_same_name(
    code: str, expected: type[GalleyError]
) -> None:
    with pytest.raises(expected):
        ask(FakeHarness([*text("half an ans")[:2], as_exception(code, PROMPT)]))


def test_every_error_of_the_service_is_in_the_list() -> None:
    assert {shape.name for shape in service().error_shapes} <= {code for code, _ in ERRORS}


@pytest.mark.parametrize("made", [as_event, as_exception])
@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("ThrottlingException: Too many tokens", AgentThrottledError),
        ("(TooManyRequestsException)", AgentThrottledError),
        ("An error occurred (AccessDeniedException): no model access", AgentRefusedError),
        ("the container died", AgentUnavailableError),
    ],
)
def test_what_a_harness_wraps_is_named_as_what_it_is(
    made: Any, message: str, expected: type[GalleyError]
) -> None:
    with pytest.raises(expected) as failed:
        ask(FakeHarness([made("RuntimeClientError", f"{message} {PROMPT}")]))

    assert PROMPT not in str(failed.value)


@pytest.mark.parametrize(
    ("message", "is_gone"),
    [
        ("The provided model identifier is invalid.", True),
        ("Invocation of model ID x with on-demand throughput isn\u2019t supported. Retry", True),
        ("The provided model doesn't support on-demand throughput.", True),
        ("This action doesn't support the model that you provided. Try another", True),
        ("The model returned the following errors: Input is too long", False),
    ],
)
@pytest.mark.parametrize("code", ["ValidationException", "RuntimeClientError"])
def test_a_model_that_bedrock_does_not_know_is_gone(code: str, message: str, is_gone: bool) -> None:
    said = f"An error occurred (ValidationException): {message} {PROMPT}"

    with pytest.raises(AgentRefusedError) as failed:
        ask(FakeHarness([as_exception(code, said)]))

    assert failed.value.is_gone is is_gone
    assert PROMPT not in str(failed.value)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([], id="no event"),
        pytest.param(text(), id="no text"),
        pytest.param(text(" \n"), id="blanks"),
        pytest.param([usage(inputTokens=1)], id="usage alone"),
    ],
)
def test_an_empty_answer_is_retried(events: list[Event]) -> None:
    with pytest.raises(AgentUnavailableError, match="empty"):
        ask(FakeHarness(events))


def test_a_stream_without_an_end_is_retried() -> None:
    with pytest.raises(AgentUnavailableError, match="broke off"):
        ask(FakeHarness(text("half an ans")[:2]))


@pytest.mark.parametrize(
    "session_id", ["a.search.0", "a" * 64 + ".summary.fb06f71e", "Ä.ö/ü", "..."], ids=len
)
@pytest.mark.parametrize("turn", [1, MOST_TURNS])
def test_a_session_has_the_services_form_and_is_the_same_again(session_id: str, turn: int) -> None:
    shape = service().input_shape.members["runtimeSessionId"]

    made = runtime_session(session_id, turn)

    assert shape.metadata["min"] <= len(made) <= shape.metadata["max"]
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9-_]*", made)
    assert made == runtime_session(session_id, turn)


def test_sessions_that_differ_late_differ() -> None:
    long = "a" * 90

    assert len({runtime_session(f"{long}.{end}", turn) for end in "xy" for turn in (1, 2)}) == 4


def test_the_clients_leave_retries_to_the_state_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT", ARN)
    agent: Any = agent_from_env()

    configs = [each.meta.config for each in (agent._runtime, agent._action_groups._lambda)]
    assert [(1, 250)] * 2 == [
        (config.retries["total_max_attempts"], config.read_timeout) for config in configs
    ]


# ---- what a call that fails has taken ------------------------------------------------------------


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param([aws_error("ThrottlingException")], (0, 0), id="refused before anything"),
        pytest.param([aws_error("InternalServerException")], (UNTOLD, 0), id="nobody knows"),
        pytest.param(
            [[*text("half", stop="max_tokens"), usage(inputTokens=50, outputTokens=9)]],
            (50, 9),
            id="a reply that was cut off",
        ),
        pytest.param(
            [
                [*wants(use("find_passages", LOOK)), usage(inputTokens=50, outputTokens=9)],
                aws_error("ThrottlingException"),
            ],
            (50, 9),
            id="throttled after a turn",
        ),
        pytest.param([aws_error("ValidationException")], (0, 0), id="invalid"),
        pytest.param([text(stop="guardrail_intervened")], (UNTOLD, 0), id="a guardrail"),
        pytest.param(
            [[*text("half", stop="content_filtered"), usage(inputTokens=50, outputTokens=9)]],
            (50, 9),
            id="a filter",
        ),
    ],
)
def test_a_call_that_fails_says_what_it_has_taken(
    turns: list[Any], expected: tuple[int, int]
) -> None:
    with pytest.raises(GalleyError) as failed:
        ask(FakeHarness(*turns), FakeLambda(says("found")))

    tokens = failed.value.tokens
    assert (tokens.input_tokens, tokens.output_tokens) == expected
