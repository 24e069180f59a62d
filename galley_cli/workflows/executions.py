"""Executions as Step Functions tells them: described, listed, their histories read."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from galley_cli.history import History
from galley_cli.target import Target

_UNKNOWN = {"ExecutionDoesNotExist", "InvalidArn"}


class Executions:
    """The executions of a stack's workflow, and of its outbox."""

    def __init__(self, target: Target) -> None:
        self._machine = target.output("StateMachineArn")
        self._outbox = target.output("OutboxArn")
        self._client = target.client("stepfunctions")

    def arn_of(self, name: str) -> str:
        """Return the ARN that an execution of the workflow has by its name."""
        return _named(self._machine, name)

    def letter(self, name: str) -> str:
        """Return the ARN that an execution of the outbox has by its name."""
        return _named(self._outbox, name)

    def find(self, arn: str, *, with_data: bool = True) -> dict[str, Any] | None:
        """Return an execution as DescribeExecution tells it; None where there is none."""
        data = {} if with_data else {"includedData": "METADATA_ONLY"}
        try:
            return dict(self._client.describe_execution(executionArn=arn, **data))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _UNKNOWN:
                return None
            raise

    def history(
        self, arn: str, history: History | None = None, *, with_data: bool = True
    ) -> History:
        """
        Return what has happened in an execution; a history that is given is continued.

        Inputs of states have task tokens in them: without data, they do not come here.
        """
        history = history or History()
        asked = {"executionArn": arn, "includeExecutionData": with_data}
        pages = self._client.get_paginator("get_execution_history")
        for page in pages.paginate(**asked, PaginationConfig={"PageSize": 1000}):
            history.read(page["events"])
        return history

    def pages(self, status: str = "") -> Iterator[list[dict[str, Any]]]:
        """Yield the workflow's executions a hundred at a time, those that began last first."""
        asked: dict[str, Any] = {"stateMachineArn": self._machine, "maxResults": 100}
        if status:
            asked["statusFilter"] = status
        while True:
            page = self._client.list_executions(**asked)
            yield page["executions"]
            if not page.get("nextToken"):
                return
            asked["nextToken"] = page["nextToken"]


def _named(machine: str, name: str) -> str:
    return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
