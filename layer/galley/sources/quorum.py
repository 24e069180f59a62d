"""The quorum: a report rests on a minimum of sources, whatever was left out and dropped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from galley.contracts import Change, Summary
from galley.errors import BudgetExceededError, PriceMissingError, TooFewSourcesError
from galley.ledger.budget import FAIL, Budget


@dataclass(frozen=True)
class Gap:
    """A source that was left out, and the name of the error that says why."""

    source_id: str
    gap: str


class Gathered(Protocol):
    """What a writer is given of the sources that were found."""

    @property
    def summaries(self) -> Collection[object]:
        """Those that were summarised."""

    @property
    def gaps(self) -> Sequence[Gap]:
        """Those that were left out."""

    @property
    def refusals(self) -> Sequence[str]:
        """What was said of each that could not be paid for."""

    @property
    def minimum_sources(self) -> int:
        """How many summaries a report rests on at least; where nothing is said, any number does."""

    @property
    def budget(self) -> Budget:
        """What the workflow may cost."""


def check_quorum(gathered: Gathered) -> None:
    """
    Raise an error, which says why sources were left out, if too few are left.

    It is `PriceMissingError` if nobody knows what a summary costs, which is so for all of them;
    `BudgetExceededError` if some could not be paid for, also where enough are left unless the
    report may be partial; and else `TooFewSourcesError`.
    """
    count, minimum = len(gathered.summaries), gathered.minimum_sources
    refusals = gathered.refusals
    if refusals and any(each.gap == PriceMissingError.__name__ for each in gathered.gaps):
        raise PriceMissingError(refusals[0])
    if refusals and (count < minimum or gathered.budget.at_budget == FAIL):
        told = f"{len(refusals)} of the sources were not summarised: {refusals[0]}"
        raise BudgetExceededError(told)
    if count < minimum:
        why = ", ".join(dict.fromkeys(each.gap for each in gathered.gaps))
        raise TooFewSourcesError(
            f"{count} of the sources found say something on the topic; a report needs "
            f"at least {minimum}. Add documents on the topic, or word it as they do."
            + (f" Left out: {why}." if why else "")
        )


def not_dropped(numbered: Mapping[int, Summary], changes: Collection[Change]) -> dict[int, Summary]:
    """Return what may be cited; raises `TooFewSourcesError` if a reviewer has left nothing."""
    dropped = {change.source for change in changes if change.kind == "drop_source"}
    usable = {number: each for number, each in numbered.items() if number not in dropped}
    if not usable:
        raise TooFewSourcesError("the reviewer has dropped every source; nothing is left to cite")
    return usable
