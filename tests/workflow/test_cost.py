"""What a run says it has used is what the stack saw of it: each call of each function."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from galley_cli.cost.reader import Run, read_run
from galley_cli.cost.reckoning import reckon
from galley_cli.main import app
from galley_cli.target import Target, target_of
from galley_local.corpus import Corpus
from galley_local.faults.fault import Fault
from galley_local.rehearsal import rehearse, sample_request, wait_for_end, wait_for_link
from galley_local.reviewer import decide, open_link
from galley_local.stack import Stack
from tests.workflow.conftest import CORPUS

WORKFLOW_ID = str(sample_request()["workflow_id"])
# What botocore and IAM call the same thing.
SERVICES = {
    "secrets-manager": "secretsmanager",
    "sfn": "states",
    "bedrock-agent-runtime": "bedrock",
}
ACTIONS = {
    "s3.HeadObject": "s3:GetObject",
    "s3.ListObjectsV2": "s3:ListBucket",
    "lambda.Invoke": "lambda:InvokeFunction",
}
ROLE = re.compile(r"galley-(\w+Function)Role-\w+")
FUNCTION = re.compile(r"galley-(\w+Function)-\w+")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Give a stack on which one workflow has run: rejected once, approved, read."""
    with Stack(Corpus.read(CORPUS)) as stack:
        rehearse(stack)
        stack.let_outbox_finish()
        yield stack


@pytest.fixture(scope="module", autouse=True)
def seen(stack: Stack) -> Counter[tuple[str, str]]:
    """Give the calls that functions have made for it, by function and action."""
    return Counter(
        {
            (found[1], action): number
            for (role, action), number in stack.permissions.made.items()
            if (found := ROLE.fullmatch(role))
        }
    )


@pytest.fixture(scope="module")
def target(stack: Stack) -> Target:
    """Give the stack as the command finds it."""
    return target_of("", stack.url, "", "")


@pytest.fixture(scope="module")
def run(target: Target) -> Run:
    """Give what the workflow has left."""
    return read_run(target, WORKFLOW_ID)


def test_every_call_that_the_stack_saw_from_a_function_is_counted(
    seen: Counter[tuple[str, str]], run: Run
) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for used in (line.used for line in run.lines if line.used):
        (function,) = FUNCTION.findall(used["function"])
        for name, number in used["calls"].items():
            if not name.startswith("outbox."):
                counted[function, _action(name)] += number

    # the pages of sign-in and of the inbox are for no one workflow
    other = {"SignInFunction", "InboxFunction"}
    assert {key: number for key, number in seen.items() if key[0] not in other} == dict(counted)


def test_every_transition_letter_and_event_is_counted(stack: Stack, target: Target) -> None:
    units = _units(reckon(target, WORKFLOW_ID).account.units())

    letters = [each for each in stack.mailbox.mails() if any(WORKFLOW_ID in x for x in each.links)]
    announced = [each for each in stack.events() if each["detail"]["workflow_id"] == WORKFLOW_ID]
    outbox = stack.client("stepfunctions").list_executions(
        stateMachineArn=stack.outputs["OutboxArn"]
    )
    sent = [each for each in outbox["executions"] if each["name"].startswith(WORKFLOW_ID)]
    assert units["mail.letters"] == len(letters) == len(sent)
    assert units["events.events"] == len(announced)
    assert units["step-functions.transitions"] == _states(stack) + 2 * len(letters)


def test_what_is_not_attributed_to_a_state_happens_between_states(target: Target) -> None:
    account = reckon(target, WORKFLOW_ID).account

    between = {
        each.count.key for each in account.lines if not each.count.state and each.count.measured
    }
    assert "http-api.requests" in between
    assert "step-functions.transitions" not in between
    assert {"search", "summary", "writer", "reviser", ""} == {
        each.count.role for each in account.lines
    }


def test_an_invocation_that_is_killed_is_missed_and_its_retry_is_paid_for(
    stack: Stack, target: Target
) -> None:
    request = {**sample_request(), "workflow_id": "killed", "options": {"max_sources": 2}}
    with stack.faults.during(Fault.parse("kill-after@summary_agent.PutObject")):
        execution = stack.start(request, name="killed")
        decide(open_link(wait_for_link(stack, "killed", 1)), "approved")
        wait_for_end(stack, execution)
    stack.let_outbox_finish()

    made = reckon(target, "killed")

    (note,) = [each for each in made.account.notes if "have left no line" in each]
    assert note.startswith("1 invocations")
    summaries = made.account.by(lambda count: f"{count.state} {count.unit}")
    assert summaries["Summarize source transitions"] == pytest.approx((2 + 1) * 0.025 / 1000)


def test_the_command_prints_the_account(stack: Stack) -> None:
    said = CliRunner().invoke(app, ["cost", WORKFLOW_ID, "--url", stack.url, "--json"])

    assert said.exit_code == 0
    made = json.loads(said.stdout)
    assert made["usd"] == pytest.approx(sum(made["by_service"].values()), abs=1e-5)
    assert made["usd"] == pytest.approx(sum(made["by_state"].values()), abs=1e-5)
    assert made["usd"] > 0


def test_a_workflow_that_is_not_there_is_refused(stack: Stack) -> None:
    said = CliRunner().invoke(app, ["cost", "no-such-workflow", "--url", stack.url])

    assert said.exit_code == 2
    assert "there is no workflow no-such-workflow" in said.stderr


def _action(name: str) -> str:
    service, _, operation = name.partition(".")
    return ACTIONS.get(name) or f"{SERVICES.get(service, service)}:{operation}"


def _units(units: list[tuple[Any, float | None]]) -> dict[str, float]:
    return {count.key: count.amount for count, _ in units if count.measured}


def _states(stack: Stack) -> int:
    client = stack.client("stepfunctions")
    started = client.list_executions(stateMachineArn=stack.outputs["StateMachineArn"])
    (arn,) = (x["executionArn"] for x in started["executions"] if x["name"] == WORKFLOW_ID)
    history = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    return sum(each["type"].endswith("StateEntered") for each in history)
