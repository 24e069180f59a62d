"""Functions with an environment, AWS inside this process, and no network at all."""

import io
import json
import os
import socket
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NoReturn

import boto3
import pytest

# moto hooks into botocore when it is imported: before any client is made.
from moto import mock_aws
from moto.backends import get_backend

# Read when a function is imported, so they are set before any test module is.
os.environ |= {
    "VERSION": "1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE_NAME": "galley-workflows",
    "BUCKET_NAME": "galley-artifacts",
    "AGENT": "AGENT00001/ALIAS00001",
    "AGENT_VERSION": "2026-11-01T00:00:00Z",
    "AGENT_MODEL": "us.vendor.model",
    "AGENT_TOOLS": "writer-actions.find_passages=arn:aws:lambda:us-east-1:000000000042:function:w",
    "AGENT_MODEL_SETTINGS": '{"maxTokens": 8192}',
    "AGENT_READ_TIMEOUT_SECONDS": "250",
    "DEFAULT_BUDGET_USD": "0",
    "TENANT_MONTHLY_BUDGET_USD": "0",
    "SEARCH_CACHE_SECONDS": "3600",
    "MINIMUM_SOURCES": "1",
    "KNOWLEDGE_BASE_ID": "KB00000001",
    "WEB_SOURCES": "tavily,wikipedia//blocked.example",
    "WEB_PROVIDERS": "tavily,wikipedia",
    "WEB_KEYS_ARN": "galley-web-keys",
    "WEB_CONTACT": "robots@example.com",
    "WEB_ALLOWED_DOMAINS": "",
    "WEB_BLOCKED_DOMAINS": "blocked.example",
    "APPROVAL_TIMEOUT_SECONDS": "604800",
    "APPROVAL_URL": "https://approvals.example.com/",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000042:stateMachine:galley-research",
    "OUTBOX_ARN": "arn:aws:states:us-east-1:000000000042:stateMachine:galley-outbox",
    "SIGNING_KEY_ARN": "galley-signing-key",
    "TASK_TOKEN_KEY_ARN": "alias/galley-task-tokens",
    "LINK_SECONDS": "604800",
    "POOL_ID": "us-east-1_Reviewers",
    "POOL_CLIENT_ID": "1example23456789",
    "POOL_DOMAIN": "https://example.auth.us-east-1.amazoncognito.com",
    "POWERTOOLS_SERVICE_NAME": "galley",
    "POWERTOOLS_TRACE_DISABLED": "true",
}

from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.requests import Request
from galley.workflows import Workflows, table_named

from tests.unit.fakes import SIGNING_KEY, FakeStepFunctions, a_context, load_event

Lines = Callable[[], list[dict[str, Any]]]

ACCOUNT = "000000000042"

client = cache(boto3.client)  # making one takes longer than most tests


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection fail, so that a unit test cannot reach anything."""

    def refuse(_socket: socket.socket, address: Any) -> NoReturn:
        raise AssertionError(f"a unit test tried to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """
    Give an empty AWS inside this process: bucket, table, signing key and approvals topic.

    It is an account of its own that is emptied afterwards: moto's services are global, and a
    laptop stack of other tests may be running in this process.
    """
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    mock = mock_aws()
    mock.start(reset=False)
    s3_client().create_bucket(Bucket=os.environ["BUCKET_NAME"])
    client("dynamodb").create_table(
        TableName=os.environ["TABLE_NAME"],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "open", "AttributeType": "S"},
            {"AttributeName": "started_at", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "open",
                "KeySchema": [
                    {"AttributeName": "open", "KeyType": "HASH"},
                    {"AttributeName": "started_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    client("secretsmanager").create_secret(
        Name=os.environ["SIGNING_KEY_ARN"], SecretString=SIGNING_KEY.secret.decode()
    )
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("kms").create_alias(AliasName=os.environ["TASK_TOKEN_KEY_ARN"], TargetKeyId=key)
    yield
    for service in ("s3", "dynamodb", "secretsmanager", "kms", "sqs"):
        for backend in get_backend(service)[ACCOUNT].values():
            backend.reset()
    mock.stop(remove_data=False)


@pytest.fixture
def artifacts(aws: None) -> Artifacts:
    """Give the bucket that the functions work on, empty."""
    return Artifacts(os.environ["BUCKET_NAME"], s3_client())


@pytest.fixture
def workflows(aws: None) -> Workflows:
    """Give the table that the functions work on, empty."""
    return Workflows(table_named(os.environ["TABLE_NAME"]))


@pytest.fixture
def registered(workflows: Workflows) -> Workflows:
    """Give a table with the workflow's record."""
    execution = load_event("register_workflow")["execution"]
    request = Request.from_event(load_event("research"), workflow_id=execution["name"])
    workflows.register(request, execution)
    return workflows


@pytest.fixture
def all_items(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """Give a way to read the whole table, to see that something changed nothing."""
    return lambda: table_named(os.environ["TABLE_NAME"]).scan()["Items"]


@pytest.fixture
def step_functions(monkeypatch: pytest.MonkeyPatch) -> FakeStepFunctions:
    """Give the Step Functions that decisions are sent to."""
    fake = FakeStepFunctions()
    monkeypatch.setattr("galley.approval.approvals.step_functions", lambda: fake)
    return fake


@pytest.fixture
def context() -> Any:
    """Give what Lambda passes beside the event."""
    return a_context()


@pytest.fixture
def all_lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Give a way to read what has been logged, line by line."""
    telemetry.logger.clear_state()
    stream = io.StringIO()
    monkeypatch.setattr(telemetry.logger.registered_handler, "stream", stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def log_lines(all_lines: Lines) -> Lines:
    """Give a way to read what has been logged, without what each invocation has used."""
    return lambda: [line for line in all_lines() if "used" not in line]


@pytest.fixture
def used(all_lines: Lines) -> Lines:
    """Give a way to read what each invocation has used."""
    return lambda: [line["used"] for line in all_lines() if "used" in line]
