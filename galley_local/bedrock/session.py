"""What a mind has while it thinks as an agent: what the agent is told, and its tools."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from galley_local.iam import model_access
from galley_local.iam.permissions import Errand
from galley_local.iam.service_calls import BEDROCK, NotPermittedError, ServiceCalls
from galley_local.resources.bedrock import BedrockAgent, BedrockAgentAlias

UseTool = Callable[[str, dict[str, str]], str]

CHARACTERS_PER_TOKEN = 4  # an estimate for English text, where no tokenizer runs


class ServiceError(Exception):
    """An error that the service would answer with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


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
        )


@dataclass(frozen=True)
class Usage:
    """The tokens of an answer, those of all its turns."""

    input_tokens: int
    output_tokens: int

    @classmethod
    def estimated(cls, prompt: str, text: str) -> "Usage":
        """Estimate them from the lengths of texts."""
        return cls(len(prompt) // CHARACTERS_PER_TOKEN, len(text) // CHARACTERS_PER_TOKEN)

    def to_dict(self) -> dict[str, int]:
        """Return them as a trace has them."""
        return {"inputTokens": self.input_tokens, "outputTokens": self.output_tokens}


class Session:
    """One call of an agent; called itself, it uses a tool, and returns what that says."""

    def __init__(
        self, agent: Agent, session_id: str, state: dict[str, Any], service_calls: ServiceCalls
    ) -> None:
        self.agent = agent
        self.usage: Usage | None = None  # what the mind has counted, if it counts
        self._id = session_id
        self._state = state
        self._service_calls = service_calls

    def __call__(self, function: str, parameters: dict[str, str]) -> str:
        """Have the agent's Lambda do what a tool does; raises `ServiceError` as InvokeAgent."""
        tool = self.agent.tools.get(function)
        if tool is None:  # as a model is told that makes one up
            return f"There is no tool {function}."
        called = self._service_calls.function(tool.lambda_arn)
        if called is None:
            raise ServiceError(424, "DependencyFailedException", f"{function} has no Lambda")
        try:
            event = self._event(tool, parameters)
            outcome = self._service_calls.invoke(BEDROCK, self.agent.arn, called, event)
        except NotPermittedError as error:
            raise ServiceError(403, "AccessDeniedException", str(error)) from error
        if outcome.failed:
            raise ServiceError(424, "DependencyFailedException", f"{function} failed")
        response = outcome.payload["response"]["functionResponse"]
        if response.get("responseState") == "FAILURE":
            raise ServiceError(424, "DependencyFailedException", f"{function} returned FAILURE")
        return str(response["responseBody"]["TEXT"]["body"])

    def _event(self, tool: Tool, parameters: dict[str, str]) -> dict[str, Any]:
        kinds = {name: each["Type"] for name, each in tool.parameters.items()}
        return {
            "messageVersion": "1.0",
            "agent": {
                "name": self.agent.role,
                "id": self.agent.agent_id,
                "alias": self.agent.alias_id,
                "version": "1",
            },
            "inputText": "",
            "sessionId": self._id,
            "actionGroup": tool.group,
            "function": tool.function["Name"],
            "parameters": [
                {"name": name, "type": kinds.get(name, "string"), "value": str(value)}
                for name, value in parameters.items()
            ],
            "sessionAttributes": self._state.get("sessionAttributes", {}),
            "promptSessionAttributes": self._state.get("promptSessionAttributes", {}),
        }
