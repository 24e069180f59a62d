"""Agents that exist already: none is created, each role runs where its own is, and only that."""

from collections.abc import Callable

import pytest

from galley_local.resources.agentcore import Harness
from galley_local.resources.bedrock import BedrockAgent
from galley_local.stack import Stack

from .conftest import Workflow

ACCOUNT = "us-east-1:123456789012"
AGENTS = {role: f"{role.upper():0<10}/ALIAS00001" for role in ("Search", "Reviser")}
HARNESSES = {
    role: f"arn:aws:bedrock-agentcore:{ACCOUNT}:harness/{role.lower()}-AbCdEf1234"
    for role in ("Summary", "Writer")
}
GIVEN = AGENTS | HARNESSES


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return agents that were provisioned elsewhere, of both kinds."""
    return {f"Existing{role}Agent": given for role, given in GIVEN.items()}


@pytest.mark.parametrize("role", GIVEN)
def test_an_adapter_asks_the_agent_that_is_given(stack: Stack, role: str) -> None:
    (function,) = (
        each for name, each in stack.lambdas.functions.items() if f"{role}AgentFunction" in name
    )

    assert function.environment["AGENT"] == GIVEN[role]


@pytest.mark.parametrize("role", GIVEN)
def test_an_adapter_may_ask_no_other_agent(stack: Stack, role: str) -> None:
    (statements,) = (
        each
        for name, each in stack.permissions.statements.items()
        if f"{role}AgentFunctionRole" in name
    )

    asks = {
        (action, resource)
        for each in statements
        for action in each.actions
        for resource in each.resources
        if action.startswith("bedrock")
    }
    arn = f"arn:aws:bedrock:{ACCOUNT}:agent-alias/{GIVEN[role]}"
    assert asks == (
        {("bedrock:InvokeAgent", arn)}
        if role in AGENTS
        else {
            ("bedrock-agentcore:InvokeHarness", GIVEN[role]),
            ("bedrock-agentcore:InvokeAgentRuntime", GIVEN[role]),
        }
    )


@pytest.mark.parametrize("role", GIVEN)
def test_tools_are_open_to_bedrock_or_to_the_adapter_and_not_to_both(
    stack: Stack, role: str
) -> None:
    holders = {
        holder
        for holder, statements in stack.permissions.statements.items()
        for each in statements
        if "lambda:InvokeFunction" in each.actions
        and any(f"-{role}ActionsFunction-" in resource for resource in each.resources)
    }

    (holder,) = holders
    assert holder == "bedrock.amazonaws.com" if role in AGENTS else f"-{role}AgentFunc" in holder


def test_none_is_created_so_that_an_unknown_one_is_refused(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    ended = start().end()

    assert ended.error == "AgentRefusedError"
    assert "ResourceNotFoundException" in ended.cause
    assert not stack.deployment.of_type(BedrockAgent) + stack.deployment.of_type(Harness)
