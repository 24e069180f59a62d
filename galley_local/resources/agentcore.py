"""Harnesses of Amazon Bedrock AgentCore."""

from galley_local import lean_moto  # noqa: F401  # isort: skip  # before moto
from moto.core.common_models import CloudFormationModel

from galley_local.resources.base import Resource
from galley_local.resources.bedrock import NEVER_UPDATED


class Harness(Resource, CloudFormationModel):
    """A harness: instruction, model, and the tools that its caller uses for it."""

    type_name = "AWS::BedrockAgentCore::Harness"

    @property
    def attributes(self) -> dict[str, str]:
        identifier = f"{self.properties['HarnessName']}-{self.identifier}"
        return {
            "HarnessId": identifier,
            "Arn": self.arn("bedrock-agentcore", f"harness/{identifier}"),
            "Version": "1",
            "UpdatedAt": NEVER_UPDATED,
        }
