"""
What a role may count on whichever service runs its agent: the same suite over all backends.

The summary agent's own client, with its function's environment and role, asks the laptop's services
on their wire; its tool is the function that the template names.
"""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from galley.agents import Agent, Answer, agent_from_env
from galley.contracts import Source
from galley.errors import (
    AgentRefusedError,
    AgentReplyError,
    AgentThrottledError,
    AgentUnavailableError,
    GalleyError,
)
from galley.replies import REPLY_CHARACTERS, claims_from_reply
from galley.scope import Scope

from galley_local.bedrock.session import ServiceError, Session, Usage
from galley_local.bedrock.thinking import GUARDED, TOO_LONG, BrokenAnswerError
from galley_local.faults.fault import AtCall, Fault, InAnswer
from galley_local.iam.permissions import logical_id
from galley_local.stack import Stack

from .conftest import ScriptedMind

OPERATIONS = {"harness": "InvokeHarness", "bedrock-agents": "InvokeAgent"}
SCOPE = Scope("press", "lighthouses-1.night")
SESSION = SCOPE.session_id("summary", "aaaaaaaa")
PROMPT = "What does the source say? Nobody may read this in a log."
TEXT = "A light that is seen from far away. " * 500


def cut_off(text: str) -> str:
    """Answer as a model that has said as much as it may."""
    raise BrokenAnswerError(text, code=TOO_LONG)


