"""
How moto's interpreter goes on with an execution: in the state that failed, with what it had then.

What has succeeded stands: the variables, the state's input, the history, and the iterations of a
Map. Attempts are counted anew. An iteration that failed begins at its first state; on AWS it goes
on in the state that failed, which is the same where iterations have one Task.
"""

import threading
from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.flow.start_at import StartAt
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    inline_item_processor,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.job import JobPool
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

InlineItemProcessor = inline_item_processor.InlineItemProcessor

_create_worker = InlineItemProcessor._create_worker  # noqa: SLF001
_pools: dict[tuple[str, str], JobPool] = {}  # the last of each Map, by execution and state
_done: dict[tuple[str, str], set[Any]] = {}  # iterations that a Map does not run again


def install() -> None:
    """Make Maps leave out the iterations that succeeded before a redrive."""
    _pools.clear()
    _done.clear()
    setattr(InlineItemProcessor, "_create_worker", _create_worker_of_the_rest)  # noqa: B010


def resume(execution: Any, count: int, time: datetime) -> None:
    """Run an execution on from the state in which it ended."""
    ended = execution.exec_worker.env
    context = _ContextObject(ended.states.context_object.context_object_data)
    context["Execution"] |= {"RedriveCount": count, "RedriveTime": time.isoformat()}
    worker = execution._get_start_execution_worker()  # noqa: SLF001
    worker.env = environment = worker._get_evaluation_environment()  # noqa: SLF001
    environment.states = type(environment.states)(context)
    environment.states.reset(ended.states.get_input())
    environment.variable_store = ended.variable_store
    environment.event_history_context = ended.event_history_context
    environment.event_manager = history = _History(ended.event_manager)
    history.add_event(
        environment.event_history_context,
        HistoryEventType.ExecutionRedriven,
        {"executionRedrivenEventDetails": {"redriveCount": count}},
    )
    state = context["State"]["Name"]
    program = worker._get_evaluation_entrypoint()  # noqa: SLF001
    program.start_at = StartAt(state)
    is_fail = type(program.states.states[state]).__name__ == "StateFail"
    history.is_resuming = context.is_resuming = not is_fail  # which is entered again
    if pool := _pools.get((execution.exec_arn, state)):
        _done[execution.exec_arn, state] = pool._closed_jobs  # noqa: SLF001
    execution.exec_worker = worker

    def run() -> None:
        program.eval(environment)
        worker._execution_communication.terminated()  # noqa: SLF001

    threading.Thread(target=run, daemon=True).start()


class _ContextObject(dict[str, Any]):
    """A context object in which the state that goes on keeps the time when it was entered."""

    is_resuming = False

    def __init__(self, ended: dict[str, Any]) -> None:
        kept = {name: dict(ended[name]) for name in ("Execution", "StateMachine", "State")}
        super().__init__(kept)

    def __setitem__(self, name: str, value: Any) -> None:
        if name == "State" and self.is_resuming:
            self.is_resuming = False
            return
        super().__setitem__(name, value)


class _History(EventManager):
    """A history that goes on; the state that goes on is not entered again."""

    is_resuming = False

    def __init__(self, earlier: EventManager) -> None:
        super().__init__()
        self._event_id_gen = earlier._event_id_gen  # noqa: SLF001
        self._history_event_list = earlier._history_event_list  # type: ignore[misc]  # noqa: SLF001

    def add_event(self, context: Any, event_type: HistoryEventType, *rest: Any, **more: Any) -> int:
        if self.is_resuming and event_type.value.endswith("StateEntered"):
            self.is_resuming = False
            return int(context.source_event_id)
        return super().add_event(context, event_type, *rest, **more)


def _create_worker_of_the_rest(processor: Any, env: Any, eval_input: Any, job_pool: Any) -> Any:
    execution = env.states.context_object.context_object_data["Execution"]["Id"]
    key = execution, eval_input.state_name
    _pools[key] = job_pool
    if done := _done.pop(key, None):  # by the first worker, before any has begun
        indexes = {job.job_index for job in done}
        todo, closed = job_pool._open_jobs, job_pool._closed_jobs  # noqa: SLF001
        todo[:] = [job for job in todo if job.job_index not in indexes]
        closed.update(done)
    return _create_worker(processor, env, eval_input, job_pool)
