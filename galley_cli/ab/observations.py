"""What is known of an experiment: its variants, and what each workflow under them came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


class ExperimentError(Exception):
    """An experiment that cannot be reported on."""


@dataclass(frozen=True)
class Observation:
    """One workflow of an experiment; an outcome that it does not have is not among its outcomes."""

    workflow_id: str
    variant: str
    at: str  # when it was chosen
    ended_at: str = ""  # nothing while it runs
    outcomes: Mapping[str, float] = field(default_factory=dict)
    fell_back: bool = False  # the template's own had to answer for the variant

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; raises `ExperimentError`."""
        try:
            return cls(
                workflow_id=str(fields["workflow_id"]),
                variant=str(fields["variant"]),
                at=str(fields["at"]),
                ended_at=str(fields.get("ended_at") or ""),
                outcomes={
                    name: float(value)
                    for name, value in fields.get("outcomes", {}).items()
                    if value is not None
                },
                fell_back=bool(fields.get("fell_back")),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ExperimentError(f"an observation is not whole: {error!r}") from error

    def to_dict(self) -> dict[str, Any]:
        """Return the fields, to be kept as JSON."""
        return {**vars(self), "outcomes": dict(self.outcomes)}


@dataclass(frozen=True)
class Experiment:
    """A role's variants, the first of which is the control, and which outcome decides."""

    name: str
    role: str
    shares: Mapping[str, float]  # by variant, in the order of the experiment
    primary: str = "approved_first_round"
    status: str = "running"

    @property
    def control(self) -> str:
        """The variant that others are compared with."""
        return next(iter(self.shares))

    @property
    def others(self) -> list[str]:
        """The variants that are compared with the control."""
        return list(self.shares)[1:]

    def check(self) -> None:
        """Raise `ExperimentError` where there is nothing to compare."""
        if len(self.shares) < 2:  # noqa: PLR2004  # one with another
            raise ExperimentError(f"experiment {self.name} has fewer than two variants")
        total = sum(self.shares.values())
        if abs(total - 1) > 0.001 or min(self.shares.values()) <= 0:  # noqa: PLR2004
            raise ExperimentError(
                f"the shares of experiment {self.name} add up to {total:g}; they must be above 0"
                " and add up to 1"
            )