@pytest.fixture(scope="module", params=OPERATIONS)
def backend(request: pytest.FixtureRequest) -> str:
    """Return which service runs the agents: each in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def parameters(backend: str) -> dict[str, str]:
    """Return the parameter that chooses it."""
    return {"AgentBackend": backend}


@pytest.fixture(scope="module")
def _with_a_source(_stack: tuple[Stack, ScriptedMind]) -> None:
    stack, _ = _stack
    source = Source("aaaaaaaa", "Lights", "s3://corpus/lights.md", TEXT)
    stack.client("s3").put_object(
        Bucket=stack.outputs["ArtifactsBucket"],
        Key=SCOPE.source_key("aaaaaaaa"),
        Body=source.to_json(),
    )


def agent_of(stack: Stack, monkeypatch: pytest.MonkeyPatch, **more: str) -> Agent:
    """Return the summary agent as its function makes it when it starts."""
    (function,) = (
        each for name, each in stack.lambdas.functions.items() if "-SummaryAgentFunction" in name
    )
    for name, value in {**function.environment, **more}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which remembers other credentials
    assert os.environ["AGENT_READ_TIMEOUT_SECONDS"]
    return agent_from_env()


@pytest.fixture
def agent(stack: Stack, monkeypatch: pytest.MonkeyPatch, _with_a_source: None) -> Agent:
    """Return the agent."""
    return agent_of(stack, monkeypatch)


Ask = Callable[..., Answer]


@pytest.fixture
def ask(agent: Agent, mind: ScriptedMind) -> Ask:
    """Return a way to ask it, with what its mind does."""

    def asked(think: Callable[[Session], str]) -> Answer:
        mind.scripts["summary"] = lambda _role, _prompt, session: think(session)  # type: ignore[arg-type]
        return agent.ask(PROMPT, SESSION, SCOPE.attributes(source_id="aaaaaaaa"))

    return asked


def test_an_answer_is_what_the_mind_said(ask: Ask, backend: str) -> None:
    answer = ask(lambda _session: "yes")

    assert ("yes", SESSION, backend) == (answer.text, answer.session_id, answer.backend)
    assert answer.agent
    assert answer.trace_id


def test_the_mind_is_asked_the_prompt_once(ask: Ask, mind: ScriptedMind) -> None:
    ask(lambda _session: "yes")

    assert mind.calls == ["summary"]


@pytest.mark.parametrize("before", range(4))
def test_a_character_that_is_parted_is_whole_again(ask: Ask, before: int) -> None:
    text = "x" * before + "Lights 💡 für Schiffe 🚢" * 200

    assert ask(lambda _session: text).text == text


def test_an_answer_of_two_million_characters_comes_whole(ask: Ask) -> None:
    text = "light " * 400_000

    assert ask(lambda _session: text).text == text.strip()


@pytest.mark.parametrize(
    "think",
    [
        pytest.param(lambda: '{"claims": []}' + " " * REPLY_CHARACTERS + "x", id="for its role"),
        pytest.param(lambda: cut_off('{"claims": [{"text": "A li'), id="for its model"),
    ],
)
def test_an_answer_that_is_too_long_is_asked_for_again(ask: Ask, think: Callable[[], str]) -> None:
    # a harness says that its model was cut off; of an agent of Bedrock Agents only the reply tells
    with pytest.raises(AgentReplyError):
        claims_from_reply(ask(lambda _session: think()).text, TEXT)


def test_a_tool_works_on_what_the_attributes_name(ask: Ask) -> None:
    answer = ask(lambda session: session("read_source", {"start": "36"}))

    assert TEXT[36:100] in answer.text


def test_tools_follow_each_other(ask: Ask) -> None:
    def read_on(session: Session) -> str:
        parts = [session("read_source", {"start": str(start)})[:40] for start in (0, 36, 72)]
        return " | ".join(parts)

    assert ask(read_on).text.count("A light that is seen") == 3


def test_several_tools_at_once_all_get_their_answer(ask: Ask) -> None:
    starts = ["0", "36", "no number", "72"]

    def read(session: Session) -> str:
        with ThreadPoolExecutor(len(starts)) as hands:
            said = hands.map(lambda start: session("read_source", {"start": start}), starts)
            return "\n".join(said)

    answer = ask(read)

    lines = answer.text.splitlines()
    assert [f'"start":{start}' in line for start, line in zip(starts, lines, strict=True)] == [
        True,
        True,
        False,
        True,
    ]
    assert "'start' must be a whole number" in lines[2]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"start": "999999"}, "'start' must be", id="a wrong value"),
        pytest.param({}, "with a value for: start", id="no value"),
    ],
)
def test_what_a_mind_does_wrong_with_a_tool_it_is_told(
    ask: Ask, given: dict[str, str], told: str
) -> None:
    assert told in ask(lambda session: session("read_source", given)).text


def test_a_tool_that_a_mind_makes_up_is_denied_to_it(ask: Ask) -> None:
    assert "no " in ask(lambda session: session("read_minds", {})).text


def test_a_tool_that_fails_ends_the_call_which_is_tried_again(ask: Ask, stack: Stack) -> None:
    fault = Fault(AtCall.ERROR, "summary_actions", "GetObject", times=9)

    with stack.faults.during(fault) as happened, pytest.raises(AgentUnavailableError):
        ask(lambda session: session("read_source", {"start": "0"}))

    assert happened[fault]


def test_a_tool_that_dies_ends_the_call_which_is_tried_again(ask: Ask, stack: Stack) -> None:
    fault = Fault(AtCall.KILL_BEFORE, "summary_actions", "GetObject")

    with stack.faults.during(fault) as happened, pytest.raises(AgentUnavailableError):
        ask(lambda session: session("read_source", {"start": "0"}))

    assert happened[fault]


BEFORE = [
    (AtCall.THROTTLE, AgentThrottledError),
    (AtCall.ERROR, AgentUnavailableError),
    (AtCall.DEPENDENCY, AgentUnavailableError),
]
INSIDE = [
    (InAnswer.THROTTLED, AgentThrottledError),
    (InAnswer.FAILED, AgentUnavailableError),
    (InAnswer.CONFLICTED, AgentUnavailableError),
    (InAnswer.DEPENDENT, AgentUnavailableError),
    (InAnswer.EMPTY, AgentUnavailableError),
    (InAnswer.CUT, AgentUnavailableError),
]


@pytest.mark.parametrize(("kind", "expected"), BEFORE, ids=str)
def test_a_failure_before_the_answer_has_a_name(
    ask: Ask, stack: Stack, backend: str, kind: AtCall, expected: type[GalleyError]
) -> None:
    fault = Fault(kind, "summary_agent", OPERATIONS[backend])

    with stack.faults.during(fault), pytest.raises(expected) as failed:
        ask(lambda _session: "yes")

    assert SESSION in str(failed.value)


@pytest.mark.parametrize(("kind", "expected"), INSIDE, ids=str)
def test_a_failure_inside_the_answer_has_a_name(
    ask: Ask, stack: Stack, kind: InAnswer, expected: type[GalleyError]
) -> None:
    with stack.faults.during(Fault(kind, "summary_agent")), pytest.raises(expected) as failed:
        ask(lambda _session: TEXT)

    assert SESSION in str(failed.value)
    assert PROMPT not in str(failed.value)


def test_the_service_is_asked_once_where_it_fails(ask: Ask, stack: Stack, backend: str) -> None:
    fault = Fault(AtCall.ERROR, "summary_agent", OPERATIONS[backend], times=9)

    with stack.faults.during(fault) as happened, pytest.raises(AgentUnavailableError):
        ask(lambda _session: "yes")

    assert happened[fault] == 1


def test_blanks_are_no_answer(ask: Ask) -> None:
    with pytest.raises(AgentUnavailableError, match="empty"):
        ask(lambda _session: " \n")


def test_a_mind_that_fails_is_tried_again(ask: Ask) -> None:
    def fail(_session: Session) -> str:
        raise ServiceError(500, "InternalServerException", PROMPT)

    with pytest.raises(AgentUnavailableError) as failed:
        ask(fail)

    assert PROMPT not in str(failed.value)


def test_what_a_guardrail_says_is_no_answer(ask: Ask) -> None:
    def stop(_session: Session) -> str:
        raise BrokenAnswerError("The guardrail stopped this answer.", code=GUARDED)

    with pytest.raises(AgentRefusedError, match="guardrail"):
        ask(stop)


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Return what a mind waits for that has no answer; it is let go at the end."""
    event = threading.Event()
    yield event
    event.set()


