"""What an experiment shows so far: by the outcome that decides, and by the others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from galley_cli.ab.comparison import Comparison, compare
from galley_cli.ab.imbalance import SUSPICIOUS, imbalance
from galley_cli.ab.observations import Experiment, ExperimentError, Observation
from galley_cli.ab.outcomes import OUTCOMES
from galley_cli.ab.turns import in_turn

FALSE_ALARMS = 0.05  # how often a difference may be reported where there is none
MANY_WAITING = 0.1  # of the workflows that have ended


@dataclass(frozen=True)
class Report:
    """An experiment, how many workflows there are of each variant, and what they show."""

    experiment: Experiment
    assigned: dict[str, int]  # workflows by variant
    ended: dict[str, int]
    waiting: int  # of them, those that began after one that has not ended, and wait for it
    fell_back: dict[str, int]  # of them, those that the template's own had to answer for
    imbalance: float  # a p-value of the counts for the shares
    primary: list[Comparison]  # of each variant with the control, corrected for their number
    secondary: list[Comparison]  # by the other outcomes, each for itself

    @property
    def warnings(self) -> list[str]:
        """What speaks against believing the figures."""
        told = []
        if self.imbalance < SUSPICIOUS:
            counts = ", ".join(f"{name} {count}" for name, count in self.assigned.items())
            told.append(
                f"The variants' workflows ({counts}) do not fit their shares: find out why before"
                " you believe anything here."
            )
        if self.waiting > MANY_WAITING * sum(self.ended.values()):
            told.append(
                f"{self.waiting} workflows that have ended are not counted yet: they began after"
                " one that has not, and wait for it."
            )
        told += [
            f"In {count} workflows of {name} the template's own agent had to answer for it; they"
            f" count as {name}'s."
            for name, count in self.fell_back.items()
            if count
        ]
        known = {(each.variant, each.outcome) for each in self.primary}
        told += [
            f"{name} or {self.experiment.control} has no workflow yet whose outcome is known."
            for name in self.experiment.others
            if (name, self.experiment.primary) not in known
        ]
        return told

    @property
    def pending(self) -> int:
        """How many workflows have not ended."""
        return sum(self.assigned.values()) - sum(self.ended.values())

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "experiment": self.experiment.name,
            "role": self.experiment.role,
            "status": self.experiment.status,
            "shares": dict(self.experiment.shares),
            "primary": self.experiment.primary,
            "assigned": self.assigned,
            "ended": self.ended,
            "waiting": self.waiting,
            "fell_back": self.fell_back,
            "imbalance_p_value": self.imbalance,
            "warnings": self.warnings,
            "comparisons": [each.to_dict() for each in (*self.primary, *self.secondary)],
        }


def report_on(
    experiment: Experiment, observations: Sequence[Observation], smallest: float | None = None
) -> Report:
    """Report on an experiment; `smallest` is the effect that matters, by the deciding outcome."""
    experiment.check()
    if experiment.primary not in OUTCOMES:
        known = ", ".join(OUTCOMES)
        raise ExperimentError(
            f"experiment {experiment.name} decides by {experiment.primary!r}; known are {known}"
        )
    strangers = {each.variant for each in observations} - experiment.shares.keys()
    if strangers:
        raise ExperimentError(
            f"workflows of experiment {experiment.name} have variants that it does not:"
            f" {', '.join(sorted(strangers))}"
        )
    decides = OUTCOMES[experiment.primary]
    if smallest:
        decides = replace(decides, smallest=decides.measured_effect(smallest))
    others = experiment.others

    def compared(name: str, alpha: float) -> list[Comparison]:
        outcome = decides if name == decides.name else OUTCOMES[name]
        found = (compare(observations, experiment, each, outcome, alpha) for each in others)
        return [each for each in found if each]

    assigned = Counter(each.variant for each in observations)
    ended = Counter(each.variant for each in observations if each.ended_at)
    fell_back = Counter(each.variant for each in observations if each.fell_back)
    return Report(
        experiment=experiment,
        assigned={name: assigned[name] for name in experiment.shares},
        ended={name: ended[name] for name in experiment.shares},
        waiting=sum(ended.values()) - len(in_turn(observations)),
        fell_back={name: fell_back[name] for name in experiment.shares},
        imbalance=imbalance(assigned, experiment.shares),
        primary=compared(decides.name, FALSE_ALARMS / len(others)),
        secondary=[
            each
            for name in OUTCOMES
            if name != decides.name
            for each in compared(name, FALSE_ALARMS)
        ],
    )
