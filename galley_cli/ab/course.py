"""The bets on one comparison, workflow by workflow, and for how long they would have to go on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galley_cli.ab.betting import Array, Bets, log_mean
from galley_cli.ab.outcomes import Outcome

STEP = 0.0025  # between the effects that are bet against: an interval is exact to that
NULLS = np.arange(1 - round(1 / STEP), round(1 / STEP)) * STEP
MOST_NEEDED = 100_000  # workflows; beyond that nobody waits


@dataclass(frozen=True)
class Look:
    """What was known after so many workflows, in the outcome's own measure."""

    workflows: int
    effect: float
    low: float
    high: float


class Course:
    """Outcomes in their order, of a variant that has this share of them and of the control."""

    def __init__(
        self, measured: Sequence[float], treated: Sequence[bool], share: float, outcome: Outcome
    ) -> None:
        self.against_none = Bets(np.zeros(1), outcome.deviation)
        self.highest = 0.0  # capital against "no effect" that there ever was, as a logarithm
        self.looks: list[Look] = []
        self._warm_up, self._deviation = outcome.warm_up, outcome.deviation
        self._scale = outcome.scale(measured[: self._warm_up])
        self._measured = np.array(measured, dtype=float)
        self._units = np.array([self._scale.unit(each) for each in measured])
        self._treated = np.array(treated)
        self._share = share

    def go(self, ruled_out: float) -> None:
        """Bet on each outcome in turn; an effect is ruled out for good by so much capital."""
        against = Bets(NULLS, self._deviation)
        low, high, width = -1.0, 1.0, self._scale.width
        effects = _effects_so_far(self._units, self._treated)
        for number, (unit, treated) in enumerate(zip(self._units, self._treated, strict=True)):
            for bets in (self.against_none, against):
                bets.take(unit, treated, self._share, bet=number >= self._warm_up)
            self.highest = max(self.highest, float(self.against_none.capital[0]))
            left = against.capital < ruled_out
            if not left.all() and left.any():  # where none is, outcomes have drifted
                against.keep(left)
                # outwards by a step: what lies between two of them was not bet against
                low, high = against.nulls[0] - STEP, against.nulls[-1] + STEP
            said = (float(each) * width for each in (effects[number], low, high))
            self.looks.append(Look(number + 1, *said))

    def mean(self, *, on: bool) -> float:
        """Return a side's mean as it was measured, whatever its scale holds."""
        return float(self._measured[self._treated == on].mean())

    @property
    def beyond(self) -> int:
        """How many outcomes lie beyond the scale: effect and interval have them at its ends."""
        low, high = self._scale.low, self._scale.low + self._scale.width
        return int(((self._measured < low) | (self._measured > high)).sum())

    def needed(self, goal: float, effect: float | None = None) -> int | None:
        """
        Return how many more outcomes it takes on mean until "no effect" is ruled out.

        They come as those that there are; or, where an effect is given, as those would with it.
        """
        if self.highest >= goal:
            return 0
        units = self._units if effect is None else self._with(effect / self._scale.width)
        rates = self.against_none.growth(units, self._treated, self._share)
        logs = self.against_none.logs[0]
        if log_mean(logs + rates * MOST_NEEDED) < goal:
            return None
        few, many = 0, MOST_NEEDED
        while many - few > 1:
            middle = (few + many) // 2
            few, many = (middle, many) if log_mean(logs + rates * middle) < goal else (few, middle)
        return many

    def _with(self, effect: float) -> Array:
        """Return the outcomes as they would be with an effect in the direction that there is."""
        there = self._unit_mean(on=True) - self._unit_mean(on=False)
        more = self._treated * (math.copysign(effect, there) - there)
        return np.clip(self._units + more - more.mean(), 0, 1)

    def _unit_mean(self, *, on: bool) -> float:
        return float(self._units[self._treated == on].mean())


def _effects_so_far(units: Array, treated: Array) -> Array:
    """Return, after each outcome, the difference of means; 0 while a side has none."""
    counts = [np.cumsum(side) for side in (treated, ~treated)]
    means = [
        np.cumsum(units * side) / np.maximum(count, 1)
        for side, count in zip((treated, ~treated), counts, strict=True)
    ]
    return np.where((counts[0] > 0) & (counts[1] > 0), means[0] - means[1], 0.0)
