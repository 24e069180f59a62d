"""
The capacity that calls of DynamoDB take, by AWS's rules; moto says the same of every call.

A write takes a unit per KB of the item, the larger of what was and what is there, and as many again
in each index that the item is in. A read takes a unit per 4 KB, half of one unless consistent.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from werkzeug.wrappers import Request, Response

from galley_local.clients import ACCOUNT_ID, REGION

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Item = Mapping[str, Mapping[str, Any]]
Index = tuple[str, ...]  # the attributes that an item must have to be in it

TARGET = "DynamoDB_20120810."
READ_BYTES, WRITE_BYTES = 4096, 1024
_READS = {"GetItem", "Query"}
_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


def is_asked_for(request: Request) -> bool:
    """Tell whether a call asks how much it takes."""
    operation = request.headers.get("X-Amz-Target", "").removeprefix(TARGET)
    return operation in _READS | _WRITES and b'"ReturnConsumedCapacity"' in _data_of(request)


def said(request: Request, services: Wsgi) -> Response:
    """Return what the services answer, with how much the call took."""
    asked = json.loads(_data_of(request))
    operation = request.headers["X-Amz-Target"].removeprefix(TARGET)
    before = _item(asked) if operation in _WRITES else None
    response = Response.from_app(services, request.environ)
    answer = json.loads(response.get_data() or b"{}")
    if "ConsumedCapacity" not in answer:  # refused
        return response
    if operation in _WRITES:
        units = write_units(before, _item(asked), _indexes(asked["TableName"]))
    else:
        found = answer.get("Items", [answer["Item"]] if "Item" in answer else [])
        units = read_units(found, is_consistent=asked.get("ConsistentRead", False))
    answer["ConsumedCapacity"]["CapacityUnits"] = units
    response.set_data(json.dumps(answer))
    response.headers.pop("x-amz-crc32", None)  # of what moto said
    return response


def read_units(items: Iterable[Item], *, is_consistent: bool) -> float:
    """Return what reading items in one call takes; what is not there is read, too."""
    blocks = max(1, -(-sum(map(size_of, items)) // READ_BYTES))
    return blocks * (1.0 if is_consistent else 0.5)


def write_units(before: Item | None, after: Item | None, indexes: Iterable[Index]) -> float:
    """Return what one write takes, in the table and in its indexes."""
    units = max(_blocks(before), _blocks(after), 1)
    for index in indexes:
        old, new = _within(before, index), _within(after, index)
        moved = old and new and any(old[name] != new[name] for name in index)
        # what moves within an index is deleted there and put there
        units += _blocks(old) + _blocks(new) if moved else max(_blocks(old), _blocks(new))
    return float(units)


def size_of(item: Item) -> int:
    """Return an item's bytes as DynamoDB counts them: its names and its values."""
    return sum(len(name.encode()) + DynamoType(dict(value)).size() for name, value in item.items())


def _blocks(item: Item | None) -> int:
    return -(-size_of(item) // WRITE_BYTES) if item else 0


def _within(item: Item | None, index: Index) -> Item | None:
    return item if item and all(name in item for name in index) else None


def _indexes(table: str) -> list[Index]:
    known = _backend().get_table(table).global_indexes
    return [tuple(key["AttributeName"] for key in index.schema) for index in known]


def _item(asked: Mapping[str, Any]) -> Item | None:
    backend = _backend()
    table = backend.get_table(asked["TableName"])
    given = asked.get("Key") or asked["Item"]
    key = {name: given[name] for name in (table.hash_key_attr, table.range_key_attr)}
    found = backend.get_item(asked["TableName"], key)
    return dict(found.to_json()["Attributes"]) if found else None


def _backend() -> Any:
    return dynamodb_backends[ACCOUNT_ID][REGION]


def _data_of(request: Request) -> bytes:
    data = request.get_data()
    request.environ["wsgi.input"] = io.BytesIO(data)  # whoever comes next reads it, too
    return data
