"""boto3 clients of a stack's own services, made once each from one session."""

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
LONGEST_CALL_SECONDS = 1000

_lock = threading.Lock()
_clients: dict[tuple[str, str, str], Any] = {}


@cache
def _session() -> Any:
    # One session reads each service's model once; making clients from it is not thread-safe.
    return boto3.Session()


def client_of(url: str, service: str, caller: str) -> Any:
    """Return a client that calls a stack under the name of a caller; moto takes any secret."""
    with _lock:
        if (url, service, caller) not in _clients:
            _clients[url, service, caller] = _session().client(
                service,
                endpoint_url=url,
                region_name=REGION,
                aws_access_key_id=caller,
                aws_secret_access_key=caller,
                config=Config(
                    parameter_validation=False,
                    retries={"total_max_attempts": 1},
                    connect_timeout=5,
                    read_timeout=LONGEST_CALL_SECONDS,
                    max_pool_connections=100,
                    proxies={},  # the stack is on this machine, whatever HTTP_PROXY says
                ),
            )
        return _clients[url, service, caller]


def forget_clients_of(url: str) -> None:
    """Close the clients of a stack that is gone."""
    with _lock:
        for key in [key for key in _clients if key[0] == url]:
            _clients.pop(key).close()
