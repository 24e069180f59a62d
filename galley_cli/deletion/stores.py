"""Deleting from the bucket, versions and delete markers too, and from the table."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from galley_cli.target import Target, TargetError

IN_ONE_CALL = 25  # BatchWriteItem's own limit
MOST_TRIES = 10

Object = dict[str, str]


class Bucket:
    """The artifacts of a stack, every version of them."""

    def __init__(self, target: Target) -> None:
        self._name = target.output("ArtifactsBucket")
        self._s3 = target.client("s3")

    def versions(self, prefix: str) -> Iterator[list[Object]]:
        """Yield what lies under a prefix, page by page: versions and delete markers."""
        pages = self._s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._name, Prefix=prefix):
            there = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if there:
                yield [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in there]

    def delete(self, objects: Sequence[Object]) -> int:
        """Delete versions for good and return how many."""
        request = {"Objects": list(objects), "Quiet": True}
        answer = self._s3.delete_objects(Bucket=self._name, Delete=request)
        if errors := answer.get("Errors"):
            first = errors[0]
            raise TargetError(
                f"{len(errors)} objects could not be deleted, the first of them {first['Key']}: "
                f"{first.get('Code')}; once the cause is mended, run this again: it goes on"
            )
        return len(objects)


class Table:
    """The table of a stack."""

    def __init__(self, target: Target) -> None:
        self.name = target.output("TableName")
        self.dynamodb = target.client("dynamodb")

    def under(self, pk: str) -> list[dict[str, Any]]:
        """Return the items under a partition key, as DynamoDB writes them."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]

    def delete(self, keys: Sequence[dict[str, str]]) -> int:
        """Delete items and return how many; one that is gone already is no fault."""
        for start in range(0, len(keys), IN_ONE_CALL):
            some = keys[start : start + IN_ONE_CALL]
            left = {self.name: [{"DeleteRequest": {"Key": typed(key)}} for key in some]}
            for attempt in count(1):
                left = self.dynamodb.batch_write_item(RequestItems=left)["UnprocessedItems"]
                if not left:
                    break
                if attempt == MOST_TRIES:
                    raise TargetError("DynamoDB asks to slow down: run this again: it goes on")
        return len(keys)


def typed(item: dict[str, str]) -> dict[str, Any]:
    """Return texts as DynamoDB writes them."""
    return {name: {"S": text} for name, text in item.items()}
