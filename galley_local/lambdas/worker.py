"""
Execution environments: processes that run a handler as Lambda does.

A fork server, which has imported what every function needs, starts each in milliseconds. Run as
`python -m galley_local.lambdas.worker FD`: requests for workers come over that socket, each with a
socket of its own, on which the worker then takes events until it is closed or killed.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from galley_local.internet.names import playing

RESPONSE_BYTES = 6_291_556

PRELOADED = (
    "boto3.dynamodb.conditions",
    "aws_lambda_powertools",
    "aws_lambda_powertools.event_handler",
    "aws_xray_sdk.core",
    "jinja2",
    "markdown_it",
)
# Whose models the fork server reads once, so that a worker's client takes milliseconds.
PRELOADED_CLIENTS = (
    "s3",
    "dynamodb",
    "bedrock-agent-runtime",
    "bedrock-agentcore",
    "lambda",
    "secretsmanager",
    "sesv2",
    "stepfunctions",
)


@dataclass(frozen=True)
class Context:
    """The context object that a handler gets."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    deadline: float
    function_version: str = "$LATEST"
    log_group_name: str = ""
    log_stream_name: str = ""
    client_context: None = None
    identity: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function's timeout."""
        return max(0, int((self.deadline - time.time()) * 1000))


def serve_forks(control: socket.socket) -> None:
    """Start a worker for each request until the other side is gone."""
    for module in PRELOADED:
        importlib.import_module(module)
    _preload_clients()
    # What is there now stays: collecting it would copy pages that the workers share.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a worker: its socket tells
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1 << 20, 1)
        if not data:
            with suppress(ChildProcessError):
                os.wait()  # until the last worker is gone
            return
        if os.fork() == 0:
            control.close()
            work(json.loads(data), socket.socket(fileno=descriptors[0]))
            os._exit(0)
        os.close(descriptors[0])


def work(settings: dict[str, Any], channel: socket.socket) -> None:
    """Be one execution environment: import the handler, then answer events one by one."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    stream = channel.makefile("rwb")
    _become(settings)
    with playing(settings["internet"]) if settings["internet"] else nullcontext():
        try:
            handler = _handler(settings)
        except BaseException as error:  # noqa: BLE001  # whatever fails here is Lambda's init error
            _send(stream, {"pid": os.getpid(), "error": _described(error)})
            return
        _send(stream, {"pid": os.getpid()})
        for line in stream:
            _send(stream, _answer(handler, json.loads(line), settings))


def _become(settings: dict[str, Any]) -> None:
    log = os.open(settings["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # What a handler prints, metrics among it, is there when it has answered, as on Lambda.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a file's, not a test's
    os.environ.clear()
    os.environ.update(settings["environment"])
    # Stands in the User-Agent of every AWS call: the stack knows which environment has made it.
    os.environ["AWS_SDK_UA_APP_ID"] = f"worker-{os.getpid()}"
    os.chdir(settings["code"])
    root = Path(__file__).resolve().parents[2]
    # The application comes from where the template says, not from this checkout.
    packages = [path for path in sys.path if path and Path(path) not in {root, root / "layer"}]
    sys.path[:] = [settings["code"], *settings["layers"], *packages]
    for name in [name for name in sys.modules if name.partition(".")[0] == "galley_local"]:
        del sys.modules[name]


def _handler(settings: dict[str, Any]) -> Any:
    module_name, _, function_name = settings["handler"].rpartition(".")
    return getattr(importlib.import_module(module_name), function_name)


def _answer(handler: Any, request: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    context = Context(
        aws_request_id=request["request_id"],
        function_name=settings["function_name"],
        invoked_function_arn=settings["function_arn"],
        memory_limit_in_mb=settings["memory"],
        deadline=request["deadline"],
    )
    try:
        with _clock_ahead(request["clock"]):
            result = handler(request["event"], context)
        size = len(json.dumps(result))  # what cannot be JSON fails here, as on Lambda
    except Exception as error:  # noqa: BLE001  # Lambda reports them all
        traceback.print_exc()
        return {"error": _described(error)}
    if size > RESPONSE_BYTES:
        message = (
            f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
        )
        return {"error": {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}}
    return {"result": result}


def _clock_ahead(seconds: int) -> AbstractContextManager[Any]:
    if not seconds:
        return nullcontext()
    import time_machine

    return time_machine.travel(time.time() + seconds)


def _described(error: BaseException) -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _send(stream: Any, message: dict[str, Any]) -> None:
    stream.write(json.dumps(message).encode("utf-8") + b"\n")
    stream.flush()


def _preload_clients() -> None:
    import boto3

    # The default session keeps the models it has read, for every worker forked from here.
    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    nobody = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
    for service in PRELOADED_CLIENTS:
        session.client(service, **nobody)
    session.resource("dynamodb", **nobody)


if __name__ == "__main__":
    serve_forks(socket.socket(fileno=int(sys.argv[1])))
