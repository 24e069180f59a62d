"""The agents of a stack answer the adapters of this machine, to be recorded."""

from typing import Any

import pytest

from galley_local.bedrock.session import ServiceError, Usage
from galley_local.cassettes.deployed import DeployedAgentsError, HarnessMind
from galley_local.stack import Stack

from .conftest import ScriptedMind


class OneStack:
    """What boto3's session is for a stack in an account: here, the one on this machine."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def client(self, service: str, **_: Any) -> Any:
        """Return a client."""
        return self._stack.client(service)


class FakeSession:
    """A session of an adapter's call here, whose tool is played."""

    agent: Any = None
    usage: Usage | None = None
    session_id = "0a1b2c3d.summary.a-case.summary.src1"

    def __init__(self) -> None:
        self.used: list[tuple[str, dict[str, str]]] = []

    def __call__(self, function: str, parameters: dict[str, str], /) -> str:
        self.used.append((function, parameters))
        return "what this machine's tool says"


def test_the_harness_of_a_stack_answers_with_the_tools_of_this_machine(
    stack: Stack, mind: ScriptedMind
) -> None:
    said = []

    def think(_role: str, prompt: str, use_tool: Any) -> str:
        said.append((prompt, use_tool("read_source", {"source_id": "src1", "start": "200"})))
        return "an answer"

    mind.scripts["summary"] = think
    session, deployed = FakeSession(), HarnessMind.of_stack("galley", OneStack(stack))

    answer = deployed.answer("summary", "a prompt", session)

    assert answer == "an answer"
    assert said == [("a prompt", "what this machine's tool says")]
    assert session.used == [("read_source", {"source_id": "src1", "start": "200"})]
    assert session.usage is not None
    assert session.usage.output_tokens > 0
    about = deployed.about("summary")
    assert about["backend"] == "harness"
    assert "." in about["model"]


def test_a_harness_that_fails_is_a_service_that_fails(stack: Stack, mind: ScriptedMind) -> None:
    def fail(*_: Any) -> str:
        raise ServiceError(429, "ThrottlingException", "not now")

    mind.scripts["summary"] = fail

    with pytest.raises(ServiceError, match="answered") as raised:
        HarnessMind.of_stack("galley", OneStack(stack)).answer("summary", "x", FakeSession())
    assert raised.value.status == 429


def test_a_stack_that_is_not_there_is_named(stack: Stack) -> None:
    with pytest.raises(DeployedAgentsError, match="--stack nowhere"):
        HarnessMind.of_stack("nowhere", OneStack(stack))
