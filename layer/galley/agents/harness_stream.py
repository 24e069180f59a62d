"""Reads what a harness answers to one call: a message, whole only when its stream has ended."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from galley.agents.action_groups import ToolCall
from galley.agents.failures import failure
from galley.agents.usage import Tokens, tokens_of
from galley.errors import AgentRefusedError, AgentReplyError, AgentUnavailableError, GalleyError

_ERRORS = ("runtimeClientError", "internalServerException", "validationException")

_ANSWERED = {"end_turn", "stop_sequence"}
_STOPPED: dict[str, tuple[type[GalleyError], str]] = {
    "max_tokens": (AgentReplyError, "its reply is too long for its model"),
    "max_output_tokens_exceeded": (AgentReplyError, "its replies are too long together"),
    "malformed_model_output": (AgentReplyError, "its model's reply cannot be read"),
    "malformed_tool_use": (AgentReplyError, "its model's call of a tool cannot be read"),
    "model_context_window_exceeded": (AgentRefusedError, "its prompt is too long for its model"),
    "content_filtered": (AgentRefusedError, "a filter of its model stopped it"),
    "guardrail_intervened": (AgentRefusedError, "the guardrail stopped it"),
    "hook_stopped": (AgentRefusedError, "one of its hooks stopped it"),
}


@dataclass
class Turn:
    """One message of a harness: its blocks as the next call repeats them, and what it took."""

    reads: int = 0  # tokens, estimated
    blocks: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)
    stop: str = ""
    request_id: str | None = None

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(each.get("text", "") for each in self.blocks).strip()

    @property
    def tokens(self) -> Tokens:
        """What it took, estimated where the service has not told."""
        if not self.usage:
            return Tokens(self.reads, tokens_of(self.blocks) if self.blocks else 0)
        return Tokens(
            self.usage.get("inputTokens", 0),
            self.usage.get("outputTokens", 0),
            self.usage.get("cacheReadInputTokens", 0),
            self.usage.get("cacheWriteInputTokens", 0),
        )

    @property
    def calls(self) -> list[ToolCall]:
        """The tools that it waits for."""
        if self.stop != "tool_use":
            return []
        uses = [each["toolUse"] for each in self.blocks if "toolUse" in each]
        return [ToolCall(use["toolUseId"], use["name"], use["input"]) for use in uses]

    @property
    def message(self) -> dict[str, Any]:
        """The message itself."""
        return {"role": "assistant", "content": self.blocks}


def read_turn(stream: Iterable[Mapping[str, Any]], session_id: str, turn: Turn) -> None:
    """Read the last message of a stream; raises what the state machine knows of failures."""
    parts: dict[int, _Block] = {}
    for event in stream:
        for code in _ERRORS:
            if code in event:  # as an event, where it is not raised as an exception
                raise failure(code, str(event[code].get("message", "")), session_id)
        if "messageStart" in event:
            parts = {}
        elif "contentBlockStart" in event:
            begun = event["contentBlockStart"]
            part = parts.setdefault(begun["contentBlockIndex"], _Block())
            part.use.update(begun["start"].get("toolUse", {}))
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]
            parts.setdefault(delta["contentBlockIndex"], _Block()).add(delta["delta"])
        elif "messageStop" in event:
            turn.stop = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            for name, count in event["metadata"]["usage"].items():
                turn.usage[name] = turn.usage.get(name, 0) + count
    turn.blocks = [block for _, each in sorted(parts.items()) for block in each.blocks()]
    _check(turn, session_id)


def _check(turn: Turn, session_id: str) -> None:
    if turn.stop in _STOPPED:
        error, why = _STOPPED[turn.stop]
        raise error(f"session {session_id}: the agent gave no answer: {why}")
    if not (turn.text or turn.calls):
        raise AgentUnavailableError(f"session {session_id}: the agent's answer is empty")
    if turn.stop not in _ANSWERED and not turn.calls:
        why = turn.stop or "its stream broke off"
        raise AgentUnavailableError(f"session {session_id}: the agent gave no answer: {why}")


@dataclass
class _Block:
    """A content block, as its parts come."""

    text: str = ""
    use: dict[str, Any] = field(default_factory=dict)
    given: str = ""  # to the tool: parts of a JSON object
    thought: dict[str, Any] = field(default_factory=dict)

    def add(self, delta: Mapping[str, Any]) -> None:
        self.text += delta.get("text", "")
        self.given += delta.get("toolUse", {}).get("input", "")
        for name, part in delta.get("reasoningContent", {}).items():
            self.thought[name] = self.thought[name] + part if name in self.thought else part

    def blocks(self) -> list[dict[str, Any]]:
        """Return it as a message has it; a model wants its own thoughts back, signed."""
        if "name" in self.use:
            use = {name: self.use[name] for name in ("toolUseId", "name")}
            return [{"toolUse": {**use, "input": _object(self.given)}}]
        if "redactedContent" in self.thought:
            return [{"reasoningContent": {"redactedContent": self.thought["redactedContent"]}}]
        if self.thought:
            # one of which only the signature is told has a text all the same, an empty one
            return [{"reasoningContent": {"reasoningText": {"text": "", **self.thought}}}]
        # a text of blanks is refused where it comes back
        return [{"text": _mended(self.text)}] if self.text.strip() else []


def _object(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    # What is no object lacks every value, and the tool says so.
    return given if isinstance(given, dict) else {}


def _mended(text: str) -> str:
    """Return a text whose parts may have come apart between the halves of a character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
