"""
Step Functions' limits, where moto's interpreter has none or others.

What is too large for a payload or for variables, and a history that is too long, end an execution.
No Retry and no Catch on States.ALL helps against that.
"""

import json
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser import quotas
from moto.stepfunctions.parser.api import (
    ExecutionFailedEventDetails,
    HistoryEventType,
    ValidationException,
)
from moto.stepfunctions.parser.asl.component.common.assign.assign_decl import AssignDecl
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import (
    CustomErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import (
    ErrorEqualsDecl,
)
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_map.state_map import StateMap
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from galley_local.step_functions.jsonata_engine import replace_everywhere

PAYLOAD_BYTES = 262_144
VARIABLES_BYTES = 10 * 1024 * 1024
HISTORY_EVENTS = 25_000

_TOO_LARGE = "States.DataLimitExceeded"
_RUNTIME = "States.Runtime"

_StateTaskService = state_task_service.StateTaskService
_enter = CommonStateField._eval_body  # noqa: SLF001
_schedule = _StateTaskService._before_eval_execution  # noqa: SLF001
_run_map = StateMap._eval_execution  # noqa: SLF001
_assign = AssignDecl._eval_body  # noqa: SLF001
_matches = ErrorEqualsDecl._eval_body  # noqa: SLF001
_add_event = EventManager.add_event


class _ExecutionError(FailureEventException):
    """Ends an execution, in whichever state it is; its cause is said as it is."""

    def __init__(self, error: str, cause: str) -> None:
        nowhere: Any = SimpleNamespace(
            next_state_name="", event_history_context=SimpleNamespace(source_event_id=0)
        )
        self._details = ExecutionFailedEventDetails(error=error, cause=cause)
        details: Any = EventDetails(executionFailedEventDetails=self._details)  # type: ignore[typeddict-item]  # one of many
        name = StatesErrorName.from_name(error)
        super().__init__(FailureEvent(nowhere, name, HistoryEventType.TaskFailed, details))

    def get_execution_failed_event_details(self) -> ExecutionFailedEventDetails:
        return self._details


def install() -> None:
    """Make moto's interpreter keep to these limits; doing it again changes nothing."""
    replace_everywhere(quotas.is_within_size_quota, fits)
    for owner, name, replacement in (
        (CommonStateField, "_eval_body", _enter_with_what_fits),
        (_StateTaskService, "_before_eval_execution", _schedule_what_fits),
        (StateMap, "_eval_execution", _run_map_that_fits),
        (AssignDecl, "_eval_body", _assign_what_fits),
        (ErrorEqualsDecl, "_eval_body", _match_what_can_be_caught),
        (EventManager, "add_event", _add_event_while_there_is_room),
        (iteration_worker, "CustomErrorName", _error_name),
    ):
        setattr(owner, name, replacement)


def size_of(value: Any) -> int:
    """Return how many bytes a value takes as JSON without spaces, each letter as itself."""
    text = json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def fits(value: Any) -> bool:
    """Tell whether a value may be a payload: 262,144 bytes are not too many."""
    return size_of(value) <= PAYLOAD_BYTES


def check_text(name: str, text: str) -> None:
    """Raise what the API says of a field that is longer than a payload."""
    if len(text.encode("utf-8")) > PAYLOAD_BYTES:
        message = (
            f"1 validation error detected: Value at '{name}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {PAYLOAD_BYTES}"
        )
        raise ValidationException(message)


def _enter_with_what_fits(state: CommonStateField, env: Environment) -> None:
    # what enters a Map's iterations comes from its ItemSelector, and not from a state before it
    _check(env.states.get_input(), f"The input of the state '{state.name}'")
    _enter(state, env)


def _schedule_what_fits(
    state: Any, env: Environment, *, raw_parameters: Any, **others: Any
) -> None:
    _check(raw_parameters, f"The input of the task '{state.name}' after its Arguments")
    _schedule(state, env, raw_parameters=raw_parameters, **others)


def _run_map_that_fits(state: StateMap, env: Environment) -> None:
    _run_map(state, env)
    _check(env.stack[-1], f"The result of the Map '{state.name}'")


def _assign_what_fits(declaration: AssignDecl, env: Environment) -> None:
    _assign(declaration, env)
    store: Any = env.variable_store
    inner, outer = store._inner_scope, store._outer_scope  # noqa: SLF001
    assigned = {name: inner[name] for name in store._declaration_tracing}  # noqa: SLF001
    _check(assigned, "What is assigned to variables")
    if size_of([inner, outer]) > VARIABLES_BYTES:
        cause = "All variables together exceed the maximum size."
        raise _ExecutionError(_TOO_LARGE, cause)


def _match_what_can_be_caught(equals: ErrorEqualsDecl, env: Environment) -> None:
    error: Any = env.stack[-1]
    name = error and error.error_name
    named = [each.error_name for each in equals.error_names]
    if name == _RUNTIME or (name == _TOO_LARGE and name not in named):
        env.stack.pop()
        env.stack.append(False)
        return
    _matches(equals, env)


def _add_event_while_there_is_room(
    manager: EventManager, context: Any, event_type: HistoryEventType, *rest: Any, **more: Any
) -> int:
    history: list[Any] = manager._history_event_list  # noqa: SLF001
    # a Map waits for each of its iterations, so these may still say that they failed
    may_overflow = event_type.startswith(("Execution", "MapIteration"))
    if len(history) >= HISTORY_EVENTS - 1 and not may_overflow:
        cause = f"The execution reached the maximum number of history events ({HISTORY_EVENTS})."
        raise _ExecutionError(_RUNTIME, cause)
    return _add_event(manager, context, event_type, *rest, **more)


def _error_name(error_name: str | None) -> ErrorName:
    # moto takes the error with which an iteration has failed for one of a workflow's own
    if error_name and error_name.startswith("States."):
        return StatesErrorName.from_name(error_name)
    return CustomErrorName(error_name)


def _check(value: Any, what: str) -> None:
    if not fits(value):
        cause = f"{what} has a size exceeding the maximum number of bytes service limit."
        raise _ExecutionError(_TOO_LARGE, cause)
