"""What a workflow has kept in the stack's bucket and table: read, and removed to be made again."""

import re
from typing import Any

from galley_local.stack import Stack

# Of an agent's call: how long it took, and by which number its service knows it.
OF_THE_CALL = re.compile(rb'"seconds": [0-9.]+|"trace_id": "[^"]*"')
# Among them a task token, which is sealed anew, and what a workflow gains or loses later.
OTHER_EACH_TIME = ("open", "outcome", "status", "task_token", "told_at", "ttl", "votes")


class Kept:
    """What one workflow keeps; objects go by their keys in it, items by their sort keys."""

    def __init__(self, stack: Stack, tenant: str, workflow_id: str) -> None:
        self._s3 = stack.client("s3")
        self._dynamodb = stack.client("dynamodb")
        self._bucket = stack.outputs["ArtifactsBucket"]
        self._table = stack.outputs["TableName"]
        self._folder = f"{tenant}/{workflow_id}/"
        self._workflow_id = workflow_id

    def objects(self, *beginnings: str) -> dict[str, bytes]:
        """Return the objects whose keys begin so, without what is another at each call."""
        return {
            key: OF_THE_CALL.sub(
                b"", self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            )
            for beginning in beginnings
            for key in self._keys(beginning)
        }

    def items(self, *sort_keys: str) -> dict[str, dict[str, Any]]:
        """Return the items of these sort keys, without what is another each time."""
        return {
            item["sk"]["S"]: {
                name: value for name, value in item.items() if name not in OTHER_EACH_TIME
            }
            for item in self._scanned(sort_keys)
        }

    def audit(self) -> list[str]:
        """Return what was done at the human gate, in order."""
        found = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"AUDIT#{self._workflow_id}"}},
        )
        return [item["did"]["S"] for item in found["Items"]]

    def remove(self, *names: str) -> None:
        """Remove the objects whose keys begin so, and the items of these sort keys."""
        for name in names:
            for key in self._keys(name):
                self._s3.delete_object(Bucket=self._bucket, Key=key)
        for item in self._scanned(names):
            self._dynamodb.delete_item(
                TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]}
            )

    def forget(self, sort_key: str, *attributes: str) -> None:
        """Remove attributes of an item."""
        (item,) = self._scanned((sort_key,))
        left = {name: value for name, value in item.items() if name not in attributes}
        self._dynamodb.put_item(TableName=self._table, Item=left)

    def _read(self, key: str) -> bytes:
        found = self._s3.get_object(Bucket=self._bucket, Key=key)
        return bytes(found["Body"].read())

    def _keys(self, beginning: str) -> list[str]:
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._folder + beginning)
        return [each["Key"] for each in found.get("Contents", [])]

    def _scanned(self, sort_keys: tuple[str, ...]) -> list[Any]:
        return [
            item
            for item in self._dynamodb.scan(TableName=self._table)["Items"]
            if item["sk"]["S"] in sort_keys
            and item.get("workflow_id", {}).get("S") == self._workflow_id
        ]
