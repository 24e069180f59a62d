"""Notes what agents are asked, so that one can say what it takes to ask for tools together."""

from dataclasses import dataclass, field
from typing import Any

from galley_local.bedrock.agent import Agent
from galley_local.bedrock.session import Turn, Usage
from galley_local.extractive import ExtractiveMind


@dataclass
class Asked:
    """One question to an agent, and the tools that it has used for it."""

    role: str
    agent: Agent
    prompt: str
    uses: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    @property
    def most_tokens(self) -> int:
        """The most that its harness lets it answer."""
        model = self.agent.harness.properties["Model"] if self.agent.harness else {}
        return int(model["BedrockModelConfig"]["MaxTokens"]) if model else 0

    @property
    def turns_together(self) -> int:
        """How many turns it has where it asks for all of its tools in one."""
        return 2 if self.uses else 1

    @property
    def input_together(self) -> int:
        """The tokens that it then reads."""
        turns = [Turn.of(self.uses)] if self.uses else []
        return Usage.of_turns(self.agent, self.prompt, turns, "").input_tokens


class NotingMind(ExtractiveMind):
    """The extractive mind, and what it was asked since it was last looked at."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def answer(self, role: str, prompt: str, use_tool: Any) -> str:
        """Return its answer, once what it was asked is noted."""
        asked = Asked(role, use_tool.agent, prompt)
        self.asked.append(asked)

        def used(name: str, parameters: dict[str, str]) -> str:
            said = str(use_tool(name, parameters))
            asked.uses.append((name, parameters, said))
            return said

        return super().answer(role, prompt, used)
