"""What a mind has while it thinks as an agent: what the agent is told, and its tools."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from galley_local.bedrock.agent import Agent, Tool
from galley_local.iam.service_calls import BEDROCK, NotPermittedError, ServiceCalls

UseTool = Callable[[str, dict[str, str]], str]

CHARACTERS_PER_TOKEN = 4  # an estimate for English text, where no tokenizer runs


class ServiceError(Exception):
    """An error that the service would answer with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Usage:
    """The tokens of an answer, those of all its turns."""

    input_tokens: int
    output_tokens: int

    @classmethod
    def estimated(cls, prompt: str, text: str) -> "Usage":
        """Estimate them from the lengths of texts."""
        return cls(len(prompt) // CHARACTERS_PER_TOKEN, len(text) // CHARACTERS_PER_TOKEN)

    @classmethod
    def of_turns(cls, agent: Agent, prompt: str, turns: Iterable["Turn"], text: str) -> "Usage":
        """Estimate those of an answer: each turn reads all that was said before, and the tools."""
        known = len(agent.instruction) + len(prompt) + sum(map(_described, agent.tools.values()))
        read, said = known, len(text)
        for turn in turns:
            said += turn.asked
            known += turn.asked + turn.answered
            read += known
        return cls(read // CHARACTERS_PER_TOKEN, said // CHARACTERS_PER_TOKEN)

    def beyond(self, told: "Usage") -> "Usage":
        """Return those that have not been told yet."""
        read, said = self.input_tokens - told.input_tokens, self.output_tokens - told.output_tokens
        return Usage(max(0, read), max(0, said))

    def to_dict(self) -> dict[str, int]:
        """Return them as a trace has them."""
        return {"inputTokens": self.input_tokens, "outputTokens": self.output_tokens}


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation in which tools were used: the characters of uses and results."""

    asked: int
    answered: int

    @classmethod
    def of(cls, uses: Iterable[tuple[str, Mapping[str, Any], str]]) -> "Turn":
        """Measure uses of tools: the name of each, what it was given, what it said."""
        asked = answered = 0
        for name, given, said in uses:
            asked += len(name) + sum(len(key) + len(str(value)) for key, value in given.items())
            answered += len(said)
        return cls(asked, answered)


class Session(Protocol):
    """One call of an agent; called itself, it uses a tool, and returns what that says."""

    usage: Usage | None  # what the mind has counted, if it counts

    @property
    def agent(self) -> Agent:
        """The agent that is asked."""

    @property
    def session_id(self) -> str:
        """Which session of the application it is; nothing where its caller does not say so."""

    def __call__(self, function: str, parameters: dict[str, str], /) -> str:
        """Have a tool do what it does; raises `ServiceError`."""


class AgentSession:
    """One call of InvokeAgent, which calls the Lambdas of its agent's tools itself."""

    def __init__(
        self, agent: Agent, session_id: str, state: dict[str, Any], service_calls: ServiceCalls
    ) -> None:
        self.agent = agent
        self.usage: Usage | None = None
        self.used: list[Tool] = []
        self.turns: list[Turn] = []
        self.session_id = session_id
        self._state = state
        self._service_calls = service_calls

    def __call__(self, function: str, parameters: dict[str, str]) -> str:
        """Have the agent's Lambda do what a tool does; raises `ServiceError` as InvokeAgent."""
        tool = self.agent.tools.get(function)
        if tool is None:  # as a model is told that makes one up
            return f"There is no tool {function}."
        self.used.append(tool)
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
        said = str(response["responseBody"]["TEXT"]["body"])
        self.turns.append(Turn.of([(function, parameters, said)]))
        return said

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
            "sessionId": self.session_id,
            "actionGroup": tool.group,
            "function": tool.function["Name"],
            "parameters": [
                {"name": name, "type": kinds.get(name, "string"), "value": str(value)}
                for name, value in parameters.items()
            ],
            "sessionAttributes": self._state.get("sessionAttributes", {}),
            "promptSessionAttributes": self._state.get("promptSessionAttributes", {}),
        }


def _described(tool: Tool) -> int:
    given = (f"{name} {each.get('Description', '')}" for name, each in tool.parameters.items())
    return len(f"{tool.function['Name']} {tool.function.get('Description', '')} {' '.join(given)}")
