"""
The order in which workflows are bet on: that in which they began.

A bet is fair only if nothing but chance has decided which variant comes next. Ends come as outcomes
and variants have it: approved drafts before rejected ones, the quick before the slow. So a workflow
is bet on in its turn, and those that ended meanwhile wait for it, for as long as it may still end.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from galley_cli.ab.observations import ExperimentError, Observation

LONGEST = timedelta(days=30)  # what takes longer holds up nobody


def in_turn(observations: Sequence[Observation]) -> list[Observation]:
    """Return what has ended, in the order of beginnings, up to the first that may still end."""
    latest = max((_moment(each.ended_at or each.at) for each in observations), default=None)
    turn = []
    for each in sorted(observations, key=lambda one: (_moment(one.at), one.workflow_id)):
        if each.ended_at:
            turn.append(each)
        elif latest and latest - _moment(each.at) < LONGEST:
            break
    return turn


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ExperimentError(f"{text!r} is no time in ISO 8601") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
