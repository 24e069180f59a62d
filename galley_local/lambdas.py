"""Lambda's Invoke on a laptop: warm execution environments, one event at a time each."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from galley_local.concurrency import ACCOUNT_CONCURRENCY, Concurrency
from galley_local.faults.fault import AtInvocation
from galley_local.faults.faults import Faults

INIT_SECONDS = 30
END_SECONDS = 5
MOST_IDLE = 64  # environments that are kept warm; of AWS's hardware there is more


@dataclass(frozen=True)
class Function:
    """What the template says of a function, resolved."""

    name: str
    arn: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout_seconds: float
    memory_mb: int
    reserved_concurrency: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What an invocation returns: a payload, and whether the function failed."""

    payload: Any
    failed: bool = False


Observer = Callable[[Function, Any, Outcome], None]


class _Worker:
    """One execution environment."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._stream = channel.makefile("rwb")
        channel.settimeout(INIT_SECONDS)
        started = self._receive()
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

    def end(self) -> None:
        """Kill the process, whatever it is doing."""
        self._channel.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Lambdas:
    """All functions of a stack, and the fork server that runs them."""

    def __init__(self, logs: Path, concurrency: int = ACCOUNT_CONCURRENCY) -> None:
        self.functions: dict[str, Function] = {}
        self.concurrency = Concurrency(concurrency)
        self.under_way: dict[int, Any] = {}  # events, by the process that is at work on each
        self.observers: list[Observer] = []  # are told of every invocation, with event and outcome
        self.faults = Faults()
        self._logs = logs
        self._idle: dict[str, list[_Worker]] = defaultdict(list)
        self._busy: set[_Worker] = set()
        self._out_of_time: set[int] = set()  # workers, by process id, that were killed as too slow
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"PATH": os.environ.get("PATH", ""), "AWS_DEFAULT_REGION": "us-east-1"}
        self._fork_server = subprocess.Popen(  # noqa: S603  # our own module, by this interpreter
            [sys.executable, "-m", "galley_local.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the command, which then closes the stack
            cwd=Path(__file__).parent.parent,
        )
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, function: Function) -> None:
        """Make a function known; it starts when it is first invoked."""
        self.functions[function.name] = function
        self.concurrency.reserve(function)

    def named(self, name_or_arn: str) -> Function | None:
        """Return the function of a name or ARN, with or without a qualifier."""
        name = name_or_arn.partition(":function:")[2] or name_or_arn
        return self.functions.get(name.partition(":")[0])

    def invoke(self, function: Function, event: Any) -> Outcome:
        """
        Run a function on an event, in a warm environment if one is free.

        Raises `TooManyRequestsError` where as many are at work as there may be.
        """
        with self.concurrency.room_for(function):
            outcome = self._run_faultily(function, event)
        for observe in self.observers:
            observe(function, event, outcome)
        return outcome

    def _run_faultily(self, function: Function, event: Any) -> Outcome:
        fault = self.faults.at_invocation(function.name)
        if fault is None:
            return self._run(function, event)
        if fault.kind is AtInvocation.CLOCK:
            return self._run(function, event, clock=fault.seconds)
        if fault.kind is AtInvocation.LATE:
            self.faults.deliver_later(lambda: self._run(function, event))
            return self._run(function, event)
        other = threading.Thread(target=self._run, args=(function, event))
        other.start()
        outcome = self._run(function, event)
        other.join()
        return outcome

    def _run(self, function: Function, event: Any, clock: int = 0) -> Outcome:
        request_id = str(uuid.uuid4())
        try:
            worker = self._take(function)
        except (EOFError, TimeoutError):
            return _crash("Runtime.ExitError", request_id, "exited while it was starting")
        if worker.init_error:
            self._drop(worker)
            return Outcome(worker.init_error, failed=True)
        self.under_way[worker.pid] = event
        try:
            answer = worker.run(event, request_id, function.timeout_seconds, clock)
        except (EOFError, OSError) as error:
            self._drop(worker)
            if isinstance(error, TimeoutError) or worker.pid in self._out_of_time:
                seconds = f"Task timed out after {function.timeout_seconds:.2f} seconds"
                return _crash("Sandbox.Timedout", request_id, seconds)
            return _crash("Runtime.ExitError", request_id, "Runtime exited without a reason")
        finally:
            self.under_way.pop(worker.pid, None)
        self._keep_warm(worker, function)
        if "error" in answer:
            return Outcome(answer["error"], failed=True)
        return Outcome(answer["result"])

    def kill(self, pid: int, *, timed_out: bool = False) -> None:
        """Kill one environment in the middle of its work; whoever waits for it is told so."""
        if timed_out:
            self._out_of_time.add(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    @property
    def is_busy(self) -> bool:
        """Whether a function works."""
        return bool(self._busy)

    def cool(self) -> None:
        """End the environments that are idle, as Lambda does now and then."""
        with self._lock:
            idle = [worker for workers in self._idle.values() for worker in workers]
            self._idle.clear()
        for worker in idle:
            worker.end()

    def close(self) -> None:
        """End every process."""
        with self._lock:
            workers = [*self._busy, *(each for idle in self._idle.values() for each in idle)]
            self._busy.clear()
            self._idle.clear()
        for worker in workers:
            worker.end()
        self._control.close()  # which tells the fork server to go
        try:
            self._fork_server.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._fork_server.kill()
            self._fork_server.wait()

    def _keep_warm(self, worker: _Worker, function: Function) -> None:
        with self._lock:
            self._busy.discard(worker)
            self._idle[function.name].append(worker)
            most = max(self._idle.values(), key=len)
            surplus = most.pop(0) if sum(map(len, self._idle.values())) > MOST_IDLE else None
        if surplus:
            surplus.end()

    def _take(self, function: Function) -> _Worker:
        with self._lock:
            worker = self._idle[function.name].pop() if self._idle[function.name] else None
        worker = worker or self._start(function)
        with self._lock:
            self._busy.add(worker)
        return worker

    def _start(self, function: Function) -> _Worker:
        ours, theirs = socket.socketpair()
        settings = {
            "function_name": function.name,
            "function_arn": function.arn,
            "handler": function.handler,
            "code": str(function.code),
            "layers": [str(layer) for layer in function.layers],
            "environment": dict(function.environment),
            "memory": function.memory_mb,
            "log": str(self._logs / f"{function.name}.log"),
        }
        with self._lock:
            socket.send_fds(self._control, [json.dumps(settings).encode()], [theirs.fileno()])
        theirs.close()
        return _Worker(ours)

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.end()


def _crash(error_type: str, request_id: str, what: str) -> Outcome:
    message = f"RequestId: {request_id} Error: {what}"
    return Outcome({"errorType": error_type, "errorMessage": message}, failed=True)
