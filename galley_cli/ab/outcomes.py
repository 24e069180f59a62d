"""
Outcomes of a workflow, each brought into [0, 1], where it can be bet on.

Whether the first draft was approved has bounds of its own. Counts, tokens, cost and seconds have
none, and a long tail: their scale is that of the first workflows, which are not bet on for it, and
what lies farther from their mean than four standard deviations counts as that far.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WARM_UP = 20  # workflows that a scale is learned from
SPAN = 4  # standard deviations on each side
LEAST_DOLLARS = 0.0001  # what costs less, or nothing, counts as so much


@dataclass(frozen=True)
class Outcome:
    """How an outcome is measured, and said."""

    name: str
    label: str
    higher_is_better: bool
    kind: str  # share, number or ratio
    smallest: float  # the effect below which nobody would change anything
    least_deviation: float = 0.0  # where the first workflows are all alike; 0: bounds are 0 and 1
    is_money: bool = False  # US dollars, of which a workflow costs a part

    @property
    def warm_up(self) -> int:
        """How many workflows are learned from before the first bet."""
        return WARM_UP if self.least_deviation else 0

    @property
    def deviation(self) -> float:
        """The standard deviation to be expected, on the scale."""
        return 1 / (2 * SPAN) if self.least_deviation else 0.5

    def measured(self, value: float) -> float:
        """Return a value as it is compared: what is said as a ratio, by its logarithm."""
        least = LEAST_DOLLARS if self.is_money else 1.0
        return math.log(max(value, least)) if self.kind == "ratio" else value

    def scale(self, first: Sequence[float]) -> "Scale":
        """Return the scale that the first measured values set."""
        if not self.least_deviation:
            return Scale(0.0, 1.0)
        mean = sum(first) / max(len(first), 1)
        variance = sum((each - mean) ** 2 for each in first) / max(len(first), 1)
        deviation = max(math.sqrt(variance), self.least_deviation)
        return Scale(mean - SPAN * deviation, 2 * SPAN * deviation)

    def measured_effect(self, said: float) -> float:
        """Return an effect as it is compared: of a ratio, 0.1 is said of a tenth more."""
        return math.log1p(said) if self.kind == "ratio" else said

    def effect(self, difference: float) -> str:
        """Say a difference of measured values."""
        if self.kind == "share":
            return f"{_signed(100 * difference)} points"
        if self.kind == "ratio":
            return f"{_signed(100 * math.expm1(difference))} %"
        return f"{difference:+.2f}"

    def level(self, mean: float) -> str:
        """Say a mean of measured values."""
        if self.kind == "share":
            return f"{100 * mean:.0f} %"
        if self.is_money:
            return f"${math.exp(mean):,.3f}"
        return f"{math.exp(mean):,.0f}" if self.kind == "ratio" else f"{mean:.2f}"


@dataclass(frozen=True)
class Scale:
    """Where 0 lies, and how far from it 1."""

    low: float
    width: float

    def unit(self, measured: float) -> float:
        """Return a measured value in [0, 1]; what lies beyond counts as its end."""
        return min(1.0, max(0.0, (measured - self.low) / self.width))


def _signed(number: float) -> str:
    return f"{number:+.0f}" if round(number) else "0"


OUTCOMES = {
    each.name: each
    for each in (
        Outcome("approved_first_round", "approved in the first round", True, "share", 0.1),
        Outcome("rounds", "rounds to approval", False, "number", 0.2, least_deviation=0.5),
        Outcome(
            "citation_warnings", "citation warnings", False, "number", 0.5, least_deviation=0.5
        ),
        Outcome("tokens", "tokens", False, "ratio", math.log(1.1), least_deviation=0.05),
        Outcome("cost", "cost", False, "ratio", math.log(1.1), least_deviation=0.05, is_money=True),
        Outcome(
            "seconds", "seconds of agents", False, "ratio", math.log(1.1), least_deviation=0.05
        ),
    )
}
