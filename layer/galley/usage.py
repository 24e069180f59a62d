"""
What an invocation uses, counted where it is used and logged in one line at its end.

botocore says of each request that it makes, second attempts too, which are billed as well; DynamoDB
says itself how many units a call took. `galley cost` reads the lines by workflow.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import boto3

MESSAGE = "used"  # of the line, by which it is found

# Those that are called, of one table each; others take no such parameter, or answer with a list.
_UNITS = {
    "GetItem": "read_units",
    "Query": "read_units",
    "PutItem": "write_units",
    "UpdateItem": "write_units",
    "DeleteItem": "write_units",
}
_REFUSED = "ConditionalCheckFailedException"

_counts: Counter[str] = Counter()
_units: dict[str, float] = {}
_imported = time.monotonic()
_init_seconds: list[float] = []  # of the environment, until a line has told it


def watch() -> None:
    """Count the calls of every client that is made from now on."""
    if boto3.DEFAULT_SESSION is None:
        boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    takes: dict[str, Callable[..., None]] = {"request-created": _count}
    for operation in _UNITS:
        takes[f"before-parameter-build.dynamodb.{operation}"] = _ask_for_units
        takes[f"after-call.dynamodb.{operation}"] = _add_units
    for event, take in takes.items():
        session.events.register(event, take, unique_id=f"galley.usage.{event}")


def ready() -> None:
    """Note that a cold start's imports are done."""
    _init_seconds[:] = [time.monotonic() - _imported]


def count(what: str) -> None:
    """Count something that no single AWS call tells, such as a letter."""
    _counts[what] += 1


def begin() -> float:
    """Begin to count anew, for one invocation; return when that was."""
    _counts.clear()
    _units.clear()
    return time.monotonic()


def since(began: float, event: Any, context: Any) -> dict[str, Any]:
    """Return what an invocation has used; its seconds are those of the handler."""
    used: dict[str, Any] = {
        "function": context.function_name,
        "memory_mb": int(context.memory_limit_in_mb),
        "seconds": round(time.monotonic() - began, 3),
        "calls": dict(_counts),
        **{name: round(units, 1) for name, units in _units.items()},
    }
    if _init_seconds:
        used["init_seconds"] = round(_init_seconds.pop(), 3)
    if isinstance(event, Mapping) and isinstance(event.get("routeKey"), str):
        used["route"] = event["routeKey"]  # the HTTP API bills its calls, too
    return used


def _count(event_name: str, **_: Any) -> None:
    _counts[event_name.partition(".")[2]] += 1


def _ask_for_units(params: dict[str, Any], **_: Any) -> None:
    params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _add_units(event_name: str, parsed: Mapping[str, Any], **_: Any) -> None:
    consumed = parsed.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
    if parsed.get("Error", {}).get("Code") == _REFUSED:
        consumed = 1.0  # at least, and of an error DynamoDB does not say more
    name = _UNITS[event_name.rpartition(".")[2]]
    _units[name] = _units.get(name, 0.0) + consumed
