"""
RedriveExecution, which moto lacks: an execution that failed goes on where it failed.

As AWS documents it for Standard workflows: which executions can be redriven and why others cannot,
calls that are repeated with a token, and what DescribeExecution says of it.
"""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import ExecutionNotRedrivable, ExecutionStatus
from moto.stepfunctions.responses import StepFunctionResponse

from galley_local.step_functions import resumption, versions

REDRIVABLE_FOR = timedelta(days=14)
LONGEST_EXECUTION = timedelta(days=365)
HISTORY_EVENTS = 24_999
TOKEN_LIFETIME = timedelta(minutes=15)
TOKENS = 10

_describe = StepFunctionResponse.describe_execution
_list = StepFunctionResponse.list_executions


@dataclass
class Redrives:
    """How often an execution was redriven, when last, and what came of it."""

    count: int = 0
    time: datetime | None = None
    by_token: dict[str, datetime] = field(default_factory=dict)
    closed_tokens: set[str] = field(default_factory=set)  # of tasks of earlier attempts


changing = threading.Lock()  # an execution ends or goes on: one after the other
_redrives: dict[str, Redrives] = {}  # by the execution's ARN


def install() -> None:
    """Make the stack answer RedriveExecution."""
    _redrives.clear()
    resumption.install()
    for name, method in {
        "redrive_execution": _answer,
        "describe_execution": _describe_with_redrives,
        "list_executions": _list_with_redrives,
    }.items():
        setattr(StepFunctionResponse, name, method)


def redrives_of(execution_arn: str) -> Redrives:
    """Return what is known of an execution's redrives."""
    return _redrives.get(execution_arn, Redrives())


def told(execution: Any) -> dict[str, Any]:
    """Return what DescribeExecution says of redrives, and whether another one is possible."""
    redrives, reason = redrives_of(execution.exec_arn), _why_not(execution)
    return {
        "redriveCount": redrives.count,
        "redriveDate": redrives.time,
        "redriveStatus": "NOT_REDRIVABLE" if reason else "REDRIVABLE",
        "redriveStatusReason": reason or f"Execution is {execution.status} and is redrivable",
    }


def redrive(execution: Any, client_token: str) -> datetime:
    """Let an execution go on, and return when; a call that is repeated changes nothing."""
    redrives, now = redrives_of(execution.exec_arn), datetime.now(UTC)
    first = redrives.by_token.get(client_token)
    if first and now - first < TOKEN_LIFETIME:
        return first
    if reason := _why_not(execution):
        raise ExecutionNotRedrivable(reason, ExecutionNotRedrivable.code, 400)
    redrives.count, redrives.time = redrives.count + 1, now
    if client_token:
        redrives.by_token[client_token] = now
        redrives.by_token = dict(list(redrives.by_token.items())[-TOKENS:])
    pool = execution.exec_worker.env.callback_pool_manager._pool  # noqa: SLF001
    redrives.closed_tokens.update(pool)
    _redrives[execution.exec_arn] = redrives
    execution.exec_status = ExecutionStatus.RUNNING
    execution.stop_date = execution.error = execution.cause = None
    resumption.resume(execution, redrives.count, now)
    return now


def _why_not(execution: Any) -> str | None:
    now, status = datetime.now(UTC), execution.exec_status.value
    if status in {"RUNNING", "SUCCEEDED"}:
        return f"Execution is {status} and cannot be redriven"
    if now - execution.start_date > LONGEST_EXECUTION:
        return "Execution has exceeded the max execution time"
    if now - execution.stop_date > REDRIVABLE_FOR:
        return "Execution redrivable period exceeded"
    history = execution.exec_worker.env.event_manager._history_event_list  # noqa: SLF001
    return "Execution history event limit exceeded" if len(history) >= HISTORY_EVENTS else None


def _answer(response: Any) -> ActionResult:
    execution = _execution_of(response, response._get_param("executionArn"))  # noqa: SLF001
    token = response._get_param("clientToken") or ""  # noqa: SLF001
    with changing:
        return ActionResult({"redriveDate": redrive(execution, token)})


def _describe_with_redrives(response: Any) -> ActionResult:
    described: Any = _describe(response).result
    execution = _execution_of(response, described["executionArn"])
    return ActionResult({**described, **versions.told(execution), **told(execution)})


def _list_with_redrives(response: Any) -> ActionResult:
    asked, given = response._get_param("stateMachineArn"), response._get_param  # noqa: SLF001
    machine = versions.unqualified(asked)
    # All executions are listed, and those of a version or an alias chosen here.
    response._get_param = lambda name, *rest, **more: (  # noqa: SLF001
        machine if name == "stateMachineArn" else given(name, *rest, **more)
    )
    listed: Any = _list(response).result
    for each in listed["executions"]:
        redrives = redrives_of(each["executionArn"])
        each.update(redriveCount=redrives.count, redriveDate=redrives.time)
        each.update(versions.told(_execution_of(response, each["executionArn"])))
    listed["executions"] = [each for each in listed["executions"] if asked in each.values()]
    return ActionResult(listed)


def _execution_of(response: Any, arn: str) -> Any:
    return response.stepfunction_backend.describe_execution(arn)
