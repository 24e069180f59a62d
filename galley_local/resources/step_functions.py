"""State machines that are executed."""

from typing import Any

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from galley_local.resources.base import Resource


class ExecutedStateMachine(Resource, CloudFormationModel):
    """A state machine that moto's interpreter executes; moto's own type only keeps its text."""

    type_name = "AWS::StepFunctions::StateMachine"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> StateMachine:
        properties = cloudformation_json["Properties"]
        return stepfunctions_parser_backends[account_id][region_name].create_state_machine(
            properties.get("StateMachineName", resource_name),
            properties["DefinitionString"],
            properties["RoleArn"],
            sm_type=properties.get("StateMachineType"),
        )
