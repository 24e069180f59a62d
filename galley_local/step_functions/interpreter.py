"""Moto's Step Functions interpreter, made to run this application's state machine."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.utils import boto_client

from galley_local.clients import client_of
from galley_local.iam.permissions import role_name
from galley_local.step_functions import jsonata_engine, limits, read_once, service_errors

_original_client_for = boto_client.boto_client_for


def install(port: int) -> None:
    """Give the interpreter JSONata, limits, and clients made once that call the stack's port."""
    os.environ["MOTO_PORT"] = str(port)
    jsonata_engine.install()
    read_once.install()
    service_errors.install()
    limits.install()
    jsonata_engine.replace_everywhere(_original_client_for, client_for)


def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """
    Return the client with which states call a service; moto makes a new one for each call.

    It calls as the state machine's role, by whose name it signs.
    """
    url = f"http://127.0.0.1:{os.environ['MOTO_PORT']}"
    return client_of(url, service, caller_of(state_credentials.role_arn))


def caller_of(role_arn: str) -> str:
    """Return the access key by which a state machine's role signs."""
    return f"machine-{role_name(role_arn)}"


@contextmanager
def without_waits() -> Iterator[None]:
    """Let retries follow at once, for those who want to see a failure and not wait for it."""
    with waits_times(0):
        yield


@contextmanager
def waits_times(factor: float) -> Iterator[None]:
    """Make waits before retries longer or shorter."""
    module: Any = retrier_decl
    waiting = module.time
    module.time = SimpleNamespace(sleep=lambda seconds: time.sleep(factor * seconds))
    try:
        yield
    finally:
        module.time = waiting
