"""Permissions that only other parameters give: mail by the topic, agents with a guardrail."""

import time

import pytest

from galley_local.iam.permissions import Grant, logical_id
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

from .conftest import TOPIC, ScriptedMind, Workflow

ROLES = ("Search", "Summary", "Writer")
KINDS = {"harness": "Harness", "bedrock-agents": "Agent"}


@pytest.fixture(scope="module", params=KINDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Return which service runs the agents: each in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def parameters(backend: str) -> dict[str, str]:
    """Return parameters that give other permissions than their defaults do."""
    return {"MailSender": "", "CreateGuardrail": "true", "AgentBackend": backend}


def start(stack: Stack, name: str) -> Workflow:
    """Start a workflow of a tenant of its own, so that it searches."""
    request = {"topic": TOPIC, "tenant": name, "reviewer": "editor@example.com"}
    return Workflow(stack, {**request, "options": {"max_sources": 2}}, name=name)


def grant_of(stack: Stack, holder: str, action: str) -> Grant:
    """Return the one permission of a role to do something."""
    (grant,) = (
        each
        for each in stack.permissions.grants()
        if (logical_id(each.holder), each.action) == (holder, action)
    )
    return grant


GUARDS = "bedrock:ApplyGuardrail"
NOTIFIES = ("OutboxStateMachineRole", "sns:Publish")


def test_they_are_used_and_nothing_is_denied(
    stack: Stack, mind: ScriptedMind, backend: str
) -> None:
    workflow = start(stack, "other")

    deadline = time.monotonic() + 30
    guarded = [(f"{role}{KINDS[backend]}Role", GUARDS) for role in ROLES]
    while not all(stack.permissions.uses(grant_of(stack, *each)) for each in (*guarded, NOTIFIES)):
        assert time.monotonic() < deadline, "not all of them are used"
        time.sleep(0.1)
    workflow.stack.client("stepfunctions").stop_execution(executionArn=workflow.arn)

    assert [str(denial) for denial in stack.permissions.denials] == []


@pytest.mark.parametrize("role", ROLES)
def test_without_one_of_them_the_run_fails_and_names_it(
    stack: Stack, mind: ScriptedMind, backend: str, role: str
) -> None:
    holder = f"{role}{KINDS[backend]}Role"
    grant = grant_of(stack, holder, GUARDS)
    stack.permissions.denials.clear()

    with interpreter.without_waits(), stack.permissions.without(grant):
        ended = start(stack, f"without-{holder.lower()}").end()

    assert ended.status == "FAILED"
    assert {logical_id(denial.holder) for denial in stack.permissions.denials} == {holder}
    assert f"perform: {GUARDS} on resource: " in str(stack.permissions.denials[0])


def test_a_letter_that_may_not_be_published_is_kept_and_the_run_goes_on(
    stack: Stack, mind: ScriptedMind
) -> None:
    stack.permissions.denials.clear()

    with interpreter.without_waits(), stack.permissions.without(grant_of(stack, *NOTIFIES)):
        workflow = start(stack, "unheard")
        deadline = time.monotonic() + 30
        sent_by = stack.outputs["OutboxArn"].replace(":stateMachine:", ":execution:")
        while not (kept := [body for body in unsent(stack) if body.startswith(f'"{sent_by}')]):
            assert time.monotonic() < deadline, "nothing was kept"
            time.sleep(0.1)

    assert len(kept) == 1  # where it is, and no link
    assert {logical_id(each.holder) for each in stack.permissions.denials} == {NOTIFIES[0]}
    assert workflow.record()["status"] == "WAITING_FOR_APPROVAL"
    workflow.stack.client("stepfunctions").stop_execution(executionArn=workflow.arn)


def unsent(stack: Stack) -> list[str]:
    """Return what is in the queue of what reached nobody."""
    queue = stack.outputs["UndeliveredEventsUrl"]
    asked = {"QueueUrl": queue, "MaxNumberOfMessages": 10}
    messages = stack.client("sqs").receive_message(**asked).get("Messages", [])
    return [str(message["Body"]) for message in messages]
