"""Several workflows at once: a sample of the load, and that it notices what it must."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from galley_local.extractive import UseTool
from galley_local.iam.calls import Account, Signed
from galley_local.load.mind import MarkedMind
from galley_local.load.run import Caps, Figures, Load, stations
from galley_local.load.watch import WatchedGate
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

ACCOUNT = Account("123456789012", "arn:aws:states:us-east-1:123456789012:stateMachine:research")
EVENT = {"tenant": "tenant-1", "workflow_id": "tenant-1_0001"}


class ForgetfulMind(MarkedMind):
    """Writes into one workflow's draft what it has read in another's."""

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return the reply of a role, that of one workflow with another's marker."""
        reply = super().answer(role, prompt, use_tool)
        return reply.replace("marker-0001", "marker-0000", 1) if role == "writer" else reply


def loaded(
    mind: MarkedMind, caps: Caps, workflows: int, parameters: Mapping[str, str], agent_calls: int
) -> Figures:
    """Return the figures of workflows that run at once on a stack of their own."""
    with Stack(stations(), mind=mind, parameters=parameters) as stack:
        stack.throttle(agent_calls)
        with interpreter.waits_times(0.05):
            load = Load(stack, mind, 3, caps)
            load.longest_seconds = 240
            return load.run(workflows, 4)


def test_workflows_at_once_all_end_and_keep_apart_while_bedrock_throttles() -> None:
    parameters = {"SummaryConcurrency": "3", "ReservedSummaryConcurrency": "5"}

    figures = loaded(MarkedMind(0.1), Caps(3, 5), 12, parameters, agent_calls=2)

    assert figures.is_right, figures
    assert figures.throttled_agent_calls > 0
    assert figures.refused_invocations > 0
    assert figures.storage_calls > 12 * 50


def test_a_mix_up_and_a_missing_cap_are_found_out() -> None:
    figures = loaded(ForgetfulMind(1), Caps(4, 2), 2, {"SummaryConcurrency": "4"}, agent_calls=20)

    assert figures.published == 2
    assert figures.is_over
    assert {key.rpartition("/")[2] for key in figures.mixed} >= {"1.md", "report.md", "report.html"}
    assert all("tenant-1_0001" in each for each in figures.mixed)
    assert not figures.is_right


def test_keys_of_others_are_found_out() -> None:
    watched = WatchedGate(Doorman(), ACCOUNT, {7: EVENT})  # type: ignore[arg-type]

    for key in (
        "tenant-1/tenant-1_0001/sources/1.json",
        "corpus/a.md",
        "tenant-1/tenant-1_0002/sources/1.json",
        "tenant-2/tenant-1_0001/sources/1.json",
    ):
        watched.admit(request(f"/bucket/{key}"), Signed("key", "us-east-1", "s3"), Response())
    watched.admit(request("/bucket"), Signed("key", "us-east-1", "s3"), Response())
    for asked in (
        {"Key": {"pk": {"S": "WORKFLOW#tenant-1_0001"}}},
        {"Key": {"pk": {"S": "WORKFLOW#tenant-1_0002"}}},
        {"Key": {"pk": {"S": "REVIEWER#tenant-1_0002@example.com"}}},
        {},
    ):
        watched.admit(request("/", asked), Signed("key", "us-east-1", "dynamodb"), Response())

    assert watched.calls == 9
    assert [each.rpartition(" ")[2] for each in watched.strays] == [
        "tenant-1/tenant-1_0002/sources/1.json",
        "tenant-2/tenant-1_0001/sources/1.json",
        "",
        "WORKFLOW#tenant-1_0002",
        "REVIEWER#tenant-1_0002@example.com",
        "everything",
    ]


class Doorman:
    """A gate that admits everyone."""

    def admit(self, _request: Request, _signed: Signed, services: Response) -> Response:
        """Return what answers."""
        return services


def request(path: str, asked: dict[str, Any] | None = None) -> Request:
    """Return a request of the worker that is at work on the event."""
    headers = [
        ("User-Agent", "Boto3/1 app/worker-7"),
        ("X-Amz-Target", "DynamoDB_20120810.UpdateItem"),
    ]
    data = json.dumps({"TableName": "table", **(asked or {})})
    return Request(EnvironBuilder(path, headers=headers, data=data).get_environ())
