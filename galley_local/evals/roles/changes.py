"""Changes as cases write them: what a reviewer wants, or what a brief has to say."""

from collections.abc import Iterable
from dataclasses import dataclass

from galley.contracts import Change
from galley.replies import CHANGE_KINDS

from galley_local.evals.fields import CaseError
from galley_local.evals.phrases import has


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A change: its kind (or `this|that`), what it is about, and the source by its number."""

    kind: str
    what: str = ""
    source: int | None = None

    def __post_init__(self) -> None:
        for each in self.kind.split("|"):
            if each not in CHANGE_KINDS:
                raise CaseError(f"kind: '{each}' is none of {', '.join(CHANGE_KINDS)}")
        if self.kind == "drop_source" and self.source is None:
            raise CaseError("source: say which source is dropped, by its number")

    def is_met_by(self, change: Change) -> bool:
        """Tell whether a change of a brief is this one."""
        return (
            change.kind in self.kind.split("|")
            and (not self.what or has(change.what, self.what))
            and (self.source is None or change.source == self.source)
        )

    @property
    def change(self) -> Change:
        """The change itself, for a brief."""
        return Change(self.kind, self.what, self.source)

    def __str__(self) -> str:
        about = f"source {self.source}" if self.source is not None else self.what
        return f"{self.kind} {about}".strip()


def check_sources(changes: Iterable[Wanted], count: int, where: str) -> None:
    """Raise `CaseError` where a change names a source that the case does not have."""
    for place, each in enumerate(changes):
        if each.source is not None and not 1 <= each.source <= count:
            raise CaseError(f"{where}[{place}].source: the case has {count} sources")
