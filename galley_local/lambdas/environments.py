"""Execution environments: processes, kept warm, that work on one event at a time each."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galley_local.lambdas.function import Function

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

INIT_SECONDS = 30
END_SECONDS = 5
MOST_IDLE = 20  # environments that are kept warm, of 25 to 60 MB each; AWS has more room
ROOT = Path(__file__).parents[2]

_CALLER = re.compile(r"app/worker-(\d+)")  # in the User-Agent, as `worker.py` has it set


class Environment:
    """One execution environment."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._stream = channel.makefile("rwb")
        channel.settimeout(INIT_SECONDS)
        try:
            started = self._receive()
        except (EOFError, OSError):  # it died, or was too slow, before it could say who it is
            self._hang_up()
            raise
        self.pid: int = started["pid"]
        self.init_error: dict[str, Any] | None = started.get("error")

    def run(
        self, event: Any, request_id: str, timeout_seconds: float, clock: int
    ) -> dict[str, Any]:
        """Return the handler's answer; raises EOFError if it died, TimeoutError if it is late."""
        self._channel.settimeout(timeout_seconds)
        request = {
            "event": event,
            "request_id": request_id,
            "deadline": time.time() + clock + timeout_seconds,
            "clock": clock,
        }
        self._stream.write(json.dumps(request).encode("utf-8") + b"\n")
        self._stream.flush()
        return self._receive()

    def _receive(self) -> dict[str, Any]:
        line = self._stream.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return json.loads(line)  # type: ignore[no-any-return]

    def kill(self) -> None:
        """Kill the process, whatever it is doing; whoever waits for its answer is told so."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill the process, for whose answer nobody waits."""
        self.kill()
        self._hang_up()

    def _hang_up(self) -> None:
        with suppress(OSError):  # what it was still to be told
            self._stream.close()  # or the socket would stay open until it is collected
        self._channel.close()


class Environments:
    """All environments, idle and busy, and the fork server that starts them."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._idle: dict[str, list[Environment]] = defaultdict(list)  # by function name
        self._busy: set[Environment] = set()
        self._closed = False
        self._lock = threading.Lock()
        self.internet: dict[str, Any] | None = None  # in which they live, if it is a played one
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"PATH": os.environ.get("PATH", ""), "AWS_DEFAULT_REGION": "us-east-1"}
        self._fork_server = subprocess.Popen(  # noqa: S603  # our own module, by this interpreter
            [sys.executable, "-m", "galley_local.lambdas.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the command, which then closes the stack
            cwd=ROOT,
        )
        theirs.close()

    def take(self, function: Function) -> Environment:
        """Return an environment for one event: a warm one, or a new one where none is free."""
        with self._lock:
            idle = self._idle[function.name]
            environment = idle.pop() if idle else None
        environment = environment or self._start(function)
        with self._lock:
            self._busy.add(environment)
            is_late = self._closed
        if is_late:  # nobody ends it any more
            self.drop(environment)
            raise EOFError
        return environment

    def keep_warm(self, environment: Environment, function: Function) -> None:
        """Take back an environment that may work again."""
        with self._lock:
            self._busy.discard(environment)
            self._idle[function.name].append(environment)
            most = max(self._idle.values(), key=len)
            room = 0 if self._closed else MOST_IDLE  # what ends after the last call is not kept
            surplus = most.pop(0) if sum(map(len, self._idle.values())) > room else None
        if surplus:
            surplus.end()

    def drop(self, environment: Environment) -> None:
        """Take back an environment that is of no use any more."""
        with self._lock:
            self._busy.discard(environment)
        environment.end()

    def cool(self) -> None:
        """End those that are idle."""
        with self._lock:
            idle = [environment for idle in self._idle.values() for environment in idle]
            self._idle.clear()
        for environment in idle:
            environment.end()

    def close(self) -> None:
        """End every process."""
        with self._lock:
            self._closed = True
        self.cool()
        with self._lock:
            busy = [*self._busy]
        for environment in busy:  # whoever waits for one of them drops it: it has its stream
            environment.kill()
        self._control.close()  # which tells the fork server to go
        try:
            self._fork_server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._fork_server.kill()
            self._fork_server.wait()

    def _start(self, function: Function) -> Environment:
        ours, theirs = socket.socketpair()
        settings = {
            "function_name": function.name,
            "function_arn": function.arn,
            "handler": function.handler,
            "code": str(function.code),
            "layers": [str(layer) for layer in function.layers],
            "environment": dict(function.environment),
            "memory": function.memory_mb,
            "internet": self.internet,
            "log": str(self._logs / f"{function.name}.log"),
        }
        try:
            with self._lock:
                socket.send_fds(self._control, [json.dumps(settings).encode()], [theirs.fileno()])
        except OSError:  # the fork server is gone: the stack is being closed
            ours.close()
            raise
        finally:
            theirs.close()
        return Environment(ours)


def caller_of(request: "Request") -> int:
    """Return the process id of the environment that makes a call; 0 where it is none."""
    found = _CALLER.search(request.headers.get("User-Agent", ""))
    return int(found[1]) if found else 0
