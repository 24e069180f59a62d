"""What becomes of the workflow that is under way, whoever has started it."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from galley_local.lambdas.function import Function, Outcome

if TYPE_CHECKING:
    from galley_local.stack import Stack

LONGEST_WAIT_SECONDS = 20
POLL_SECONDS = 0.02


class StuckError(Exception):
    """A scenario cannot go on; the message says where it stopped."""


class Watch:
    """Looks at one workflow after the other on a stack: where it is, and how it has ended."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._step_functions = stack.client("stepfunctions")
        self.execution = ""  # of the workflow that is under way; nothing before it has been found
        self.task_token = ""  # of the state that waits last
        self._over: set[str] = set()
        self._closed: set[str] = set()  # executions of whose end `close_workflow` was told
        self._denials = 0
        stack.lambdas.observers.append(self._note)

    def forget_denials(self) -> None:
        """Count denials from now on."""
        self._denials = len(self._stack.permissions.denials)

    def leave(self) -> None:
        """Look for another workflow from now on."""
        self._over.add(self.execution)
        self.execution = ""

    @property
    def workflow_id(self) -> str:
        """The workflow's id."""
        return self.execution.rpartition(":")[2]

    @property
    def status(self) -> str:
        """The execution's status; nothing before it has started."""
        return self.ending()[0]

    def ending(self) -> tuple[str, str]:
        """Return the execution's status and error."""
        if not self._find():
            return "", ""
        found = self._step_functions.describe_execution(executionArn=self.execution)
        return found["status"], found.get("error") or ""

    def recorded(self) -> str:
        """Return the status that the table has."""
        key = {"pk": {"S": f"WORKFLOW#{self.workflow_id}"}, "sk": {"S": "META"}}
        table = self._stack.outputs["TableName"]
        found = self._stack.client("dynamodb").get_item(TableName=table, Key=key)
        return str(found.get("Item", {}).get("status", {}).get("S", ""))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait for something that happens while a workflow runs, or not at all."""
        _wait(lambda: condition() or bool(self._why_over()))
        if not condition():
            raise StuckError(self._why_over() or f"nothing happened in {LONGEST_WAIT_SECONDS} s")

    def wait_after(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that happens after the end; say what has not, where it is denied."""
        _wait(lambda: condition() or self._is_denied())
        if not condition():
            raise StuckError(otherwise)

    def is_looked_after(self) -> bool:
        """Wait until the function that looks after ends has seen this one; tell whether it has."""
        _wait(lambda: self.execution in self._closed or self._is_denied())
        return self.execution in self._closed

    def _why_over(self) -> str:
        """Return why nothing more will happen; nothing while it may."""
        if not self._find():
            return "the call that starts the workflow was refused" if self._is_denied() else ""
        return "" if self.status == "RUNNING" else " ".join(self.ending()).strip()

    def _is_denied(self) -> bool:
        return len(self._stack.permissions.denials) > self._denials

    def _note(self, _: Function, event: Any, outcome: Outcome) -> None:
        if isinstance(event, dict) and "task_token" in event:
            self.task_token = event["task_token"]
        is_end = isinstance(event, dict) and event.get("source") == "aws.states"
        if is_end and not outcome.failed:
            self._closed.add(event["detail"]["executionArn"])

    def _find(self) -> str:
        """Return the execution that is under way, which an event may have started."""
        if not self.execution:
            machine = self._stack.outputs["StateMachineArn"]
            listed = self._step_functions.list_executions(stateMachineArn=machine, maxResults=1000)
            arns = (each["executionArn"] for each in listed["executions"])
            self.execution = next((arn for arn in arns if arn not in self._over), "")
        return self.execution


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
