"""The policies that docs/policies has for operators: enough for every command, and no more."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request

from galley_local.iam.calls import Signed, call_of
from galley_local.iam.policies import Call, Statement, statements_of
from galley_local.stack import Stack
from tests.unit.fakes import ROOT
from tests.workflow.conftest import ScriptedMind
from tests.workflow.test_commands import Operator, started

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
            self.calls.update(self._calls(request, signed))
            request.environ["wsgi.input"] = io.BytesIO(request.get_data())  # read once more
        return self._gate.admit(request, signed, services)

    def _calls(self, request: Request, signed: Signed) -> Iterator[Call]:
        account, outputs = self._stack.deployment.account, self._stack.outputs
        table = account.arn("dynamodb", REGION, f"table/{outputs['TableName']}")
        action = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if signed.service == "cloudformation":
            stack = account.arn("cloudformation", REGION, "stack/galley/0a1b")
            yield Call("cloudformation:DescribeStacks", stack)
        elif signed.service == "logs":
            group = account.arn("logs", REGION, f"log-group:{outputs['LogGroupName']}")
            yield Call(f"logs:{action}", f"{group}:log-stream:")
        elif action == "TransactWriteItems":  # which takes what its parts take
            for each in json.loads(request.get_data(cache=True))["TransactItems"]:
                (kind,) = each
                yield Call(f"dynamodb:{kind}Item", table)
        elif action in {"BatchGetItem", "BatchWriteItem"}:
            asked = json.loads(request.get_data(cache=True))["RequestItems"]
            assert [*asked] == [outputs["TableName"]]
            yield Call(f"dynamodb:{action}", table)
        elif signed.service == "s3" and "delete" in request.args:
            bucket = f"arn:aws:s3:::{outputs['ArtifactsBucket']}"
            for key in re.findall(r"<Key>(.*?)</Key>", request.get_data(as_text=True)):
                yield Call("s3:DeleteObject", f"{bucket}/{key}")
                yield Call("s3:DeleteObjectVersion", f"{bucket}/{key}")
        elif signed.service == "s3" and "versions" in request.args:
            yield Call("s3:ListBucketVersions", f"arn:aws:s3:::{outputs['ArtifactsBucket']}")
        else:
            call = call_of(request, signed, account)
            yield Call(call.action, call.resource)


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


def unused(calls: set[Call], statements: list[Statement]) -> list[tuple[str, Any]]:
    """Return what is allowed and was not needed, each action by itself."""
    single = [part for each in statements for part in each.single()]
    return [
        (each.sid, each.actions) for each in single if not any(each.allows(call) for call in calls)
    ]


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
    assert unused(spy.calls, [*read_only, *acting]) == []


def test_whoever_deletes_needs_what_the_policy_gives_and_nothing_else(
    stack: Stack, mind: ScriptedMind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, spy = Operator(stack, tmp_path), Spy(stack)
    workflow = started(operator, "deleted")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    operator.types("cancel", workflow, "--yes")
    operator.waits_for(workflow, "ABORTED")
    monkeypatch.setattr(stack._application, "gate", spy)

    operator.types("delete", "--workflow", workflow, "--yes")
    operator.types("delete", "--tenant", workflow, "--yes")
    operator.types("delete", "--before", "2020-01-01", "--yes")

    deleting = policy("delete")
    assert denied(spy.calls, deleting) == []
    assert unused(spy.calls, deleting) == []
