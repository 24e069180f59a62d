"""State machines that are executed, their versions, and the aliases that lead to these."""

import hashlib
from typing import Any

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from galley_local.resources.base import Resource

REVISION = "StateMachineRevisionId"

_attribute_of = StateMachine.get_cfn_attribute


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

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,  # noqa: ARG003  # moto gives it by name
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> StateMachine:
        """
        Update a state machine; one that has versions gets another, and its aliases lead there.

        CloudFormation makes that version because the revision of which it is one has changed. moto
        compares what the template says of a version, which has not.
        """
        properties = cloudformation_json["Properties"]
        backend = stepfunctions_parser_backends[account_id][region_name]
        machine = backend.update_state_machine(
            original_resource.arn, properties["DefinitionString"], properties["RoleArn"]
        )
        if machine.versions:
            machine.publish(None)
            for alias in machine.aliases.values():
                alias.update(routing_configuration=_all_to(machine))
        return machine


class StateMachineVersion(Resource, CloudFormationModel):
    """A version: what a state machine is at one time."""

    type_name = "AWS::StepFunctions::StateMachineVersion"

    def __init__(self, name: str, properties: dict[str, Any], account_id: str, region: str) -> None:
        super().__init__(name, properties, account_id, region)
        backend = stepfunctions_parser_backends[account_id][region]
        machine: Any = backend.describe_state_machine(properties["StateMachineArn"])
        machine.publish(None)
        self._arn: str = machine.latest_version.arn

    @property
    def physical_resource_id(self) -> str:
        return self._arn


class StateMachineAlias(Resource, CloudFormationModel):
    """An alias: the version by which executions are started."""

    type_name = "AWS::StepFunctions::StateMachineAlias"

    def __init__(self, name: str, properties: dict[str, Any], account_id: str, region: str) -> None:
        super().__init__(name, properties, account_id, region)
        version = properties["DeploymentPreference"]["StateMachineVersionArn"]
        backend = stepfunctions_parser_backends[account_id][region]
        self._arn: str = backend.create_state_machine_alias(
            properties["Name"], [{"stateMachineVersionArn": version, "weight": 100}], None
        ).arn

    @property
    def physical_resource_id(self) -> str:
        return self._arn


def _all_to(machine: Any) -> list[dict[str, Any]]:
    return [{"stateMachineVersionArn": machine.latest_version.arn, "weight": 100}]


def _attribute(machine: StateMachine, name: str) -> Any:
    if name != REVISION:
        return _attribute_of(machine, name)
    return hashlib.sha256(f"{machine.definition}{machine.roleArn}".encode()).hexdigest()[:36]


# moto's own type has no revision.
setattr(StateMachine, "get_cfn_attribute", _attribute)  # noqa: B010
setattr(StateMachine, "has_cfn_attr", classmethod(lambda _, __: True))  # noqa: B010
