"""The report as one page: plots drawn as SVG, style inside, nothing loaded from anywhere."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from galley_local.evals.baseline import Line
from galley_local.evals.report import Report, RoleReport
from galley_local.evals.run import WHOLE, Result

# The plot's measures, in its own units.
LEFT, RIGHT, ROW, TOP = 118, 138, 30, 26
WIDTH = 760
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Row:
    """A grader's row in a plot: where its interval, its share and its share before stand."""

    line: Line
    y: float
    low: float
    high: float
    share: float
    before: float | None

    @property
    def is_whole(self) -> bool:
        """Whether it stands for the whole case."""
        return self.line.grader == WHOLE


@dataclass(frozen=True)
class Plot:
    """A role's graders, one below the other, on an axis from 0 to 100 per cent."""

    rows: list[Row]
    ticks: list[tuple[int, float]]
    height: int
    width: int = WIDTH
    top: int = TOP
    left: int = LEFT
    right: int = RIGHT


def plot_of(role: RoleReport) -> Plot:
    """Return where everything of a role's plot stands."""
    rows = []
    for place, line in enumerate(role.lines):
        # what was compared may be less than what was run: a share of other cases is no mark
        before = (
            _x(line.before / line.count)
            if line.compared == line.count and line.before is not None
            else None
        )
        y = TOP + ROW * (place + 0.5)
        rows.append(
            Row(line, y, _x(line.interval[0]), _x(line.interval[1]), _x(line.share), before)
        )
    return Plot(rows, [(each, _x(each / 100)) for each in TICKS], TOP + ROW * len(rows) + 8)


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def cells_of(role: RoleReport) -> list[dict[str, Any]]:
    """Return the role's cases with a cell for each grader, those that failed first."""
    graders = [line for line in role.lines if line.grader != WHOLE]
    rows = [
        {
            "name": each.entry.name,
            "theme": each.entry.theme,
            "why": each.entry.case.why,
            "topic": each.entry.case.topic,
            "not_run": each.not_run,
            "reply": each.shown,
            "tools": list(each.call.get("tools", [])),
            "problems": {name: found for name, found in each.grades.items() if found},
            "cells": [(line.grader, _cell(each, line)) for line in graders],
        }
        for each in role.results
    ]
    return sorted(rows, key=_importance)


def _importance(row: dict[str, Any]) -> int:
    if row["not_run"] or any(cell == "lost" for _, cell in row["cells"]):
        return 0
    return 1 if row["problems"] else 2


def _cell(result: Result, line: Line) -> str:
    passed = result.passed.get(line.grader)
    if passed is None:
        return "not asked"
    if result.entry.name in line.lost:
        return "lost"
    return "passed" if passed else "failed"


def page_of(report: Report, now: datetime | None = None) -> str:
    """Return the report's page."""
    made = now or datetime.now(UTC)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        report=report,
        made=f"{made:%d %B %Y, %H:%M} UTC",
        roles=[(role, plot_of(role), cells_of(role)) for role in report.roles],
        whole=WHOLE,
    )
