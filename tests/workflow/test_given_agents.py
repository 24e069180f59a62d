"""Agents that exist already, given by id and alias: none is created, and only they may be asked."""

from collections.abc import Callable

import pytest

from galley_local.stack import Stack

from .conftest import Workflow

ROLES = ("Search", "Summary", "Writer", "Reviser")


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return ids of agents that were provisioned elsewhere."""
    ids = {f"{role}AgentId": f"{role.upper()}1"[:10] for role in ROLES}
    return ids | {f"{role}AgentAliasId": f"{role.upper()}2"[:10] for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
def test_an_adapter_asks_the_agent_that_is_given(stack: Stack, role: str) -> None:
    (function,) = (
        each for name, each in stack.lambdas.functions.items() if f"{role}AgentFunction" in name
    )

    assert function.environment["AGENT_ID"] == f"{role.upper()}1"
    assert function.environment["AGENT_ALIAS_ID"] == f"{role.upper()}2"


@pytest.mark.parametrize("role", ROLES)
def test_an_adapter_may_ask_no_other_agent(stack: Stack, role: str) -> None:
    (statements,) = (
        each
        for name, each in stack.permissions.statements.items()
        if f"{role}AgentFunctionRole" in name
    )

    asks = [each for each in statements if "bedrock:InvokeAgent" in each.actions]
    alias = f"{role.upper()}1/{role.upper()}2"
    assert [each.resources for each in asks] == [
        (f"arn:aws:bedrock:us-east-1:123456789012:agent-alias/{alias}",)
    ]


def test_none_is_created_so_that_an_unknown_one_is_refused(start: Callable[..., Workflow]) -> None:
    ended = start().end()

    assert ended.error == "AgentRefusedError"
    assert "ResourceNotFoundException" in ended.cause
