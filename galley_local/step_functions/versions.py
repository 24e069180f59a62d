"""Executions of a version or an alias, which moto keeps and cannot start."""

import random
from copy import copy
from typing import Any

from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from galley_local.step_functions import limits

_start = StepFunctionsParserBackend.start_execution


def install() -> None:
    """Make StartExecution take the ARN of a version or an alias."""
    setattr(StepFunctionsParserBackend, "start_execution", _start_qualified)  # noqa: B010


def told(execution: Any) -> dict[str, Any]:
    """Return by which version and alias an execution was started, if by any."""
    return dict(getattr(execution.state_machine, "qualified", {}))


def unqualified(arn: str) -> str:
    """Return the ARN of the state machine whose own, version's or alias's ARN this is."""
    return ":".join(arn.split(":")[:7])


def _start_qualified(
    backend: Any,
    state_machine_arn: str,
    name: Any = None,
    execution_input: Any = None,
    trace_header: Any = None,
) -> Any:
    limits.check_text("input", execution_input or "")
    asked = (name, execution_input, trace_header)
    if state_machine_arn == unqualified(state_machine_arn):
        return _start(backend, state_machine_arn, *asked)
    machine = backend.describe_state_machine(unqualified(state_machine_arn))
    alias = machine.aliases.get(state_machine_arn.rpartition(":")[2])
    version = backend.describe_state_machine(_routed(alias) if alias else state_machine_arn)
    # All executions are the state machine's, whichever version's definition they have.
    standing_in = copy(machine)
    standing_in.definition, standing_in.roleArn = version.definition, version.roleArn
    standing_in.qualified = {"stateMachineVersionArn": version.arn}
    if alias:
        standing_in.qualified["stateMachineAliasArn"] = alias.arn
    its_backend = copy(backend)
    its_backend.describe_state_machine = lambda _: standing_in
    return _start(its_backend, state_machine_arn, *asked)


def _routed(alias: Any) -> str:
    routes = alias.routing_configuration
    (route,) = random.choices(routes, [each["weight"] for each in routes])  # noqa: S311  # chance
    return str(route["stateMachineVersionArn"])
