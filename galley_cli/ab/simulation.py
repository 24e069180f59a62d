"""Made-up experiments, by the thousand: what the method does where the truth is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log

import numpy as np

from galley_cli.ab.betting import Array, Bets
from galley_cli.ab.outcomes import OUTCOMES, SPAN, Outcome
from galley_cli.ab.report import FALSE_ALARMS

Draw = Callable[[np.random.Generator, Array], Array]  # outcomes as measured, by who is treated

BINARY = OUTCOMES["approved_first_round"]


@dataclass(frozen=True)
class Setting:
    """A kind of experiment: what outcomes are like, and which share the variant has."""

    label: str
    draw: Draw
    share: float = 0.5
    outcome: Outcome = BINARY
    effect: float = 0.0  # as measured; the variant's less the control's


def approvals(rate: float, effect: float = 0.0, share: float = 0.5) -> Setting:
    """Return experiments on approvals in the first round."""

    def draw(random: np.random.Generator, treated: Array) -> Array:
        return (random.random(treated.shape) < rate + effect * treated).astype(float)

    return Setting(f"approved at {100 * rate:.0f} %", draw, share, BINARY, effect)


def tokens(deviation: float, share: float = 0.5) -> Setting:
    """Return experiments on tokens with a long tail, without any effect."""

    def draw(random: np.random.Generator, treated: Array) -> Array:
        return random.normal(9.0, deviation, treated.shape)

    return Setting(f"tokens, log-normal ({deviation:g})", draw, share, OUTCOMES["tokens"])


def warnings(mean: float, share: float = 0.5) -> Setting:
    """Return experiments on citation warnings that come in clusters, without any effect."""

    def draw(random: np.random.Generator, treated: Array) -> Array:
        often = random.gamma(0.5, mean / 0.5, treated.shape)
        return random.poisson(often).astype(float)

    return Setting(f"warnings, {mean:g} on mean", draw, share, OUTCOMES["citation_warnings"])


def rounds(first: float, share: float = 0.5) -> Setting:
    """Return experiments on rounds of which each is the last with a probability."""

    def draw(random: np.random.Generator, treated: Array) -> Array:
        return random.geometric(first, treated.shape).astype(float)

    return Setting(f"rounds, {100 * first:.0f} % the first", draw, share, OUTCOMES["rounds"])


# Where nothing differs.
NO_DIFFERENCE = [
    *(approvals(rate, share=share) for share in (0.5, 0.2) for rate in (0.1, 0.3, 0.6, 0.9)),
    *(make(size, share) for share in (0.5, 0.2) for make, size in ((rounds, 0.6), (warnings, 1.5))),
    *(tokens(0.5, share) for share in (0.5, 0.2)),
]
RATE = 0.6  # of approvals in the first round, without the variant
EFFECTS = (0.05, 0.1, 0.15, 0.2, 0.3)


def decisions(
    setting: Setting, runs: int, workflows: int, seed: int, against: float = 0.0
) -> Array:
    """Return after how many workflows each run ruled out an effect; infinity where it never did."""
    random = np.random.default_rng(seed)
    treated = random.random((workflows, runs)) < setting.share
    measured = setting.draw(random, treated)
    units, width = _units(measured, setting.outcome)
    bets = Bets(np.full(runs, against / width), setting.outcome.deviation)
    when = np.full(runs, inf)
    for number in range(workflows):
        bet = number >= setting.outcome.warm_up
        bets.take(units[number], treated[number], setting.share, bet=bet)
        ruled_out = bets.capital >= log(1 / FALSE_ALARMS)
        when[ruled_out & np.isinf(when)] = number + 1
    return when


def by(when: Array, counts: Sequence[int]) -> list[float]:
    """Return the shares of runs that had decided by these numbers of workflows."""
    return [float((when <= count).mean()) for count in counts]


def _units(measured: Array, outcome: Outcome) -> tuple[Array, Array]:
    """Return outcomes on each run's own scale, and how wide that is."""
    if not outcome.warm_up:
        return measured, 1.0
    first = measured[: outcome.warm_up]
    deviation = np.maximum(first.std(axis=0), outcome.least_deviation)
    width = 2 * SPAN * deviation
    return np.clip((measured - first.mean(axis=0)) / width + 0.5, 0, 1), width