def test_an_answer_that_does_not_come_is_not_waited_for(
    stack: Stack, mind: ScriptedMind, monkeypatch: pytest.MonkeyPatch, never: threading.Event
) -> None:
    agent = agent_of(stack, monkeypatch, AGENT_READ_TIMEOUT_SECONDS="2")
    mind.scripts["summary"] = lambda *_: "late" if never.wait() else ""

    with pytest.raises(AgentUnavailableError):
        agent.ask(PROMPT, SESSION, SCOPE.attributes(source_id="aaaaaaaa"))


def test_what_the_mind_counts_is_in_the_evidence(ask: Ask, backend: str) -> None:
    def count(session: Session) -> str:
        session("read_source", {"start": "0"})
        session.usage = Usage(1100, 70)
        return "yes"

    evidence: dict[str, Any] = ask(count).evidence()

    assert (1100, 70) == (evidence["input_tokens"], evidence["output_tokens"])
    assert evidence["agent_version"] == "1"
    assert evidence["backend"] == backend
    assert evidence["model"] == "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    assert evidence["tools"] == ["read_source"]


def test_an_agent_that_is_not_there_refuses(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    (function,) = (
        each for name, each in stack.lambdas.functions.items() if "-SummaryAgentFunction" in name
    )
    other = function.environment["AGENT"][:-4] + "0000"
    agent = agent_of(stack, monkeypatch, AGENT=other)

    # its role may ask no other either
    with pytest.raises(AgentRefusedError):
        agent.ask(PROMPT, SESSION, {})


@pytest.mark.parametrize("role", ["SummaryAgentFunctionRole", "the agent's own"])
def test_a_missing_permission_refuses(ask: Ask, stack: Stack, backend: str, role: str) -> None:
    own = "SummaryHarnessRole" if backend == "harness" else "SummaryAgentRole"
    holder = own if role == "the agent's own" else role
    grants = [
        each
        for each in stack.permissions.grants()
        if logical_id(each.holder) == holder and each.action.startswith("bedrock")
    ]

    for grant in grants:
        with stack.permissions.without(grant), pytest.raises(AgentRefusedError):
            ask(lambda _session: "yes")
    assert grants
