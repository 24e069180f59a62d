"""A task that EventBridge refuses fails with the service's error, so that it is tried again."""

from typing import Any

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_events,
)

_Task: Any = state_task_service_events.StateTaskServiceEvents
_from_error = _Task._from_error  # noqa: SLF001  # moto makes States.Runtime of it


def install() -> None:
    """Give such a failure its name; doing it again changes nothing."""
    _Task._from_error = _named  # noqa: SLF001


def _named(task: Any, env: Any, ex: Exception) -> FailureEvent:
    if not isinstance(ex, ClientError):
        failure: FailureEvent = _from_error(task, env, ex)
        return failure
    error = f"EventBridge.{ex.response['Error']['Code']}"
    details: Any = {
        "taskFailedEventDetails": {
            "error": error,
            "cause": str(ex),
            "resource": task._get_sfn_resource(),  # noqa: SLF001
            "resourceType": task._get_sfn_resource_type(),  # noqa: SLF001
        }
    }
    return FailureEvent(
        env=env,
        error_name=CustomErrorName(error),
        event_type=HistoryEventType.TaskFailed,
        event_details=details,
    )
