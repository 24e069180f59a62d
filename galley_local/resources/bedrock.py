"""Agents, guardrails and knowledge bases, with the vectors that these are kept in."""

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel

from galley_local.resources.base import Resource

NEVER_UPDATED = "1970-01-01T00:00:00Z"  # nothing is updated on a laptop


class BedrockAgent(Resource, CloudFormationModel):
    """An agent: instruction, model, and the action groups it may call."""

    type_name = "AWS::Bedrock::Agent"

    @property
    def attributes(self) -> dict[str, str]:
        return {
            "AgentId": self.identifier,
            "AgentArn": self.arn("bedrock", f"agent/{self.identifier}"),
            "UpdatedAt": NEVER_UPDATED,
        }


class BedrockAgentAlias(Resource, CloudFormationModel):
    """An alias, through which an agent is called."""

    type_name = "AWS::Bedrock::AgentAlias"

    @property
    def physical_resource_id(self) -> str:
        return f"{self.properties['AgentId']}|{self.identifier}"

    @property
    def attributes(self) -> dict[str, str]:
        path = f"agent-alias/{self.properties['AgentId']}/{self.identifier}"
        return {"AgentAliasId": self.identifier, "AgentAliasArn": self.arn("bedrock", path)}


class Guardrail(Resource, CloudFormationModel):
    """A guardrail, which watches nothing here: there is no model to attack."""

    type_name = "AWS::Bedrock::Guardrail"

    @property
    def attributes(self) -> dict[str, str]:
        return {
            "GuardrailId": self.identifier.lower(),
            "GuardrailArn": self.arn("bedrock", f"guardrail/{self.identifier.lower()}"),
            "UpdatedAt": NEVER_UPDATED,
        }


class GuardrailVersion(Resource, CloudFormationModel):
    """What agents use of a guardrail."""

    type_name = "AWS::Bedrock::GuardrailVersion"

    @property
    def attributes(self) -> dict[str, str]:
        return {"Version": "1"}


class BedrockKnowledgeBase(Resource, CloudFormationModel):
    """A knowledge base; its documents are indexed when the stack has its corpus."""

    type_name = "AWS::Bedrock::KnowledgeBase"

    @property
    def attributes(self) -> dict[str, str]:
        return {
            "KnowledgeBaseId": self.identifier,
            "KnowledgeBaseArn": self.arn("bedrock", f"knowledge-base/{self.identifier}"),
        }


class BedrockDataSource(Resource, CloudFormationModel):
    """Where a knowledge base has its documents from."""

    type_name = "AWS::Bedrock::DataSource"

    @property
    def attributes(self) -> dict[str, str]:
        return {"DataSourceId": self.identifier}


class VectorBucket(Resource, CloudFormationModel):
    """A bucket of S3 Vectors."""

    type_name = "AWS::S3Vectors::VectorBucket"

    @property
    def attributes(self) -> dict[str, str]:
        return {"VectorBucketArn": self.arn("s3vectors", f"bucket/{self.identifier.lower()}")}


class VectorIndex(Resource, CloudFormationModel):
    """An index of S3 Vectors."""

    type_name = "AWS::S3Vectors::Index"

    @property
    def attributes(self) -> dict[str, str]:
        bucket = self.properties["VectorBucketArn"]
        return {"IndexArn": f"{bucket}/index/{self.identifier.lower()}"}
