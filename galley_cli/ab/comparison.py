"""One variant against the control by one outcome, after every workflow in its turn."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from galley_cli.ab.betting import EFFECTS, Bets, log_mean
from galley_cli.ab.course import Course, Look
from galley_cli.ab.observations import Experiment, Observation
from galley_cli.ab.outcomes import OUTCOMES, Outcome
from galley_cli.ab.turns import in_turn


@dataclass(frozen=True)
class Comparison:
    """What two variants came to. An effect is the variant's less the control's, as measured."""

    outcome: str
    control: str
    variant: str
    workflows: dict[str, int]  # whose turn has come and that have this outcome
    means: dict[str, float]  # of all that was measured
    beyond: int  # workflows that lie beyond the outcome's scale, and count as its end in an effect
    effect: float
    low: float  # of the interval that holds at all looks at once
    high: float
    probability_larger: float  # that the variant's is, with even odds beforehand that nothing is
    probability_smaller: float
    p_value: float  # that holds at all looks at once
    needed: int | None  # workflows more, if the effect is as it seems; None: too many
    needed_for_smallest: int | None  # …if it is the smallest that matters
    smallest: float
    alpha: float
    looks: list[Look] = field(repr=False)

    @property
    def decided(self) -> bool:
        """Whether no effect at all is ruled out."""
        return self.p_value <= self.alpha

    @property
    def verdict(self) -> str:
        """What it shows: better or worse, no difference that matters, or nothing yet."""
        if self.decided:
            larger = self.low + self.high > 0
            return "better" if larger == OUTCOMES[self.outcome].higher_is_better else "worse"
        return "alike" if -self.smallest < self.low <= self.high < self.smallest else "open"

    @property
    def probability_better(self) -> float:
        """That the variant is better, with even odds beforehand that there is no difference."""
        larger = OUTCOMES[self.outcome].higher_is_better
        return self.probability_larger if larger else self.probability_smaller

    @property
    def probability_worse(self) -> float:
        """That the variant is worse."""
        larger = OUTCOMES[self.outcome].higher_is_better
        return self.probability_smaller if larger else self.probability_larger

    @property
    def probability_none(self) -> float:
        """That there is no difference."""
        return 1 - self.probability_larger - self.probability_smaller

    def to_dict(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        return asdict(self) | {
            "verdict": self.verdict,
            "probability_better": self.probability_better,
            "probability_worse": self.probability_worse,
            "probability_none": self.probability_none,
        }


def compare(
    observations: Sequence[Observation],
    experiment: Experiment,
    variant: str,
    outcome: Outcome,
    alpha: float,
) -> Comparison | None:
    """Return what observations show, each in its turn; None where a variant has none."""
    control = experiment.control
    share = experiment.shares[variant] / (experiment.shares[variant] + experiment.shares[control])
    both = [each for each in observations if each.variant in {control, variant}]
    pairs = [each for each in in_turn(both) if outcome.name in each.outcomes]
    if {each.variant for each in pairs} != {control, variant}:
        return None
    measured = [outcome.measured(each.outcomes[outcome.name]) for each in pairs]
    treated = [each.variant == variant for each in pairs]
    course = Course(measured, treated, share, outcome)
    course.go(math.log(1 / alpha))
    larger, smaller = _probabilities(course.against_none)
    sides, last = ((control, False), (variant, True)), course.looks[-1]
    return Comparison(
        outcome=outcome.name,
        control=control,
        variant=variant,
        workflows={name: treated.count(on) for name, on in sides},
        means={name: course.mean(on=on) for name, on in sides},
        beyond=course.beyond,
        effect=last.effect,
        low=last.low,
        high=last.high,
        probability_larger=larger,
        probability_smaller=smaller,
        p_value=math.exp(-course.highest),
        needed=course.needed(math.log(1 / alpha)),
        needed_for_smallest=course.needed(math.log(1 / alpha), outcome.smallest),
        smallest=outcome.smallest,
        alpha=alpha,
        looks=course.looks,
    )


def _probabilities(bets: Bets) -> tuple[float, float]:
    """Return the probabilities that the variant's outcome is larger, and smaller."""
    logs, half = bets.logs[0], len(EFFECTS)
    larger, smaller = (float(log_mean(each)) for each in (logs[:half], logs[half:]))
    highest = max(larger, smaller, 0.0)
    weights = [math.exp(larger - highest) / 2, math.exp(smaller - highest) / 2]
    total = sum(weights) + math.exp(-highest)
    return weights[0] / total, weights[1] / total
