"""
Ends of executions: at once where one is stopped, and announced on the default bus.

moto's interpreter lets a stopped execution wait on for its task token, and tells nobody of an end.
It takes a second answer to a token, and calls the token of what has ended an invalid one.
"""

import json
from typing import Any

from moto.events.models import events_backends
from moto.stepfunctions.parser.api import ExecutionStatus, TaskTimedOut
from moto.stepfunctions.parser.asl.eval.callback.callback import CallbackOutcomeFailure
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from galley_local.step_functions import limits, redrive, versions

_end = BaseExecutionWorkerCommunication.terminated
_stop = Execution.stop
_succeed = StepFunctionsParserBackend.send_task_success
_answer_stop = StepFunctionResponse.stop_execution
# What StopExecution says as error and cause, which moto does not pass on, by the execution's ARN.
_said: dict[str, tuple[Any, Any]] = {}
_stopped: dict[str, tuple[Any, Any]] = {}


def install() -> None:
    """Make executions stop at once, and put an event on the default bus whenever one ends."""
    _stopped.clear()
    redrive.install()
    versions.install()
    setattr(Execution, "stop", _stop_at_once)  # noqa: B010  # mypy lets no method be assigned
    setattr(StepFunctionResponse, "stop_execution", _take_what_is_said)  # noqa: B010
    setattr(BaseExecutionWorkerCommunication, "terminated", _end_and_announce)  # noqa: B010
    setattr(StepFunctionsParserBackend, "send_task_success", _succeed_once)  # noqa: B010


def pass_deadline(execution: Any) -> None:
    """Let the time run out in which a task token can be answered."""
    environment: Any = execution.exec_worker and execution.exec_worker.env
    for waiting in environment.callback_pool_manager._pool.values():  # noqa: SLF001
        waiting.interrupt_all()


def _take_what_is_said(response: Any) -> Any:
    given = response._get_param  # noqa: SLF001
    arn = given("executionArn")
    _said[arn] = given("error"), given("cause")
    try:
        return _answer_stop(response)
    finally:
        _said.pop(arn, None)  # of one that has ended already


def _stop_at_once(execution: Execution, stop_date: Any, error: Any, cause: Any) -> None:
    _stop(execution, stop_date, error, cause)
    _stopped[execution.exec_arn] = _said.pop(execution.exec_arn, (error, cause))
    pass_deadline(execution)


def _succeed_once(backend: Any, task_token: str, outcome: str) -> Any:
    """Take the answer to a task that waits; of one that is over, say what AWS says."""
    limits.check_text("output", outcome)
    for execution in backend._get_executions():  # noqa: SLF001
        worker = execution.exec_worker
        waiting = worker and worker.env.callback_pool_manager.get(task_token)
        is_running = execution.exec_status is ExecutionStatus.RUNNING
        is_closed = waiting and not (is_running and _is_open(waiting))
        if is_closed or task_token in redrive.redrives_of(execution.exec_arn).closed_tokens:
            raise TaskTimedOut("Task Timed Out", TaskTimedOut.code, TaskTimedOut.status_code)
    return _succeed(backend, task_token, outcome)


def _is_open(waiting: Any) -> bool:
    # moto's second attempt of a state has the token with which the first has failed
    is_answered: bool = waiting._notify_event.is_set()  # noqa: SLF001
    return not is_answered or isinstance(waiting.get_outcome(), CallbackOutcomeFailure)


def _end_and_announce(communication: BaseExecutionWorkerCommunication) -> None:
    with redrive.changing:
        _end(communication)
        _announce(communication.execution)


def _announce(execution: Execution) -> None:
    if execution.exec_arn in _stopped:  # the state whose wait was cut short has failed meanwhile
        execution.exec_status = ExecutionStatus.ABORTED
        execution.error, execution.cause = _stopped.pop(execution.exec_arn)
    events = events_backends[execution.account_id][execution.region_name]
    events.put_events(
        [
            {
                "Source": "aws.states",
                "DetailType": "Step Functions Execution Status Change",
                "Resources": [execution.exec_arn],
                "Detail": json.dumps(_detail(execution), default=_milliseconds),
            }
        ]
    )


def _detail(execution: Any) -> dict[str, Any]:
    return {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "status": execution.exec_status.value,
        "startDate": _milliseconds(execution.start_date),
        "stopDate": _milliseconds(execution.stop_date),
        "input": json.dumps(execution.input_data),
        "inputDetails": {"included": True},
        "output": json.dumps(execution.output) if execution.output else None,
        "outputDetails": {"included": bool(execution.output)},
        "error": execution.error,
        "cause": execution.cause,
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        **versions.told(execution),
        **redrive.told(execution),
    }


def _milliseconds(time: Any) -> int:
    return int(time.timestamp() * 1000)
