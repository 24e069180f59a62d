"""Moto's Step Functions interpreter, made to run this application's state machine."""

import os
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from moto.stepfunctions.parser.asl.utils import boto_client

from galley_local import jsonata_engine

LONGEST_CALL_SECONDS = 1000

_original_client_for = boto_client.boto_client_for


def install(port: int) -> None:
    """Give the interpreter JSONata, and clients that are made once and call the stack's port."""
    os.environ["MOTO_PORT"] = str(port)
    jsonata_engine.install()
    jsonata_engine.replace_everywhere(_original_client_for, client_for)
    reset()


def reset() -> None:
    """Forget the clients of an earlier port."""
    _client.cache_clear()


def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """Return the client with which states call a service; moto makes a new one for each call."""
    return _client(region, service, os.environ["MOTO_PORT"])


@cache
def _client(region: str, service: str, port: str) -> Any:
    session: Any = boto3.Session()
    return session.client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="state-machine",
        aws_secret_access_key="state-machine",  # noqa: S106  # moto takes any
        config=Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=LONGEST_CALL_SECONDS,
            max_pool_connections=100,
        ),
    )
