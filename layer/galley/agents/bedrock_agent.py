"""An agent of Amazon Bedrock Agents: one call, which comes back when its tools are done."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

import boto3

from galley.agents.answer import Allow, Answer, always
from galley.agents.failures import FAILURES, named, patience
from galley.agents.usage import Failure, Tokens, charged
from galley.errors import AgentRefusedError, AgentUnavailableError, GalleyError

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient


class BedrockAgent:
    """An agent of Amazon Bedrock Agents, called through one of its aliases."""

    def __init__(
        self,
        agent_id: str,
        alias_id: str,
        client: "AgentsforBedrockRuntimeClient",
        model: str = "",
    ) -> None:
        self.agent_id = agent_id
        self.alias_id = alias_id
        self.model = model  # as the template has it, where no trace tells
        self._runtime = client

    @classmethod
    def of(cls, name: str, seconds: int, model: str = "") -> Self:
        """Return the agent of an id and an alias, which may take so long."""
        client = boto3.client("bedrock-agent-runtime", config=patience(seconds))
        agent_id, alias_id = name.split("/")
        return cls(agent_id, alias_id, client, model)

    def ask(
        self,
        prompt: str,
        session_id: str,
        attributes: Mapping[str, str],
        allow: Allow = always,  # noqa: ARG002  # its turns are the service's, and not seen
    ) -> Answer:
        """Return the agent's answer, its stream joined as bytes and its usage summed."""
        started, read = time.monotonic(), _Read()
        try:
            response = self._runtime.invoke_agent(
                agentId=self.agent_id,
                agentAliasId=self.alias_id,
                sessionId=session_id,
                inputText=prompt,
                enableTrace=True,
                sessionState={"sessionAttributes": dict(attributes)},
            )
            _read(response["completion"], session_id, read)
            text = b"".join(read.chunks).decode("utf-8", errors="replace").strip()
            if not text:
                raise AgentUnavailableError(f"session {session_id}: the agent's answer is empty")
        except FAILURES as error:
            raise read.charged(named(error, session_id), prompt) from error
        except GalleyError as error:
            read.charged(error, prompt)
            raise
        return Answer(
            text=text,
            session_id=session_id,
            **asdict(read.tokens),
            seconds=round(time.monotonic() - started, 3),
            backend="bedrock-agents",
            agent=f"{self.agent_id}/{self.alias_id}",
            tools=read.tools,
            trace_id=read.about.get("trace_id"),
            agent_version=read.about.get("agent_version", ""),
            model=read.about.get("model", self.model),
        )


@dataclass
class _Read:
    """What stands in the stream of an answer."""

    chunks: list[bytes] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=lambda: {"inputTokens": 0, "outputTokens": 0})
    about: dict[str, str] = field(default_factory=dict)
    tools: list[str] = field(default_factory=list)

    @property
    def tokens(self) -> Tokens:
        """What it took; this service says nothing of caches."""
        return Tokens(self.usage["inputTokens"], self.usage["outputTokens"])

    def charged(self, error: Failure, prompt: str) -> Failure:
        """Return a failure with what it took."""
        return charged(error, self.tokens, None if any(self.usage.values()) else prompt)


def _read(stream: Any, session_id: str, read: _Read) -> None:
    for event in stream:
        if "chunk" in event:
            read.chunks.append(event["chunk"]["bytes"])
        traced = event.get("trace", {})
        if "agentVersion" in traced:
            read.about.setdefault("agent_version", traced["agentVersion"])
        for part in traced.get("trace", {}).values():
            if part.get("action") == "INTERVENED":  # what follows is the guardrail's own message
                raise AgentRefusedError(f"session {session_id}: the guardrail stopped the agent")
            _note(part, read)


def _note(part: Mapping[str, Any], read: _Read) -> None:
    """Note what one part of a trace tells."""
    if model := part.get("modelInvocationInput", {}).get("foundationModel"):
        read.about.setdefault("model", model)
    used = part.get("invocationInput", {}).get("actionGroupInvocationInput", {})
    if "function" in used:
        read.tools.append(used["function"])
    invocation = part.get("modelInvocationOutput", {})
    if "traceId" in invocation:
        read.about.setdefault("trace_id", invocation["traceId"])
    for name, count in invocation.get("metadata", {}).get("usage", {}).items():
        read.usage[name] = read.usage.get(name, 0) + count
