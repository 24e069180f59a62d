"""
Makes moto's tables and buckets atomic, as AWS's are.

moto checks a condition and writes in two steps, and each request has a thread: of two conditional
writes at the same moment both could succeed, and a scan failed while an item was added.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response

_INSTALLED = "_galley_one_at_a_time"


def install() -> None:
    """Let operations on tables, and writes to buckets, wait for each other; once is enough."""
    for responses, name in ((DynamoHandler, "call_action"), (S3Response, "put_object")):
        operation = getattr(responses, name)
        if not hasattr(operation, _INSTALLED):
            setattr(responses, name, _one_at_a_time(operation))


def _one_at_a_time(operation: Callable[..., Any]) -> Callable[..., Any]:
    lock = threading.RLock()

    @wraps(operation)
    def waiting(*arguments: Any, **named: Any) -> Any:
        with lock:
            return operation(*arguments, **named)

    setattr(waiting, _INSTALLED, True)
    return waiting
