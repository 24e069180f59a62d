"""
Resource types that moto's CloudFormation lacks, as far as the template uses them.

moto finds a type by looking for direct subclasses of `CloudFormationModel`; the last one wins.
Importing this module is what makes them known.
"""

import hashlib
import json
from typing import Any, ClassVar

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel
from moto.events.models import EventBus
from moto.moto_api._internal import mock_random
from moto.secretsmanager.models import secretsmanager_backends
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

NEVER_UPDATED = "1970-01-01T00:00:00Z"  # nothing is updated on a laptop


class _Resource:
    """What the types below have in common: a name, properties, attributes, no updates."""

    type_name: ClassVar[str]

    def __init__(self, name: str, properties: dict[str, Any], account_id: str, region: str) -> None:
        self.name = name
        self.properties = properties
        self.account_id = account_id
        self.region = region

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def cloudformation_type(cls) -> str:
        return getattr(cls, "type_name", "")

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        return cls(resource_name, cloudformation_json["Properties"], account_id, region_name)

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """Everything is gone when the stack stops."""

    @property
    def physical_resource_id(self) -> str:
        return self.identifier

    @property
    def identifier(self) -> str:
        """An id in Bedrock's form, which is the same at every start."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:10].upper()

    @property
    def attributes(self) -> dict[str, str]:
        return {}

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:  # noqa: ARG003  # moto calls it with one
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.attributes[attribute_name]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


class BedrockAgent(_Resource, CloudFormationModel):
    """An agent: instruction, model, and the action groups it may call."""

    type_name = "AWS::Bedrock::Agent"

    @property
    def attributes(self) -> dict[str, str]:
        return {
            "AgentId": self.identifier,
            "AgentArn": self.arn("bedrock", f"agent/{self.identifier}"),
            "UpdatedAt": NEVER_UPDATED,
        }


class BedrockAgentAlias(_Resource, CloudFormationModel):
    """An alias, through which an agent is called."""

    type_name = "AWS::Bedrock::AgentAlias"

    @property
    def physical_resource_id(self) -> str:
        return f"{self.properties['AgentId']}|{self.identifier}"

    @property
    def attributes(self) -> dict[str, str]:
        path = f"agent-alias/{self.properties['AgentId']}/{self.identifier}"
        return {"AgentAliasId": self.identifier, "AgentAliasArn": self.arn("bedrock", path)}


class Guardrail(_Resource, CloudFormationModel):
    """A guardrail, which watches nothing here: there is no model to attack."""

    type_name = "AWS::Bedrock::Guardrail"

    @property
    def attributes(self) -> dict[str, str]:
        return {
            "GuardrailId": self.identifier.lower(),
            "GuardrailArn": self.arn("bedrock", f"guardrail/{self.identifier.lower()}"),
            "UpdatedAt": NEVER_UPDATED,
        }


class GuardrailVersion(_Resource, CloudFormationModel):
    """What agents use of a guardrail."""

    type_name = "AWS::Bedrock::GuardrailVersion"

    @property
    def attributes(self) -> dict[str, str]:
        return {"Version": "1"}


class BedrockKnowledgeBase(_Resource, CloudFormationModel):
    """A knowledge base; its documents are indexed when the stack has its corpus."""

    type_name = "AWS::Bedrock::KnowledgeBase"

    @property
    def attributes(self) -> dict[str, str]:
        return {
            "KnowledgeBaseId": self.identifier,
            "KnowledgeBaseArn": self.arn("bedrock", f"knowledge-base/{self.identifier}"),
        }


class BedrockDataSource(_Resource, CloudFormationModel):
    """Where a knowledge base has its documents from."""

    type_name = "AWS::Bedrock::DataSource"

    @property
    def attributes(self) -> dict[str, str]:
        return {"DataSourceId": self.identifier}


class VectorBucket(_Resource, CloudFormationModel):
    """A bucket of S3 Vectors."""

    type_name = "AWS::S3Vectors::VectorBucket"

    @property
    def attributes(self) -> dict[str, str]:
        return {"VectorBucketArn": self.arn("s3vectors", f"bucket/{self.identifier.lower()}")}


class VectorIndex(_Resource, CloudFormationModel):
    """An index of S3 Vectors."""

    type_name = "AWS::S3Vectors::Index"

    @property
    def attributes(self) -> dict[str, str]:
        bucket = self.properties["VectorBucketArn"]
        return {"IndexArn": f"{bucket}/index/{self.identifier.lower()}"}


class EventInvokeConfig(_Resource, CloudFormationModel):
    """What Lambda does where a function fails that nobody waits for."""

    type_name = "AWS::Lambda::EventInvokeConfig"


class BucketPolicy(_Resource, CloudFormationModel):
    """Who may not reach a bucket at all."""

    type_name = "AWS::S3::BucketPolicy"


class QueuePolicy(_Resource, CloudFormationModel):
    """Which services may send to a queue."""

    type_name = "AWS::SQS::QueuePolicy"


class Schedule(_Resource, CloudFormationModel):
    """A schedule of EventBridge Scheduler."""

    type_name = "AWS::Scheduler::Schedule"


class HttpApi(_Resource, CloudFormationModel):
    """An HTTP API; its routes stand in its OpenAPI body."""

    type_name = "AWS::ApiGatewayV2::Api"

    @property
    def attributes(self) -> dict[str, str]:
        return {"ApiId": self.identifier}


class HttpApiStage(_Resource, CloudFormationModel):
    """The default stage of an HTTP API."""

    type_name = "AWS::ApiGatewayV2::Stage"


class Secret(_Resource, CloudFormationModel):
    """A secret, generated as its template asks."""

    type_name = "AWS::SecretsManager::Secret"

    def __init__(self, name: str, properties: dict[str, Any], account_id: str, region: str) -> None:
        super().__init__(name, properties, account_id, region)
        rules = properties["GenerateSecretString"]
        self.secret_arn = json.loads(
            secretsmanager_backends[account_id][region].create_secret(
                name=name,
                secret_string=mock_random.get_random_string(length=rules["PasswordLength"]),
                secret_binary=None,
                description=properties.get("Description"),
                tags=None,
                kms_key_id=None,
                client_request_token=None,
                replica_regions=[],
                force_overwrite=False,
            )
        )["ARN"]

    @property
    def physical_resource_id(self) -> str:
        return str(self.secret_arn)


class RotationSchedule(_Resource, CloudFormationModel):
    """How often a secret is rotated, and by which function."""

    type_name = "AWS::SecretsManager::RotationSchedule"

    @property
    def physical_resource_id(self) -> str:
        return str(self.properties["SecretId"])


class ExecutedStateMachine(_Resource, CloudFormationModel):
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


# moto's own type has no physical id, so that a Ref to a bus would give the object itself.
setattr(EventBus, "physical_resource_id", property(lambda bus: bus.name))  # noqa: B010
