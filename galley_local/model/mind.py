"""A mind that asks a model, through the agent loop of `strands-agents`."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from strands import Agent, ModelRetryStrategy
from strands.agent.conversation_manager import NullConversationManager
from strands.models import Model
from strands.tools.tools import PythonAgentTool
from strands.types.exceptions import ModelThrottledException
from strands.types.tools import ToolResult, ToolUse

from galley_local.bedrock.agent import Tool
from galley_local.bedrock.session import ServiceError, Session, Usage
from galley_local.model.address import ModelAddress

TURNS = 16  # answers of the model to one prompt, those included that ask for a tool
TIMEOUT_SECONDS = 240  # below the adapters' own
CONTEXT_TOKENS = 32_768  # Ollama's default would cut a source's text off without a word

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


class ModelMind:
    """Answers as the template's agents are told to, with their tools; keeps nothing."""

    def __init__(self, address: ModelAddress) -> None:
        self._address = address

    def answer(self, role: str, prompt: str, session: Session) -> str:
        """Return the model's answer; raises `ServiceError` as InvokeAgent would."""
        tools = _Tools(session)
        agent = Agent(
            model=self._model(),
            name=role,
            system_prompt=session.agent.instruction,
            tools=tools.known,
            callback_handler=None,
            conversation_manager=NullConversationManager(),
            retry_strategy=ModelRetryStrategy(max_attempts=1),  # the state machine tries again
        )
        try:
            result = agent(prompt, limits={"turns": TURNS})
        except ModelThrottledException as error:
            raise ServiceError(429, "ThrottlingException", "the model is throttled") from error
        except Exception as error:
            if tools.failure:
                raise tools.failure from error
            message = f"the model at {self._address.url} failed: {type(error).__name__}"
            raise ServiceError(424, "DependencyFailedException", message) from error
        if tools.failure:
            raise tools.failure
        if result.stop_reason != "end_turn":
            message = f"the model did not come to an end: {result.stop_reason}"
            raise ServiceError(424, "DependencyFailedException", message)
        counted = result.metrics.accumulated_usage
        session.usage = Usage(counted["inputTokens"], counted["outputTokens"])
        return _THOUGHTS.sub("", str(result)).strip()

    def _model(self) -> Model:
        address = self._address
        if address.is_ollama:
            from strands.models.ollama import OllamaModel

            # The client is not closed by who makes it: it keeps no connection open.
            limits = httpx.Limits(max_keepalive_connections=0)
            return OllamaModel(
                address.url,
                ollama_client_args={"timeout": TIMEOUT_SECONDS, "limits": limits},
                model_id=address.name,
                options={"num_ctx": CONTEXT_TOKENS},
            )
        from strands.models.openai import OpenAIModel

        return OpenAIModel(
            client_args={
                "base_url": address.url,
                "api_key": address.key or "none",
                "timeout": TIMEOUT_SECONDS,
                "max_retries": 0,
            },
            model_id=address.name,
        )


class _Tools:
    """An agent's tools as the model sees them; a failure is kept, as it ends InvokeAgent."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.failure: ServiceError | None = None
        self.known: list[Any] = [
            PythonAgentTool(name, _specification(tool), self._user_of(name))
            for name, tool in session.agent.tools.items()
        ]

    def _user_of(self, name: str) -> Callable[..., ToolResult]:
        known = self._session.agent.tools[name].parameters

        def use(tool_use: ToolUse, **_: Any) -> ToolResult:
            given = tool_use["input"] if isinstance(tool_use["input"], dict) else {}
            # Bedrock passes on what the schema knows
            parameters = {each: str(text) for each, text in given.items() if each in known}
            try:
                said = self._session(name, parameters)
            except ServiceError as error:
                self.failure = self.failure or error
                said = "The tool failed."
            return {
                "toolUseId": tool_use["toolUseId"],
                "status": "error" if self.failure else "success",
                "content": [{"text": said}],
            }

        return use


def _specification(tool: Tool) -> Any:
    """Return a tool of the template as JSON Schema has it."""
    return {
        "name": tool.function["Name"],
        "description": tool.function["Description"],
        "inputSchema": {
            "json": {
                "type": "object",
                "properties": {
                    name: {"type": each["Type"], "description": each.get("Description", name)}
                    for name, each in tool.parameters.items()
                },
                "required": [
                    name for name, each in tool.parameters.items() if each.get("Required")
                ],
            }
        },
    }
