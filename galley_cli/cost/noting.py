"""Notes what agents are asked, so that one can say what it takes to ask for tools together."""

import json
from dataclasses import dataclass, field
from typing import Any

from galley_local.bedrock.session import CHARACTERS_PER_TOKEN
from galley_local.extractive import ExtractiveMind


@dataclass
class Asked:
    """One question to an agent, in characters: what it reads first, and what each tool said."""

    role: str
    first: int
    said: list[int] = field(default_factory=list)

    @property
    def turns_together(self) -> int:
        """How many turns it has where it asks for all of its tools in one."""
        return 2 if self.said else 1

    @property
    def input_together(self) -> float:
        """The tokens that it then reads."""
        return (self.first * self.turns_together + sum(self.said)) / CHARACTERS_PER_TOKEN


class NotingMind(ExtractiveMind):
    """The extractive mind, and what it was asked since it was last looked at."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def answer(self, role: str, prompt: str, use_tool: Any) -> str:
        """Return its answer, once what it read is noted."""
        tools = [tool.function for tool in use_tool.agent.tools.values()]
        told = len(use_tool.agent.instruction) + len(json.dumps(tools)) + len(prompt)
        asked = Asked(role, told)
        self.asked.append(asked)

        def used(name: str, parameters: dict[str, str]) -> str:
            said = str(use_tool(name, parameters))
            asked.said.append(len(json.dumps(parameters)) + len(said))
            return said

        return super().answer(role, prompt, used)
