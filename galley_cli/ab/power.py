"""The figures of the method: false alarms, and how soon a difference is found."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from galley_cli.ab.comparison import compare
from galley_cli.ab.observations import Experiment, Observation
from galley_cli.ab.page import picture
from galley_cli.ab.report import FALSE_ALARMS
from galley_cli.ab.simulation import (
    BINARY,
    EFFECTS,
    NO_DIFFERENCE,
    RATE,
    approvals,
    by,
    decisions,
)
from galley_cli.ab.svg import Curve, drawn

COUNTS = (100, 200, 400, 800, 1600, 3200)
WORKFLOWS = 400  # looks, one after each, that a false alarm may come at
POINTS = 64  # of a curve
EXAMPLE_EFFECT = 0.15


@dataclass(frozen=True)
class FalseAlarms:
    """How often a difference was reported where there is none."""

    label: str
    share: float
    alarms: float


@dataclass(frozen=True)
class Power:
    """How often a difference was found by how many workflows."""

    rate: float
    effect: float
    found: dict[int, float]
    half: int | None  # workflows by which half of the experiments had found it
    missed: float  # how often the interval left out the truth at any look
    curve: list[float]  # found, after each of `POINTS` steps to the last count


@dataclass(frozen=True)
class Figures:
    """What thousands of made-up experiments came to."""

    runs: int
    false_alarms: list[FalseAlarms]
    power: list[Power]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return both tables, as documents have them."""
        counts = " | ".join(f"by {count:,}" for count in COUNTS)
        return [
            "| nothing differs | share of the variant | false alarms |",
            "|---|---|---|",
            *(f"| {a.label} | {a.share:g} | {_percent(a.alarms)} |" for a in self.false_alarms),
            "",
            f"| difference | {counts} | half by | interval left out the truth |",
            "|---|" + "---|" * (len(COUNTS) + 2),
            *(
                f"| {100 * p.rate:.0f} % → {100 * (p.rate + p.effect):.0f} %"
                f" | {' | '.join(f'{100 * found:.0f} %' for found in p.found.values())}"
                f" | {f'{p.half:,}' if p.half else '–'} | {_percent(p.missed)} |"
                for p in self.power
            ),
        ]

    def picture(self) -> str:
        """Return the curves of power, as SVG."""
        steps = [(index + 1) * COUNTS[-2] / POINTS for index in range(POINTS)]
        curves = [
            Curve(f"{100 * each.effect:+.0f} points", list(zip(steps, each.curve, strict=True)))
            for each in self.power
        ]
        title = f"Experiments that have found a difference from {100 * RATE:.0f} %"
        return drawn(title, "workflows ended", curves, (0, 1), lambda part: f"{100 * part:.0f} %")


def figures(runs: int, seed: int, told: Callable[[str], None]) -> Figures:
    """Simulate; the same seed gives the same figures."""
    alarms = []
    for setting in NO_DIFFERENCE:
        told(f"no difference: {setting.label}, share {setting.share:g}")
        (often,) = by(decisions(setting, runs, WORKFLOWS, seed), [WORKFLOWS])
        alarms.append(FalseAlarms(setting.label, setting.share, often))
    power = []
    for effect in EFFECTS:
        told(f"a difference of {100 * effect:.0f} points")
        setting = approvals(RATE, effect)
        when = decisions(setting, runs, COUNTS[-1], seed)
        missed = decisions(setting, runs, COUNTS[-1], seed, against=effect)
        half = float(np.median(when))
        power.append(
            Power(
                rate=RATE,
                effect=effect,
                found=dict(zip(COUNTS, by(when, COUNTS), strict=True)),
                half=round(half) if np.isfinite(half) else None,
                missed=float(np.isfinite(missed).mean()),
                curve=by(when, [(index + 1) * COUNTS[-2] // POINTS for index in range(POINTS)]),
            )
        )
    return Figures(runs, alarms, power)


def example(seed: int) -> str:
    """Return the course of one made-up experiment as a report draws it."""
    random, shares = np.random.default_rng(seed), {"control": 0.5, "variant": 0.5}
    treated = random.random(COUNTS[2]) < shares["variant"]
    approved = approvals(RATE, EXAMPLE_EFFECT).draw(random, treated)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    times = [(began + timedelta(hours=number)).isoformat() for number in range(COUNTS[2])]
    observations = [
        Observation(
            f"{number:04}",
            list(shares)[int(on)],
            times[number],
            times[number],
            {BINARY.name: outcome},
        )
        for number, (on, outcome) in enumerate(zip(treated, approved, strict=True))
    ]
    experiment = Experiment("example", "writer", shares)
    found = compare(observations, experiment, "variant", BINARY, FALSE_ALARMS)
    assert found  # noqa: S101  # both have workflows
    return picture(found)


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"
