"""Reads what a workflow has left of its use: record, history, log lines, agent calls, objects."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError
from galley.usage import MESSAGE

from galley_cli.aws_words import AWS_ERRORS, in_words
from galley_cli.target import Target, TargetError

EVENT_BYTES = 26  # that CloudWatch Logs adds to each line
MARGIN = timedelta(minutes=1)  # between two clocks
AFTERWARDS = timedelta(days=1)  # in which reports are read, and letters go out


_ENDS = {
    f"Execution{how}" for how in ("Succeeded", "Failed", "Aborted", "TimedOut")
}  # of what happens in an execution, the last


@dataclass(frozen=True)
class Line:
    """A log line of the workflow: when, how long, and what its invocation has used if it says."""

    at: int  # milliseconds
    size: int  # bytes, as they are billed
    used: Mapping[str, Any] | None


@dataclass(frozen=True)
class Run:
    """What a workflow has left."""

    workflow_id: str
    tenant: str
    status: str
    history: list[dict[str, Any]]
    lines: list[Line]
    calls: list[dict[str, Any]]  # of agents, from the ledger
    stored_bytes: int  # of objects
    record_bytes: int = 0  # of items in the table
    is_laptop: bool = False
    notes: list[str] = field(default_factory=list)


def read_run(target: Target, workflow_id: str) -> Run:
    """Return what a workflow has left; raises `TargetError` that says what to do."""
    try:
        return _read(target, workflow_id)
    except AWS_ERRORS as error:
        raise TargetError(in_words(error, target.access)) from error


def _read(target: Target, workflow_id: str) -> Run:
    items = list(_items(target, f"WORKFLOW#{workflow_id}"))
    record = next((each for each in items if each["sk"] == "META"), None)
    if record is None:
        raise TargetError(
            f"there is no workflow {workflow_id}: `galley list` names those that there are"
        )
    ledger = list(_items(target, f"LEDGER#{workflow_id}"))
    notes: list[str] = []
    history = _history(target, record["execution"], notes)
    started = datetime.fromisoformat(str(record["started_at"]))
    lines = [
        line
        for said, line in lines_with(target, workflow_id, started, _until(history))
        if said.get("workflow_id") == workflow_id  # its id may stand in another's
    ]
    if not any(line.used for line in lines):
        notes.append(
            "no line says what an invocation has used: the log's retention is over, the release is "
            "an older one, or POWERTOOLS_LOG_LEVEL is above INFO; only transitions and agents count"
        )
    return Run(
        workflow_id=workflow_id,
        tenant=str(record["tenant"]),
        status=str(record["status"]),
        history=history,
        lines=lines,
        calls=[each for each in ledger if each["sk"].startswith("COST#")],
        stored_bytes=_stored(target, f"{record['tenant']}/{workflow_id}/"),
        record_bytes=sum(len(json.dumps(each, default=str)) for each in [*items, *ledger]),
        is_laptop=target.is_laptop,
        notes=notes,
    )


def _items(target: Target, pk: str) -> Iterator[dict[str, Any]]:
    read = TypeDeserializer().deserialize
    pages = target.client("dynamodb").get_paginator("query")
    for page in pages.paginate(
        TableName=target.output("TableName"),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
    ):
        for item in page["Items"]:
            yield {name: read(value) for name, value in item.items()}


def _history(target: Target, execution: str, notes: list[str]) -> list[dict[str, Any]]:
    pages = target.client("stepfunctions").get_paginator("get_execution_history")
    try:
        asked = {"executionArn": execution, "PaginationConfig": {"PageSize": 1000}}
        return [event for page in pages.paginate(**asked) for event in page["events"]]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        notes.append("Step Functions has forgotten the execution: its transitions do not count")
        return []


def _until(history: list[dict[str, Any]]) -> datetime | None:
    """Return until when an execution has lines that count; None where it goes on."""
    if not history or history[-1]["type"] not in _ENDS:
        return None
    ended: datetime = history[-1]["timestamp"]
    return ended + AFTERWARDS


def lines_with(
    target: Target, words: str, since: datetime, until: datetime | None = None
) -> Iterator[tuple[dict[str, Any], Line]]:
    """Yield the log records of a time that have some words in them, each with its line."""
    pages = target.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(
        logGroupName=target.output("LogGroupName"),
        startTime=_milliseconds(since - MARGIN),
        filterPattern=json.dumps(words),
        **({"endTime": _milliseconds(until)} if until else {}),
    ):
        for event in page["events"]:
            record = _record(event["message"])
            used = record["used"] if record.get("message") == MESSAGE else None
            size = len(event["message"].encode("utf-8")) + EVENT_BYTES
            yield record, Line(int(event["timestamp"]), size, used)


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def _record(message: str) -> dict[str, Any]:
    try:
        record = json.loads(message)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _stored(target: Target, prefix: str) -> int:
    pages = target.client("s3").get_paginator("list_objects_v2")
    asked = {"Bucket": target.output("ArtifactsBucket"), "Prefix": prefix}
    return sum(
        each["Size"] for page in pages.paginate(**asked) for each in page.get("Contents", [])
    )
