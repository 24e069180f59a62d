"""
What a laptop cannot measure: how much a model says and how long it takes, and what is kept.

Counts are measured with agents that have no model. Here they become those of agents that have one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from galley_cli.cost.counting import SESSION_GB, SESSION_IDLE_SECONDS, SESSION_VCPU_SECONDS
from galley_cli.cost.counts import Count

CHARACTERS_PER_TOKEN = 4  # by which the laptop counts
# By role: calls, turns, the most tokens of an answer, and what tools together take.
Agents = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Pace:
    """How fast a model is: seconds to its first token, and tokens a second after it."""

    first_seconds: float
    tokens_per_second: float


SMALL = "haiku"
PACES = {SMALL: Pace(0.8, 120.0), "sonnet": Pace(1.5, 60.0), "": Pace(2.0, 40.0)}


@dataclass(frozen=True)
class Assumptions:
    """What is assumed of models; each has its line in the table of what if."""

    said: float = 1.5  # times as much as the extractive agents say, in the same form
    longest: bool = False  # each answer as long as it may be
    together: bool = False  # an agent asks for all of its tools in one turn
    characters_per_token: float = CHARACTERS_PER_TOKEN
    geography: str = "us"  # of the inference profiles
    small_model: str = ""  # in place of the small roles' own, without its geography


def with_models(
    counts: Iterable[Count], agents: Agents, gb: Mapping[str, float], assumed: Assumptions
) -> list[Count]:
    """Return a workflow's counts as models would make them; `gb` is what each adapter holds."""
    made: list[Count] = []
    waits: Counter[str] = Counter()
    for count in counts:
        if count.service == "models":
            tokens = _tokens(count, agents[count.role], assumed)
            waits.update({count.role: _seconds(tokens, agents[count.role], assumed)})
            made.append(tokens)
        elif count.service != "agentcore":
            made.append(count)
    return [*made, *_waiting(made, waits, agents, gb, assumed)]


def _tokens(count: Count, agent: Mapping[str, float], assumed: Assumptions) -> Count:
    model, _, kind = count.unit.rpartition("/")
    amount = count.amount
    if kind == "output":
        amount *= assumed.said
        if assumed.longest:
            amount = agent["calls"] * agent["most_tokens"]
    elif kind == "input" and assumed.together:
        amount = agent["input_together"]
    amount *= CHARACTERS_PER_TOKEN / assumed.characters_per_token
    return replace(count, unit=f"{_profile(model, assumed)}/{kind}", amount=amount)


def _profile(model: str, assumed: Assumptions) -> str:
    _, _, own = model.partition(".")
    if "." not in own:  # no profile: a model of its own region
        return model
    own = assumed.small_model if assumed.small_model and SMALL in own else own
    return f"{assumed.geography}.{own}"


def _seconds(tokens: Count, agent: Mapping[str, float], assumed: Assumptions) -> float:
    if not tokens.unit.endswith("/output"):
        return 0.0
    pace = next(pace for name, pace in PACES.items() if name in tokens.unit)
    return tokens.amount / pace.tokens_per_second + _turns(agent, assumed) * pace.first_seconds


def _waiting(
    counts: list[Count],
    waits: Mapping[str, float],
    agents: Agents,
    gb: Mapping[str, float],
    assumed: Assumptions,
) -> Iterator[Count]:
    """Yield what waits for models: the adapters, and a microVM for each turn."""
    unit = next(each.unit for each in counts if each.unit.startswith("gb_seconds"))
    for role, seconds in waits.items():
        turns = _turns(agents[role], assumed)
        held = SESSION_GB * (seconds + turns * SESSION_IDLE_SECONDS)
        place = Count("agentcore", "", 0, role=role, measured=False)
        yield replace(place, service="lambda", unit=unit, amount=seconds * gb[role])
        yield replace(place, unit="gb_hours", amount=held / 3600)
        yield replace(place, unit="vcpu_hours", amount=SESSION_VCPU_SECONDS * turns / 3600)


def _turns(agent: Mapping[str, float], assumed: Assumptions) -> float:
    return agent["turns_together" if assumed.together else "turns"]
