"""What an invocation has used: each request that botocore makes, and what DynamoDB says it took."""

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from galley import telemetry, usage
from galley.artifacts import Artifacts
from galley.aws import STORAGE
from galley.errors import AgentReplyError
from galley.mail.outbox import Outbox
from galley.workflows import Workflows

from tests.unit.conftest import Lines
from tests.unit.fakes import SCOPE

IDS = {"workflow_id": "lighthouses-1", "tenant": "press"}


def invoke(does: Callable[[], Any], context: Any, event: dict[str, Any] | None = None) -> None:
    """Have a handler do something."""

    @telemetry.handler
    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        does()
        return {}

    lambda_handler(IDS if event is None else event, context)


@pytest.fixture
def watched(aws: None) -> None:
    """Watch clients that are made from now on, as a function does when it is imported."""
    usage.watch()


@pytest.fixture
def artifacts(watched: None) -> Artifacts:
    """Give the bucket, by a client that is watched."""
    return Artifacts(os.environ["BUCKET_NAME"], boto3.client("s3"))


def the_table() -> Any:
    """Return the table, by a client that is made now."""
    return boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def test_the_calls_of_an_invocation_are_counted(
    artifacts: Artifacts, context: Any, used: Lines
) -> None:
    def work() -> None:
        artifacts.keep_first("press/lighthouses-1/drafts/1.md", "# A draft")
        artifacts.read_bytes("press/lighthouses-1/drafts/1.md")
        artifacts.find_bytes("press/lighthouses-1/drafts/2.md")

    invoke(work, context)

    (line,) = used()
    assert line["calls"] == {"s3.PutObject": 1, "s3.GetObject": 2}
    assert line["function"] == "galley-function"
    assert line["memory_mb"] == 512
    assert 0 <= line["seconds"] < 10


def test_units_are_what_dynamodb_says(watched: None, context: Any, used: Lines) -> None:
    workflows = Workflows(the_table())

    invoke(lambda: workflows.find("no-such-workflow"), context)

    (line,) = used()
    assert line["calls"] == {"dynamodb.GetItem": 1}
    assert line["read_units"] == 0.5  # what moto says of every read
    assert "write_units" not in line


def test_a_write_that_its_condition_refuses_takes_a_unit(
    watched: None, context: Any, used: Lines
) -> None:
    table = the_table()

    def write_twice() -> None:
        for _ in range(2):
            table.put_item(
                Item={"pk": "WORKFLOW#a", "sk": "META"},
                ConditionExpression="attribute_not_exists(pk)",
            )

    with pytest.raises(table.meta.client.exceptions.ConditionalCheckFailedException):
        invoke(write_twice, context)

    assert used()[0]["write_units"] == 2


def test_calls_that_tell_units_otherwise_or_not_at_all_are_counted_and_left_alone(
    watched: None, context: Any, used: Lines
) -> None:
    table = the_table()
    client, key = table.meta.client, {"pk": "WORKFLOW#a", "sk": "META"}

    def work() -> None:
        client.describe_table(TableName=table.name)
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": table.name, "Item": key}}],
            ReturnConsumedCapacity="TOTAL",
        )
        client.batch_get_item(
            RequestItems={table.name: {"Keys": [key]}}, ReturnConsumedCapacity="TOTAL"
        )
        table.delete_item(Key=key)

    invoke(work, context)

    (line,) = used()
    operations = ("DescribeTable", "TransactWriteItems", "BatchGetItem", "DeleteItem")
    assert line["calls"] == {f"dynamodb.{each}": 1 for each in operations}
    assert "read_units" not in line
    assert line["write_units"] > 0


def test_each_attempt_of_a_call_is_counted(
    watched: None, context: Any, used: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = boto3.client("s3", config=STORAGE)
    answers = [503, 200]

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw = SimpleNamespace(stream=lambda *_, **__: iter(()), release_conn=lambda: None)
        return AWSResponse(request.url, answers.pop(0), HTTPHeaders(), raw)

    client.meta.events.register_first("before-send.s3", answer)
    monkeypatch.setattr("time.sleep", lambda _: None)

    invoke(lambda: client.head_bucket(Bucket="bucket"), context)

    assert used()[0]["calls"] == {"s3.HeadBucket": 2}


def test_an_invocation_that_fails_says_what_it_has_used(
    artifacts: Artifacts, context: Any, used: Lines
) -> None:
    def fail() -> None:
        artifacts.find_bytes("press/lighthouses-1/drafts/1.md")
        raise AgentReplyError("no JSON")

    with pytest.raises(AgentReplyError):
        invoke(fail, context)

    assert used()[0]["calls"] == {"s3.GetObject": 1}


def test_the_line_says_for_which_workflow_and_version_it_is(context: Any, all_lines: Lines) -> None:
    invoke(lambda: None, context)

    line = all_lines()[-1]
    expected = ("used", "lighthouses-1", "press", "1")
    assert expected == tuple(line[name] for name in ("message", "workflow_id", "tenant", "version"))


def test_a_cold_start_is_told_once(context: Any, used: Lines) -> None:
    @telemetry.handler
    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return {}

    for _ in range(2):
        lambda_handler(IDS, context)

    assert ["init_seconds" in line for line in used()] == [True, False]


def test_a_call_of_the_api_says_its_route_and_no_address(context: Any, used: Lines) -> None:
    event = {
        "routeKey": "GET /approvals/{workflow_id}/{round}",
        "rawPath": "/approvals/lighthouses-1/1",
        "rawQueryString": "signature=secret",
    }
    invoke(lambda: None, context, event)

    (line,) = used()
    assert line["route"] == "GET /approvals/{workflow_id}/{round}"
    assert "secret" not in repr(line)


@pytest.mark.parametrize("event", [[], None, "an event", {"routeKey": 7}], ids=repr)
def test_any_event_has_a_line(event: Any, context: Any, used: Lines) -> None:
    @telemetry.handler
    def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return {}

    lambda_handler(event, context)

    assert "route" not in used()[0]


def test_letters_and_events_are_counted_where_they_leave(
    context: Any, used: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FakeClient:
        def start_execution(self, **_: Any) -> None:
            pass

    monkeypatch.setattr("galley.mail.outbox.step_functions", FakeClient)
    outbox = Outbox(os.environ["OUTBOX_ARN"])

    invoke(lambda: outbox.announce("Attention needed", {}, SCOPE.workflow_id, "a"), context)

    assert used()[0]["calls"] == {"outbox.event": 1}
