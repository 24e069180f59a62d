"""Budgets: what a workflow or a tenant may spend is not overshot, whatever goes wrong meanwhile."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from galley_local.bedrock.session import Usage
from galley_local.faults.books import errors_in
from galley_local.faults.fault import Fault
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

from .conftest import ScriptedMind, Workflow

# Tokens of each call, in place of what the short prompts of a test come to: a run of ten sources
# costs 0.50 USD with the template's models, and a call of the small one 0.0396, a little less than
# what is set aside for it.
TAKEN = Usage(16_000, 4_000)
CALL_USD = Decimal("0.0396")
HALF_USD = 0.25
ASKS = {"harness": "InvokeHarness", "bedrock-agents": "InvokeAgent"}


@pytest.fixture(scope="module", params=ASKS)
def backend(request: pytest.FixtureRequest) -> str:
    """Return which service runs the agents: each in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def parameters(backend: str) -> dict[str, str]:
    """Return the template's parameters."""
    return {"AgentBackend": backend}


@pytest.fixture(autouse=True)
def _short_waits() -> Iterator[None]:
    with interpreter.waits_times(0.004):
        yield


@pytest.fixture(autouse=True)
def _dear(mind: ScriptedMind) -> None:
    def answer(role: str, prompt: str, use_tool: Any) -> str:
        use_tool.usage = TAKEN
        return mind.usual(role, prompt, use_tool)

    mind.scripts = dict.fromkeys(("search", "summary"), answer)


def books(workflow: Workflow) -> list[dict[str, Any]]:
    """Return a workflow's account and entries."""
    found = workflow.stack.client("dynamodb").query(
        TableName=workflow.stack.outputs["TableName"],
        KeyConditionExpression="pk = :pk AND begins_with(sk, :cost)",
        ExpressionAttributeValues={
            ":pk": {"S": f"LEDGER#{workflow.name}"},
            ":cost": {"S": "COST"},
        },
    )
    return [{name: next(iter(v.values())) for name, v in each.items()} for each in found["Items"]]


def paid(stack: Stack, workflow: Workflow) -> Counter[str]:
    """Return the sessions of a workflow's agent calls, as often as each was paid for."""
    mine = f"{workflow.name}."
    return Counter(each for each in stack.agent_sessions() if each.startswith(mine))


def spent(workflow: Workflow) -> Decimal:
    """Return what a workflow's account says."""
    return next(Decimal(each["usd"]) for each in books(workflow) if each["sk"] == "COST")


def disturbances(backend: str) -> list[Fault]:
    """Return a worker that dies after its agent has answered, and an answer that breaks off."""
    return [
        Fault.parse(f"kill-after@summary_agent.{ASKS[backend]}#1"),
        Fault.parse("error-in-stream@summary_agent#3"),
    ]


def test_half_of_a_runs_cost_brings_the_reviewer_what_there_is(
    stack: Stack, start: Callable[..., Workflow], backend: str
) -> None:
    with stack.faults.during(*disturbances(backend)) as happened:
        workflow = start(options={"budget_usd": HALF_USD})
        page = workflow.page().text
        workflow.approve()
        ended = workflow.end()

    assert len(happened) == 2
    assert (ended.status, ended.output["partial"]) == ("SUCCEEDED", True)
    assert "This draft is partial: a budget was reached, and no agent has written it" in page
    assert "This draft is partial: a budget was reached" in page
    assert "of a budget of $0.25" in page
    assert spent(workflow) <= Decimal(str(HALF_USD))
    assert errors_in(books(workflow), paid(stack, workflow)) == 0
    assert CALL_USD * paid(stack, workflow).total() <= Decimal(str(HALF_USD)) + CALL_USD
    evidence = json.loads(workflow.text("published/evidence.json"))
    assert evidence["cost"] == {
        "usd": float(spent(workflow)),
        "budget_usd": HALF_USD,
        "partial": True,
    }
    record = workflow.record()
    assert (record["partial"], record["cost_usd"]) == (True, str(spent(workflow)))
    told = {
        event["detail-type"]: event["detail"]["partial"]
        for event in stack.events()
        if event["detail"].get("workflow_id") == workflow.name
    }
    assert told == {"Approval requested": True, "Report published": True}
    letter = next(mail for mail in workflow.mails() if "Approve?" in mail.subject)
    assert "a budget was reached before all was done" in letter.text


