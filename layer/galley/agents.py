"""
The seam to agents: one method, `ask`. What thinks behind it is nobody's concern here.

Errors become the names that the state machine knows, whether they come before the answer
(HTTP status) or inside its event stream, where no SDK retries them.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config
from botocore.eventstream import ParserError
from urllib3.exceptions import HTTPError

from galley.aws import AWS_ERRORS, error_code
from galley.errors import (
    AgentRefusedError,
    AgentThrottledError,
    AgentUnavailableError,
    GalleyError,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient

# Codes differ in case between HTTP errors and stream exceptions: compare in lower case.
_THROTTLED = {"throttlingexception", "servicequotaexceededexception", "toomanyrequestsexception"}
_REFUSED = {"validationexception", "accessdeniedexception", "resourcenotfoundexception"}


@dataclass(frozen=True)
class Answer:
    """What an agent said and what it took."""

    text: str
    session_id: str
    input_tokens: int
    output_tokens: int
    seconds: float
    trace_id: str | None = None
    agent: str = ""  # its id and its alias
    agent_version: str = ""  # that the alias led to
    model: str = ""

    def evidence(self) -> dict[str, Any]:
        """Return everything but the text, to be kept with what the answer became."""
        fields = asdict(self)
        del fields["text"]
        return fields


class Agent(Protocol):
    """Anything that can be asked."""

    def ask(self, prompt: str, session_id: str, attributes: Mapping[str, str]) -> Answer:
        """Return the agent's answer; `attributes` reach its tools, not its model."""


class BedrockAgent:
    """An agent of Amazon Bedrock Agents, called through one of its aliases."""

    def __init__(
        self, agent_id: str, alias_id: str, client: "AgentsforBedrockRuntimeClient"
    ) -> None:
        self.agent_id = agent_id
        self.alias_id = alias_id
        self._runtime = client

    def ask(self, prompt: str, session_id: str, attributes: Mapping[str, str]) -> Answer:
        """Return the agent's answer, its stream joined as bytes and its usage summed."""
        started = time.monotonic()
        try:
            response = self._runtime.invoke_agent(
                agentId=self.agent_id,
                agentAliasId=self.alias_id,
                sessionId=session_id,
                inputText=prompt,
                enableTrace=True,
                sessionState={"sessionAttributes": dict(attributes)},
            )
            chunks, usage, about = _read(response["completion"], session_id)
        except (*AWS_ERRORS, HTTPError, ParserError) as error:
            raise _named(error, session_id) from error
        text = b"".join(chunks).decode("utf-8", errors="replace").strip()
        if not text:
            raise AgentUnavailableError(f"session {session_id}: the agent's answer is empty")
        return Answer(
            text=text,
            session_id=session_id,
            input_tokens=usage["inputTokens"],
            output_tokens=usage["outputTokens"],
            seconds=round(time.monotonic() - started, 3),
            agent=f"{self.agent_id}/{self.alias_id}",
            **about,
        )


def agent_from_env() -> BedrockAgent:
    """Return the role's agent, as the template names it in the function's environment."""
    client = boto3.client(
        "bedrock-agent-runtime",
        config=Config(
            connect_timeout=5,
            read_timeout=int(os.environ["AGENT_READ_TIMEOUT_SECONDS"]),
            # The state machine retries; a second attempt here would be paid for out of sight.
            retries={"total_max_attempts": 1},
        ),
    )
    agent_id, alias_id = os.environ["AGENT"].split("/")
    return BedrockAgent(agent_id, alias_id, client)


def _read(stream: Any, session_id: str) -> tuple[list[bytes], dict[str, int], dict[str, str]]:
    chunks: list[bytes] = []
    usage = {"inputTokens": 0, "outputTokens": 0}
    about: dict[str, str] = {}
    for event in stream:
        if "chunk" in event:
            chunks.append(event["chunk"]["bytes"])
        traced = event.get("trace", {})
        if "agentVersion" in traced:
            about.setdefault("agent_version", traced["agentVersion"])
        for part in traced.get("trace", {}).values():
            if part.get("action") == "INTERVENED":  # what follows is the guardrail's own message
                raise AgentRefusedError(f"session {session_id}: the guardrail stopped the agent")
            invocation = part.get("modelInvocationOutput", {})
            if "traceId" in invocation:
                about.setdefault("trace_id", invocation["traceId"])
            if model := part.get("modelInvocationInput", {}).get("foundationModel"):
                about.setdefault("model", model)
            for name, count in invocation.get("metadata", {}).get("usage", {}).items():
                usage[name] = usage.get(name, 0) + count
    return chunks, usage, about


def _named(error: Exception, session_id: str) -> GalleyError:
    # The service's own message may repeat the prompt, so only its code goes on.
    code = error_code(error)
    message = f"session {session_id}: the agent service answered {code}"
    if code.lower() in _THROTTLED:
        return AgentThrottledError(message)
    if code.lower() in _REFUSED:
        return AgentRefusedError(message)
    return AgentUnavailableError(message)
