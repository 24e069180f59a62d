"""A history ends at 25,000 events: the longest run that a request can ask for stays below."""

from galley.requests import MOST_REVISIONS, MOST_SOURCES

from galley_local.step_functions.limits import HISTORY_EVENTS
from tests.histories import LOOP_END, LOOP_START, longest_run, loops, ordinary_run


def test_the_longest_run_with_every_retry_fits_into_a_history() -> None:
    assert longest_run(MOST_SOURCES, MOST_REVISIONS, every_retry=True) < HISTORY_EVENTS


def test_only_revisions_repeat_states() -> None:
    assert loops() == [(LOOP_END, LOOP_START)]


def test_a_longer_run_is_counted_as_longer() -> None:
    without = longest_run(MOST_SOURCES, MOST_REVISIONS, every_retry=False)

    assert ordinary_run(10) < ordinary_run(MOST_SOURCES) < without
    assert without < longest_run(MOST_SOURCES, MOST_REVISIONS, every_retry=True)
    assert longest_run(MOST_SOURCES, 200, every_retry=True) > HISTORY_EVENTS
