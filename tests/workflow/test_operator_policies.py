"""The policies that docs/policies has for operators: enough for every command, and no more."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from galley_local.iam.calls import Signed, call_of
from galley_local.iam.policies import Call, Statement, statements_of
from galley_local.stack import Stack
from tests.unit.fakes import ROOT
from tests.workflow.conftest import ScriptedMind
from tests.workflow.test_operating import Operator, started

ACCOUNT, REGION = "123456789012", "us-east-1"


class Spy:
    """Stands before the gate and notes which calls an operator makes, as IAM sees them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._gate: Any = stack._application.gate
        self.calls: set[Call] = set()

    def admit(self, request: Request, signed: Signed, services: Any) -> Any:
        """Note a call, and admit it as the gate does."""
        if signed.access_key == "operator":
            self.calls.add(self._call(request, signed))
            request.environ["wsgi.input"] = io.BytesIO(request.get_data())  # read once more
        return self._gate.admit(request, signed, services)

    def _call(self, request: Request, signed: Signed) -> Call:
        account, outputs = self._stack.deployment.account, self._stack.outputs
        if signed.service == "cloudformation":
            stack = account.arn("cloudformation", REGION, "stack/galley/0a1b")
            return Call("cloudformation:DescribeStacks", stack)
        action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if signed.service == "logs":
            group = account.arn("logs", REGION, f"log-group:{outputs['LogGroupName']}")
            return Call(f"logs:{action}", f"{group}:log-stream:")
        if action == "BatchGetItem":
            (table,) = json.loads(request.get_data(cache=True))["RequestItems"]
            return Call(f"dynamodb:{action}", account.arn("dynamodb", REGION, f"table/{table}"))
        call = call_of(request, signed, account)
        return Call(call.action, call.resource)


def policy(name: str) -> list[Statement]:
    """Return the statements of a policy, with the names of the laptop's stack."""
    text = (ROOT / "docs" / "policies" / f"{name}.json").read_text("utf-8")
    for word, value in {"REGION": REGION, "ACCOUNT": ACCOUNT, "STACK": "galley"}.items():
        text = text.replace(word, value)
    return statements_of(text)


def denied(calls: set[Call], statements: list[Statement]) -> list[str]:
    """Return what no statement allows."""
    return sorted(
        f"{call.action} on {call.resource}"
        for call in calls
        if not any(each.allows(call) for each in statements)
    )


def test_operators_need_what_the_policies_give_and_nothing_else(
    stack: Stack, mind: ScriptedMind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, spy = Operator(stack, tmp_path), Spy(stack)
    workflow = started(operator, "permitted")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    monkeypatch.setattr(stack._application, "gate", spy)

    operator.types("approve", workflow, "--yes")
    operator.types("watch", workflow)
    for words in (["list"], ["list", "--tenant", workflow], ["list", "--status", "waiting"]):
        operator.types(*words)
    operator.types("show", workflow)
    operator.types("report", workflow, "--out", str(tmp_path))
    operator.types("logs", workflow)
    reading = set(spy.calls)
    operator.types("events", workflow)
    other = started(operator, "ended")
    operator.waits_for(other, "WAITING_FOR_APPROVAL")
    operator.types("cancel", other, "--yes")
    operator.waits_for(other, "ABORTED")
    operator.types("redrive", other, "--yes")
    operator.waits_for(other, "WAITING_FOR_APPROVAL")
    operator.types("cancel", other, "--yes")

    read_only, acting = policy("read-only"), policy("operator")
    assert denied(reading, read_only) == []
    assert denied(spy.calls, [*read_only, *acting]) == []
    small = [part for each in [*read_only, *acting] for part in each.single()]
    unused = [each for each in small if not any(each.allows(call) for call in spy.calls)]
    assert [(each.sid, each.actions) for each in unused] == []
