"""Bets are fair where they have to be: that is what makes looking early harmless."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galley_cli.ab.betting import Bets
from galley_cli.ab.imbalance import SUSPICIOUS, imbalance
from galley_cli.ab.simulation import (
    NO_DIFFERENCE,
    Setting,
    approvals,
    by,
    decisions,
    rounds,
    tokens,
    warnings,
)

RATES = st.floats(0.02, 0.98)
HISTORY = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30)


@given(control=RATES, variant=RATES, share=st.floats(0.05, 0.95), history=HISTORY)
def test_a_bet_against_the_truth_wins_nothing_on_mean(
    control: float, variant: float, share: float, history: list[tuple[bool, bool]]
) -> None:
    expected = np.zeros((1, 12))
    for treated in (False, True):
        for outcome in (0.0, 1.0):
            bets = Bets(np.array([variant - control]))
            for earlier, was in history:
                bets.take(float(was), earlier, share)
            before = bets.logs.copy()
            bets.take(outcome, treated, share)
            rate = variant if treated else control
            chance = (share if treated else 1 - share) * (rate if outcome else 1 - rate)
            expected = expected + chance * np.exp(bets.logs - before)

    assert np.ones(12) == pytest.approx(expected[0])


def test_a_bet_against_what_is_not_true_wins() -> None:
    bets = Bets(np.array([0.0, 0.3]))

    for number in range(200):
        treated, tenth = number % 2 == 0, number // 2 % 10
        bets.take(float(tenth < (8 if treated else 5)), treated, 0.5)

    against_none, against_the_truth = bets.capital
    assert against_none > math.log(20)
    assert against_the_truth < 0


@pytest.mark.parametrize(
    "setting",
    [
        *NO_DIFFERENCE,
        approvals(0.02, share=0.1),
        approvals(0.98, share=0.1),
        tokens(1.5, share=0.1),
        warnings(0.1),
        rounds(0.95),
    ],
    ids=lambda setting: f"{setting.label}, share {setting.share:g}".replace(" ", "-"),
)
def test_false_alarms_are_rare_though_somebody_looks_after_every_workflow(
    setting: Setting,
) -> None:
    (alarms,) = by(decisions(setting, runs=1000, workflows=600, seed=1), [600])

    assert alarms <= 0.05


@pytest.mark.parametrize(
    "setting",
    [approvals(0.6, 0.15), approvals(0.9, -0.3, share=0.2), approvals(0.1, 0.4, share=0.8)],
    ids=lambda setting: f"{setting.effect:+g}",
)
def test_the_interval_seldom_leaves_out_the_truth_at_any_look(setting: Setting) -> None:
    left_out = decisions(setting, runs=1000, workflows=400, seed=2, against=setting.effect)

    assert by(left_out, [400])[0] <= 0.05


def test_a_difference_of_twenty_points_is_found_in_400_workflows() -> None:
    found = decisions(approvals(0.6, 0.2), runs=1000, workflows=400, seed=3)

    assert by(found, [400])[0] > 0.9


def test_shares_that_are_not_kept_are_noticed_and_others_are_not() -> None:
    shares = {"control": 0.5, "prompt-b": 0.5}

    assert imbalance({"control": 215, "prompt-b": 185}, shares) > SUSPICIOUS
    assert imbalance({"control": 260, "prompt-b": 140}, shares) < SUSPICIOUS
    assert imbalance({}, shares) == pytest.approx(1)
