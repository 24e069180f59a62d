"""The seam to agents: one method, `ask`. What thinks behind it is nobody's concern here."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from galley.agents.usage import Tokens


@dataclass(frozen=True)
class Answer:
    """What an agent said and what it took."""

    text: str
    session_id: str
    input_tokens: int  # without those that came from a cache
    output_tokens: int
    seconds: float
    trace_id: str | None = None
    backend: str = ""  # the service that runs the agent, as the parameter AgentBackend names it
    agent: str = ""  # its id and its alias, or its ARN
    agent_version: str = ""  # that the alias led to
    model: str = ""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    tools: list[str] = field(default_factory=list)  # the names of those it used, in their order
    experiment: str = ""  # in which the workflow takes part with this role, and as which variant
    variant: str = ""
    fell_back: str = ""  # why the template's own agent was asked in place of the variant's
    usd: float | None = None  # None where the model has no price

    @property
    def tokens(self) -> Tokens:
        """What it took."""
        return Tokens(
            self.input_tokens,
            self.output_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
        )

    def evidence(self) -> dict[str, Any]:
        """Return everything but the text, to be kept with what the answer became."""
        fields = asdict(self)
        del fields["text"]
        return fields


# Is told before each further turn of an agent what its call has taken, and how many tokens that
# turn reads besides the instruction; raises an error where it may not go on.
Allow = Callable[[Tokens, int], None]


def always(_taken: Tokens, _reads: int) -> None:
    """Allow each turn."""


class Agent(Protocol):
    """Anything that can be asked."""

    @property
    def model(self) -> str:
        """Which model is going to think, as far as that is known before it does."""

    def ask(
        self,
        prompt: str,
        session_id: str,
        attributes: Mapping[str, str],
        allow: Allow = always,
    ) -> Answer:
        """Return the agent's answer; `attributes` reach its tools, not its model."""
