"""
One question to a harness, from its prompt to its answer.

A mind thinks it through in one go and has its tools used meanwhile. A harness stops where it wants
a tool, and goes on in another call that brings what the tool said: so the mind has a thread of its
own, which waits in between.
"""

import threading
import uuid
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

from galley_local.bedrock.agent import Agent, Tool
from galley_local.bedrock.session import ServiceError, Turn, Usage
from galley_local.bedrock.thinking import Mind, think

LONGEST_TOOL_SECONDS = 900  # as long as a function can run
NOTHING = Usage(0, 0)


@dataclass(frozen=True)
class Use:
    """A tool that a mind wants to use, and where it waits for what that says."""

    use_id: str
    name: str
    given: dict[str, Any]
    said: Queue[str] = field(default_factory=Queue, compare=False)


@dataclass(frozen=True)
class Step:
    """What a harness answers to one call: tools that it wants to use, or its answer."""

    uses: list[Use]
    text: str = ""
    usage: Usage = NOTHING  # of this turn


class Conversation:
    """A mind that thinks about one prompt; for the mind, the session that it thinks in."""

    def __init__(self, agent: Agent, prompt: str, mind: Mind, session_id: str = "") -> None:
        self.agent = agent
        self.session_id = session_id
        self.usage: Usage | None = None
        self.prompt = prompt
        self._mind = mind
        self._comes: Queue[Use | str | Exception] = Queue()
        self._waits: dict[str, Use] = {}
        self._turns: list[Turn] = []
        self._told = NOTHING

    def begin(self) -> Step:
        """Let the mind think until it wants tools or has its answer."""
        threading.Thread(target=self._think, daemon=True).start()
        return self._next()

    def go_on(self, results: dict[str, str]) -> Step:
        """Let it think on with what its tools said; all that it waits for have to be there."""
        if results.keys() != self._waits.keys():
            raise ServiceError(400, "ValidationException", "not every toolUse has its toolResult")
        waiting, self._waits = self._waits, {}
        uses = ((use.name, use.given, results[use_id]) for use_id, use in waiting.items())
        self._turns.append(Turn.of(uses))
        for use_id, text in results.items():
            waiting[use_id].said.put(text)
        return self._next()

    def __call__(self, function: str, parameters: dict[str, str]) -> str:
        """Wait until the caller has used a tool; return what it said."""
        tool = self.agent.tools.get(function)
        if tool is None:  # as a model is told that makes one up
            return f"There is no tool {function}."
        use = Use(f"tooluse_{uuid.uuid4().hex[:22]}", function, _typed(tool, parameters))
        self._comes.put(use)
        try:
            return use.said.get(timeout=LONGEST_TOOL_SECONDS)
        except Empty:  # its caller is gone
            raise ServiceError(424, "RuntimeClientError", f"nobody used {function}") from None

    def _think(self) -> None:
        try:
            self._comes.put(think(self._mind, self.prompt, self))
        except Exception as error:  # noqa: BLE001  # raised where somebody waits for the answer
            self._comes.put(error)

    def _next(self) -> Step:
        came = self._comes.get()
        if isinstance(came, Exception):
            raise came
        if isinstance(came, str):
            return Step([], came, self._usage(came))
        self._waits[came.use_id] = came
        while not self._comes.empty():  # a mind with several hands
            more = self._comes.get()
            if isinstance(more, Exception):
                raise more
            if isinstance(more, Use):
                self._waits[more.use_id] = more
        uses = list(self._waits.values())
        return Step(uses, usage=self._usage("".join(map(_asked, uses))))

    def _usage(self, said: str) -> Usage:
        """Return what this turn took, of a mind that counts at its end what it has not told."""
        told = self._told
        self._told = self.usage or Usage.of_turns(self.agent, self.prompt, self._turns, said)
        return self._told.beyond(told)


def _asked(use: Use) -> str:
    return use.name + "".join(f"{name}{value}" for name, value in use.given.items())


def _typed(tool: Tool, parameters: dict[str, str]) -> dict[str, Any]:
    """Return parameters as a model gives them that has read the tool's schema."""
    kinds = {name: each["Type"] for name, each in tool.parameters.items()}
    return {
        name: int(value) if kinds.get(name) == "integer" and value.lstrip("-").isdigit() else value
        for name, value in parameters.items()
    }
