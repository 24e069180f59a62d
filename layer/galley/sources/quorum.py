"""The quorum: a report rests on a minimum of sources, whatever was left out and dropped."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from galley.errors import TooFewSourcesError


@dataclass(frozen=True)
class Gap:
    """A source that was left out, and the name of the error that says why."""

    source_id: str
    gap: str


def check_quorum(summaries: Collection[object], gaps: Iterable[Gap], minimum: int) -> None:
    """Raise `TooFewSourcesError`, which says why sources were left out, if too few are left."""
    if len(summaries) < minimum:
        why = ", ".join(dict.fromkeys(each.gap for each in gaps))
        raise TooFewSourcesError(
            f"{len(summaries)} of the sources found say something on the topic; a report needs "
            f"at least {minimum}. Add documents on the topic, or word it as they do."
            + (f" Left out: {why}." if why else "")
        )


def check_not_all_dropped(usable: Collection[object]) -> None:
    """Raise `TooFewSourcesError` if a reviewer has left nothing to cite."""
    if not usable:
        raise TooFewSourcesError("the reviewer has dropped every source; nothing is left to cite")
