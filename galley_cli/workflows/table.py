"""What the table says of workflows, with names instead of types."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from galley_cli.target import Target

MOST_IN_A_BATCH = 100  # DynamoDB's own limit

Item = dict[str, Any]

_READ, _WRITE = TypeDeserializer(), TypeSerializer()


class Table:
    """The workflows table of a stack; nothing is written."""

    def __init__(self, target: Target) -> None:
        self._name = target.output("TableName")
        self._client = target.client("dynamodb")

    def under(self, pk: str, fields: Sequence[str] = ()) -> list[Item]:
        """Return all items under a partition key, whole or only some of their fields."""
        more: dict[str, Any] = {"ConsistentRead": True}
        if fields:
            names = {f"#{each}": each for each in fields}
            more["ProjectionExpression"] = ", ".join(names)
            more["ExpressionAttributeNames"] = names
        return list(self.pages("pk = :pk", {":pk": pk}, **more))

    def record(self, workflow_id: str) -> Item | None:
        """Return a workflow's record, or None."""
        key = {"pk": {"S": f"WORKFLOW#{workflow_id}"}, "sk": {"S": "META"}}
        found = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True)
        return _plain(found["Item"]) if "Item" in found else None

    def records(self, workflow_ids: Sequence[str]) -> dict[str, Item]:
        """Return the records of workflows, by their ids."""
        found = {}
        for start in range(0, len(workflow_ids), MOST_IN_A_BATCH):
            ids = workflow_ids[start : start + MOST_IN_A_BATCH]
            keys = [{"pk": {"S": f"WORKFLOW#{each}"}, "sk": {"S": "META"}} for each in ids]
            asked: dict[str, Any] = {self._name: {"Keys": keys}}
            while asked:  # what is too much for one answer is asked again
                answer = self._client.batch_get_item(RequestItems=asked)
                items = map(_plain, answer["Responses"].get(self._name, []))
                found.update({each["workflow_id"]: each for each in items})
                asked = answer.get("UnprocessedKeys", {})
        return found

    def indexed(
        self, index: str, attribute: str, value: str, since: datetime | None
    ) -> Iterator[Item]:
        """Yield what an index has under a value, what began last first."""
        condition, values = "#attribute = :value", {":value": value}
        if since:
            condition += " AND started_at >= :since"
            values[":since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        names = {"#attribute": attribute}
        more: dict[str, Any] = {"IndexName": index, "ScanIndexForward": False}
        return self.pages(condition, values, ExpressionAttributeNames=names, **more)

    def pages(self, condition: str, values: Mapping[str, Any], **more: Any) -> Iterator[Item]:
        """Yield what a query finds, page by page as it is needed."""
        typed = {name: _WRITE.serialize(value) for name, value in values.items()}
        asked = {
            "TableName": self._name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": typed,
            **more,
        }
        while True:
            page = self._client.query(**asked)
            yield from map(_plain, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _plain(item: Mapping[str, Any]) -> Item:
    return {name: _READ.deserialize(value) for name, value in item.items()}