def test_half_of_a_runs_cost_fails_where_the_request_says_so(
    stack: Stack, start: Callable[..., Workflow], backend: str
) -> None:
    with stack.faults.during(*disturbances(backend)) as happened:
        workflow = start(options={"budget_usd": HALF_USD, "at_budget": "fail"})
        ended = workflow.end()

    assert len(happened) == 2
    assert (ended.status, ended.error) == ("FAILED", "BudgetExceededError")
    assert "of the sources were not summarised: the workflow's budget of $0.25" in ended.cause
    assert not any(".writer." in each for each in paid(stack, workflow))
    assert spent(workflow) <= Decimal(str(HALF_USD))
    assert errors_in(books(workflow), paid(stack, workflow)) == 0
    assert workflow.record()["cost_usd"] == str(spent(workflow))


def test_ten_summaries_at_once_do_not_overshoot(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    workflow = start(options={"budget_usd": 0.2})

    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    sessions = paid(stack, workflow)
    assert "Summarize sources" in workflow.end().states()
    assert 2 < sessions.total() < 10
    assert spent(workflow) == CALL_USD * sessions.total() <= Decimal("0.2")


@pytest.mark.parametrize("backend", ["harness"], indirect=True)
def test_a_harness_that_turns_to_its_tools_without_end_is_stopped_within_the_budget(
    stack: Stack, start: Callable[..., Workflow], mind: ScriptedMind
) -> None:
    def greedy(role: str, prompt: str, use_tool: Any) -> str:
        for _ in range(20):
            use_tool("read_source", {"start": "0"})
        return mind.usual(role, prompt, use_tool)

    mind.scripts["summary"] = greedy
    workflow = start(options={"budget_usd": 0.2, "at_budget": "fail"})
    ended = workflow.end()

    assert (ended.status, ended.error) == ("FAILED", "BudgetExceededError")
    assert Decimal("0.1") < spent(workflow) <= Decimal("0.2")
    stopped = [each for each in books(workflow) if each.get("outcome") == "BudgetExceededError"]
    assert stopped
    assert all(int(each["input_tokens"]) > 0 for each in stopped)
    assert errors_in(books(workflow), paid(stack, workflow)) == 0


def test_a_tenants_month_is_shared_by_its_workflows(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    first = start("-1", options={"max_sources": 3})
    first.approve()
    first.end()
    limit = str(spent(first) + Decimal("0.1"))
    key = {"pk": {"S": "TENANTS"}, "sk": {"S": first.tenant}}
    item = {**key, "monthly_usd": {"N": limit}}
    stack.client("dynamodb").put_item(TableName=stack.outputs["TableName"], Item=item)

    second = start("-2", options={"fresh": True})
    ended = second.end()

    assert (ended.status, ended.error) == ("FAILED", "BudgetExceededError")
    assert f"the budget of tenant {first.tenant} for " in ended.cause
    assert spent(first) + spent(second) <= Decimal(limit)


def test_what_a_reviewer_asks_for_after_the_budget_is_reached_is_not_made(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    workflow = start(options={"budget_usd": 0.2})

    workflow.reject("More on reflectors.")
    ended = workflow.end()

    assert (ended.status, ended.error) == ("FAILED", "BudgetExceededError")
    assert "partial" in workflow.text("drafts/1.md")


def test_an_entry_is_there_once_though_the_answer_to_each_write_was_lost(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    lost = [
        Fault.parse(f"lost@{role}.UpdateItem#{number}")
        for role in ("search_agent", "writer_agent")
        for number in (1, 3, 5, 7, 9, 11)  # each is sent again at once
    ]

    with stack.faults.during(*lost) as happened:
        workflow = start(options={"max_sources": 2, "fresh": True})
        workflow.approve()
        ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert happened.total() == len(lost)  # type: ignore[attr-defined]
    entries = Counter(each["session_id"] for each in books(workflow) if "role" in each)
    assert entries == paid(stack, workflow)
    assert errors_in(books(workflow), paid(stack, workflow)) == 0
