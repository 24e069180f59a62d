"""
Evidence that stays honest however often it is looked at: bets against "the effect is δ".

Each workflow, in its turn (`turns`), is bet on before its outcome is known. If the effect
really is δ, every bet is fair, so that capital which began as 1 reaches 20 at any time at all with
a probability of at most 1/20 (Ville's inequality). It holds for every number of workflows and every
share, with no assumption but that shares are what they are said to be and outcomes lie in [0, 1].

What is bet on is how far an outcome lies from what is expected of its variant, weighted by one over
that variant's share: of mean zero if the effect is δ (Waudby-Smith and Ramdas, 2024, on betting;
Robins' augmented inverse weights). For δ = 0 and two outcomes a stake of this form is the ratio of
likelihoods that grows fastest, so the capital can be read as odds, too.
"""

from typing import Any

import numpy as np

Array = Any  # of floats; numpy's own name for that says no more here

# Effects that are bet on, in standard deviations, and as much in the other direction. The capital
# is divided among them, because nobody knows which of them is right.
EFFECTS = np.array([0.09, 0.14, 0.21, 0.31, 0.46, 0.7])
MOST_STAKED = 0.8  # of the capital: what is lost whole does not come back
_PRIOR_WEIGHT = 2.0  # how many workflows' worth is believed before there is any
_PRIOR_MEAN = 0.5
_LEAST_VARIANCE = 1e-4


class Bets:
    """The capital of bets against one effect in (-1, 1) or many, or one in many simulated runs."""

    def __init__(self, nulls: Array, deviation: float = 0.5) -> None:
        self.nulls = np.asarray(nulls, dtype=float)
        shape = self.nulls.shape
        self._count = 0
        self._outcomes = np.full(shape, _PRIOR_WEIGHT * _PRIOR_MEAN)
        self._squares = np.full(shape, _PRIOR_WEIGHT * deviation**2)
        self._logs = np.zeros((*shape, 2 * len(EFFECTS)))

    def take(self, outcome: Array, treated: Array, share: float, *, bet: bool = True) -> None:
        """
        Bet on the next outcome, then learn from it.

        `treated` says whether it is the variant's or the control's, `share` with which probability
        it came to be the variant's. Without a bet it is only learned from.
        """
        expected_variant, expected_control = self._expected(share)
        residual = _residual(outcome, treated, share, expected_variant, expected_control)
        if bet:
            stakes = self._stakes(share, expected_variant, expected_control)
            self._logs += np.log1p(stakes * residual[..., None])
        offset = np.where(treated, 1 - share, -share) * self.nulls
        expected = np.where(treated, expected_variant, expected_control)
        self._count += 1
        self._outcomes += outcome - offset
        self._squares += (outcome - expected) ** 2

    def growth(self, outcomes: Array, treated: Array, share: float) -> Array:
        """Return by how much each bet's logarithm grows with an outcome such as these, on mean."""
        expected = self._expected(share)
        residuals = _residual(outcomes, treated, share, *expected)
        stakes = self._stakes(share, *expected)
        # each side by its share: that one has more by chance is no difference
        weights = np.where(treated, share / treated.sum(), (1 - share) / (~treated).sum())
        return np.average(np.log1p(stakes * residuals[..., None]), axis=0, weights=weights)

    @property
    def logs(self) -> Array:
        """The logarithm of each bet's capital; the first half of them bets on a larger outcome."""
        return self._logs

    @property
    def capital(self) -> Array:
        """The logarithm of the whole capital: what is said against each effect."""
        return log_mean(self._logs)

    def keep(self, which: Array) -> None:
        """Go on with some of the effects only."""
        self.nulls, self._logs = self.nulls[which], self._logs[which]
        self._outcomes, self._squares = self._outcomes[which], self._squares[which]

    def _expected(self, share: float) -> tuple[Array, Array]:
        """Return what is expected of the variant and of the control, the effect between them."""
        mean = self._outcomes / (_PRIOR_WEIGHT + self._count)
        above, below = (1 - share) * self.nulls, -share * self.nulls
        # both of them in [0, 1], which keeps what can be lost small
        mean = np.clip(mean, -np.minimum(above, below), 1 - np.maximum(above, below))
        return mean + above, mean + below

    def _stakes(self, share: float, variant: Array, control: Array) -> Array:
        variance = np.maximum(self._squares / (_PRIOR_WEIGHT + self._count), _LEAST_VARIANCE)
        scale = (share * (1 - share) / np.sqrt(variance))[..., None]
        most_lost = np.maximum(variant / share, (1 - control) / (1 - share))[..., None]
        most_won = np.maximum((1 - variant) / share, control / (1 - share))[..., None]
        up = np.minimum(scale * EFFECTS, MOST_STAKED / most_lost)
        down = np.minimum(scale * EFFECTS, MOST_STAKED / most_won)
        return np.concatenate([up, -down], axis=-1)


def log_mean(logs: Array) -> Array:
    """Return the logarithm of the mean of what has these logarithms."""
    highest = logs.max(axis=-1)
    return highest + np.log(np.exp(logs - highest[..., None]).mean(axis=-1))


def _residual(
    outcome: Array, treated: Array, share: float, variant: Array, control: Array
) -> Array:
    return np.where(treated, (outcome - variant) / share, -(outcome - control) / (1 - share))
