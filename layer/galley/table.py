"""Reading and writing the table; what AWS says of it becomes an error of ours."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from galley.aws import AWS_ERRORS, error_code, storage_error
from galley.errors import GalleyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_CONFLICT = "ConditionalCheckFailedException"


class ConflictError(Exception):
    """A conditional write found something else than it expects: `item`, if it asked for it."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        super().__init__("a conditional write found something else than it expects")
        self.item = item


class Records:
    """Items of the table, each under its key."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def _get(self, key: dict[str, str]) -> dict[str, Any] | None:
        try:
            return self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        except AWS_ERRORS as error:
            raise _failed(error) from error

    def _under(self, pk: str) -> Iterator[dict[str, Any]]:
        """Yield the items under a partition key."""
        return self._pages(KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": pk})

    def _indexed(self, index: str, value: str) -> Iterator[dict[str, Any]]:
        """Yield what an index holds under a value of the attribute that it is named after."""
        return self._pages(
            IndexName=index,
            KeyConditionExpression="#index = :value",
            ExpressionAttributeNames={"#index": index},
            ExpressionAttributeValues={":value": value},
        )

    def _pages(self, **asked: Any) -> Iterator[dict[str, Any]]:
        try:
            while True:
                page = self._table.query(**asked)
                yield from page["Items"]
                if "LastEvaluatedKey" not in page:
                    return
                asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        except AWS_ERRORS as error:
            raise _failed(error) from error

    def _update(  # noqa: PLR0913  # as many as DynamoDB's
        self,
        key: dict[str, str],
        attributes: Mapping[str, Any],
        condition: str,
        values: Mapping[str, Any] | None = None,
        *,
        names: tuple[str, ...] = (),
        forget: tuple[str, ...] = (),
    ) -> None:
        change = "SET " + ", ".join(f"#{name} = :{name}_" for name in attributes)
        if forget:
            change += " REMOVE " + ", ".join(f"#{name}" for name in forget)
        self._write(
            "update_item",
            Key=key,
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{each}": each for each in (*attributes, *names, *forget)},
            ExpressionAttributeValues={
                **{f":{name}_": value for name, value in attributes.items()},
                **(values or {}),
            },
        )

    def _write(self, operation: str, **arguments: Any) -> None:
        try:
            getattr(self._table, operation)(**arguments)
        except ClientError as error:
            if error_code(error) == _CONFLICT:
                response: dict[str, Any] = {**error.response}
                raise ConflictError(_plain(response.get("Item", {}))) from error
            raise _failed(error) from error
        except BotoCoreError as error:
            raise _failed(error) from error


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item of an error, in which boto3 leaves the types that DynamoDB writes."""
    from boto3.dynamodb.types import TypeDeserializer

    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}


def key_of(workflow_id: str, kind: str) -> dict[str, str]:
    """Return the key of one of a workflow's items."""
    return {"pk": f"WORKFLOW#{workflow_id}", "sk": kind}


def ledger_key(workflow_id: str, kind: str = "COST") -> dict[str, str]:
    """Return the key of a workflow's account, or of another item of its ledger."""
    return {"pk": f"LEDGER#{workflow_id}", "sk": kind}


def _failed(error: Exception) -> GalleyError:
    return storage_error("the workflows table could not be reached", error)
