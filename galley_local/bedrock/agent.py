"""An agent as a template makes it, whichever service it is of."""

from dataclasses import dataclass
from typing import Any

from galley_local.iam import model_access
from galley_local.iam.permissions import Errand
from galley_local.resources.agentcore import Harness
from galley_local.resources.bedrock import BedrockAgent, BedrockAgentAlias


@dataclass(frozen=True)
class Tool:
    """A tool of an agent: its action group, that group's Lambda, and how it is described."""

    group: str
    lambda_arn: str
    function: dict[str, Any]  # as the template has it

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """What it takes, by name."""
        found: dict[str, dict[str, Any]] = self.function.get("Parameters", {})
        return found


@dataclass(frozen=True)
class Agent:
    """An agent that can be called: what it is for and told, its tools by name, its errand."""

    role: str
    arn: str
    agent_id: str
    alias_id: str
    instruction: str
    tools: dict[str, Tool]
    thinking: Errand
    harness: Harness | None = None
    model: str = ""  # of an agent of Bedrock Agents, whose traces tell it

    @property
    def is_harness(self) -> bool:
        """Whether it is a harness, whose tools are its caller's to use."""
        return self.harness is not None

    def thinking_with(self, model: dict[str, Any] | None) -> Errand:
        """Return its errand where a call brings a model that takes the place of its own."""
        if self.harness is None or model is None:
            return self.thinking
        given = model["bedrockModelConfig"]
        own = {"ModelId": given["modelId"], "AdditionalParams": given.get("additionalParams", {})}
        properties = self.harness.properties | {"Model": {"BedrockModelConfig": own}}
        return model_access.harness_thinking(
            properties, self.harness.region, self.harness.account_id
        )

    @classmethod
    def from_resources(cls, agent: BedrockAgent, alias: BedrockAgentAlias) -> "Agent":
        """Read an agent from the template's resources."""
        tools = {
            each["Name"]: Tool(
                group["ActionGroupName"], group["ActionGroupExecutor"]["Lambda"], each
            )
            for group in agent.properties["ActionGroups"]
            if group  # None: its condition leaves it out
            for each in group["FunctionSchema"]["Functions"]
        }
        return cls(
            role=agent.properties["AgentName"].rpartition("-")[2],
            arn=agent.attributes["AgentArn"],
            agent_id=agent.identifier,
            alias_id=alias.identifier,
            instruction=agent.properties["Instruction"],
            tools=tools,
            thinking=model_access.thinking(agent.properties, agent.region, agent.account_id),
            model=agent.properties["FoundationModel"],
        )

    @classmethod
    def from_harness(cls, harness: Harness) -> "Agent":
        """Read an agent from a harness of the template, whose tools are its caller's to use."""
        properties = harness.properties
        tools = {
            each["Name"]: Tool("", "", _function(each))
            for each in properties["Tools"]
            if each  # None: its condition leaves it out
        }
        return cls(
            role=properties["HarnessName"].rpartition("_")[2],
            arn=harness.attributes["Arn"],
            agent_id=harness.attributes["HarnessId"],
            alias_id="DEFAULT",
            instruction="".join(each["Text"] for each in properties["SystemPrompt"]),
            tools={name: tools[name] for name in properties["AllowedTools"] if name in tools},
            thinking=model_access.harness_thinking(properties, harness.region, harness.account_id),
            harness=harness,
        )


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    """Return a tool of a harness as an action group describes it."""
    described = tool["Config"]["InlineFunction"]
    schema = described["InputSchema"]
    return {
        "Name": tool["Name"],
        "Description": described["Description"],
        "Parameters": {
            name: {
                "Type": each["type"],
                "Description": each.get("description", name),
                "Required": name in schema.get("required", []),
            }
            for name, each in schema["properties"].items()
        },
    }
