"""
What a laptop cannot measure: how much a model says and how long it takes, and what is kept.

Counts are measured with agents that have no model. Here they become those of agents that have one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from galley_cli.cost.counting import SESSION_GB
from galley_cli.cost.counts import Count

CHARACTERS_PER_TOKEN = 4  # by which the laptop counts


@dataclass(frozen=True)
class Pace:
    """How fast a model is: seconds to its first token, and tokens a second after it."""

    first_seconds: float
    tokens_per_second: float


PACES = {"haiku": Pace(0.8, 120.0), "sonnet": Pace(1.5, 60.0), "": Pace(2.0, 40.0)}


@dataclass(frozen=True)
class Assumptions:
    """What is assumed; each has a line of its own in the table of what if."""

    said: float = 1.5  # times as much as the extractive agents say, in the same form
    characters_per_token: float = CHARACTERS_PER_TOKEN
    months_kept: int = 12  # artifacts and records, none deleted: the bill of the last of them
    corpus_vectors: int = 100_000  # passages of about 300 tokens
    corpus_renewed: float = 1.0  # how often a month it is embedded anew, whole
    query_tokens: int = 25  # that are embedded for a retrieval
    metrics_of_roles: int = 28  # seven of each of four roles
    metrics_of_a_tenant: int = 1


def with_models(
    counts: Iterable[Count], turns: dict[str, int], gb: dict[str, float], assumed: Assumptions
) -> list[Count]:
    """
    Return a workflow's counts as a model would have made them.

    `turns` of each role's agent, `gb` of its adapter's memory, which waits for it.
    """
    made: list[Count] = []
    waits: dict[str, float] = {}
    scale = CHARACTERS_PER_TOKEN / assumed.characters_per_token
    for count in counts:
        if count.service != "models":
            made.append(count)
            continue
        model, _, kind = count.unit.rpartition("/")
        times = scale * (assumed.said if kind == "output" else 1)
        made.append(count.times(times))
        if kind == "output":
            pace = next(pace for name, pace in PACES.items() if name in model)
            seconds = count.amount * times / pace.tokens_per_second
            waits[count.role] = (
                waits.get(count.role, 0) + seconds + pace.first_seconds * turns.get(count.role, 0)
            )
    return [*made, *_waiting(made, waits, gb)]


def _waiting(counts: list[Count], waits: dict[str, float], gb: dict[str, float]) -> list[Count]:
    unit = next(each.unit for each in counts if each.unit.startswith("gb_seconds"))
    found = []
    for role, seconds in waits.items():
        place = Count("lambda", unit, seconds * gb[role], role=role, measured=False)
        held = seconds * SESSION_GB / 3600
        found += [place, replace(place, service="agentcore", unit="gb_hours", amount=held)]
    return found
