"""Agents that exist already, given by id and alias: none is created, and only they may be asked."""

from collections.abc import Callable

import pytest

from galley_local.stack import Stack

from .conftest import Workflow

ROLES = ("Search", "Summary", "Writer", "Reviser")


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return ids of agents that were provisioned elsewhere."""
    return {f"Existing{role}Agent": given(role) for role in ROLES}


def given(role: str) -> str:
    """Return the id and alias of a role's agent."""
    return f"{role.upper():0<10}/ALIAS00001"


@pytest.mark.parametrize("role", ROLES)
def test_an_adapter_asks_the_agent_that_is_given(stack: Stack, role: str) -> None:
    (function,) = (
        each for name, each in stack.lambdas.functions.items() if f"{role}AgentFunction" in name
    )

    assert function.environment["AGENT"] == given(role)


@pytest.mark.parametrize("role", ROLES)
def test_an_adapter_may_ask_no_other_agent(stack: Stack, role: str) -> None:
    (statements,) = (
        each
        for name, each in stack.permissions.statements.items()
        if f"{role}AgentFunctionRole" in name
    )

    asks = [each for each in statements if "bedrock:InvokeAgent" in each.actions]
    assert [each.resources for each in asks] == [
        (f"arn:aws:bedrock:us-east-1:123456789012:agent-alias/{given(role)}",)
    ]


def test_none_is_created_so_that_an_unknown_one_is_refused(start: Callable[..., Workflow]) -> None:
    ended = start().end()

    assert ended.error == "AgentRefusedError"
    assert "ResourceNotFoundException" in ended.cause
