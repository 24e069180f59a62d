"""Executions of the workflow's state machine, as Step Functions knows them."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from galley.aws import AWS_ERRORS, STORAGE, error_code, storage_error

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@cache
def step_functions() -> "SFNClient":
    """Return the function's one client of the workflow's executions."""
    return boto3.client("stepfunctions", config=STORAGE)


class Executions:
    """The executions of one state machine."""

    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn

    def running(self) -> dict[str, datetime]:
        """Return the executions that run, by their ARN, and when they started."""
        pages = (
            step_functions()
            .get_paginator("list_executions")
            .paginate(
                stateMachineArn=self._arn,
                statusFilter="RUNNING",
                PaginationConfig={"PageSize": 1000},
            )
        )
        try:
            return {
                each["executionArn"]: each["startDate"]
                for page in pages
                for each in page["executions"]
            }
        except AWS_ERRORS as error:
            raise storage_error("the executions could not be listed", error) from error

    def find(self, arn: str) -> dict[str, Any] | None:
        """Return an execution as DescribeExecution tells it, or None where it is forgotten."""
        try:
            return dict(step_functions().describe_execution(executionArn=arn))
        except AWS_ERRORS as error:
            if error_code(error) == "ExecutionDoesNotExist":
                return None
            raise storage_error("an execution could not be described", error) from error
