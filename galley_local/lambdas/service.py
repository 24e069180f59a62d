"""Lambda's Invoke: one event at a time for each environment, no more at once than there may be."""

import os
import signal
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from galley_local.faults.fault import AtInvocation
from galley_local.faults.faults import Faults
from galley_local.lambdas.concurrency import ACCOUNT_CONCURRENCY, Concurrency
from galley_local.lambdas.environments import Environments
from galley_local.lambdas.function import Function, Observer, Outcome


class Lambdas:
    """All functions of a stack."""

    def __init__(self, logs: Path, concurrency: int = ACCOUNT_CONCURRENCY) -> None:
        self.functions: dict[str, Function] = {}
        self.concurrency = Concurrency(concurrency)
        self.under_way: dict[int, Any] = {}  # events, by the process that is at work on each
        self.observers: list[Observer] = []  # are told of every invocation, with event and outcome
        self.faults = Faults()
        self._environments = Environments(logs)
        self._out_of_time: set[int] = set()  # processes that were killed as too slow

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def live_in(self, internet: dict[str, Any]) -> None:
        """Let functions find the sites of a played internet, and no others."""
        self._environments.internet = internet

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

    def kill(self, pid: int, *, timed_out: bool = False) -> None:
        """Kill one environment in the middle of its work; whoever waits for it is told so."""
        if timed_out:
            self._out_of_time.add(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    @property
    def is_busy(self) -> bool:
        """Whether a function works, or its environment starts."""
        return self.concurrency.under_way > 0

    def cool(self) -> None:
        """End the environments that are idle, as Lambda does now and then."""
        self._environments.cool()

    def close(self) -> None:
        """End every process."""
        self._environments.close()

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
            environment = self._environments.take(function)
        except (EOFError, OSError):
            return _crash("Runtime.ExitError", request_id, "exited while it was starting")
        if environment.init_error:
            self._environments.drop(environment)
            return Outcome(environment.init_error, failed=True)
        self.under_way[environment.pid] = event
        try:
            answer = environment.run(event, request_id, function.timeout_seconds, clock)
        except (EOFError, OSError) as error:
            self._environments.drop(environment)
            if isinstance(error, TimeoutError) or environment.pid in self._out_of_time:
                seconds = f"Task timed out after {function.timeout_seconds:.2f} seconds"
                return _crash("Sandbox.Timedout", request_id, seconds)
            return _crash("Runtime.ExitError", request_id, "Runtime exited without a reason")
        finally:
            self.under_way.pop(environment.pid, None)
        self._environments.keep_warm(environment, function)
        if "error" in answer:
            return Outcome(answer["error"], failed=True)
        return Outcome(answer["result"])


def _crash(error_type: str, request_id: str, what: str) -> Outcome:
    message = f"RequestId: {request_id} Error: {what}"
    return Outcome({"errorType": error_type, "errorMessage": message}, failed=True)
