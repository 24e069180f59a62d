"""Tables and buckets of the laptop are atomic, as AWS's are, though moto's are not."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from galley_local.stack import Stack

ROUNDS = 60
AT_ONCE = 4


@pytest.fixture(autouse=True)
def restless() -> Iterator[None]:
    """Have threads take turns as often as can be: the stack's are of this process."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def winners(write: Callable[[Any], Any], clients: list[Any]) -> int:
    """Return how many of several writes at the same moment succeed."""
    together = threading.Barrier(len(clients))

    def tried(client: Any) -> bool:
        together.wait()
        try:
            write(client)
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(len(clients)) as pool:
        return sum(pool.map(tried, clients))


def test_of_conditional_writes_one_succeeds(stack: Stack) -> None:
    table = stack.outputs["TableName"]
    clients = [stack.client("dynamodb") for _ in range(AT_ONCE)]
    for number in range(ROUNDS):
        item = {"pk": {"S": f"AT_ONCE#{number}"}, "sk": {"S": "META"}}

        def write(client: Any, item: dict[str, Any] = item) -> None:
            condition = "attribute_not_exists(pk)"
            client.put_item(TableName=table, Item=item, ConditionExpression=condition)

        assert winners(write, clients) == 1


def test_of_objects_written_once_one_is_kept(stack: Stack) -> None:
    bucket = stack.outputs["ArtifactsBucket"]
    clients = [stack.client("s3") for _ in range(AT_ONCE)]
    for number in range(ROUNDS):

        def write(client: Any, key: str = f"at-once/{number}") -> None:
            client.put_object(Bucket=bucket, Key=key, Body=b"", IfNoneMatch="*")

        assert winners(write, clients) == 1
