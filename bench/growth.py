"""
Growth of 1 to 200 workflows at once, and of one workflow with 10 to 40 sources.

Agents answer at once. Workflows of a load start together, on a stack of their own for each size;
those with more sources run one after another on one stack. Memory is the sum of proportional set
sizes of the stack and all its environments: at its peak, and when all is over, which is what
finished workflows leave behind.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.fit import exponent
from bench.galley import SOURCES, Galley
from galley_cli.ab.svg import Curve, drawn
from galley_local.load.mind import MarkedMind
from galley_local.load.run import Caps, Load, stations
from galley_local.memory import megabytes_now
from galley_local.stack import Stack

WORKFLOWS = (1, 5, 20, 50, 200)
MANY_SOURCES, RUNS, WARM_UPS = (10, 20, 30, 40), 7, 3
TENANTS = 5
CAPS = Caps(one=10, all=1000)
KEPT_BETWEEN = (20, 200)  # workflows, of which the difference is what each leaves


@dataclass(frozen=True)
class Loaded:
    """What some workflows at once took."""

    workflows: int
    seconds: float
    peak_megabytes: float
    left_megabytes: float  # when all is over


@dataclass(frozen=True)
class Sourced:
    """What a workflow with some sources took."""

    sources: int
    seconds: float
    transitions: int


def many_workflows() -> Iterator[Loaded]:
    """Run each number of workflows at once."""
    for count in WORKFLOWS:
        mind = MarkedMind()
        with Stack(stations(SOURCES), mind=mind) as stack:
            figures = Load(stack, mind, TENANTS, CAPS).run(count, SOURCES)
            if figures.published != count:
                raise RuntimeError(f"of {count} workflows {figures.published} were published")
            stack.lambdas.cool()
            left = megabytes_now(os.getpid())
        yield Loaded(count, figures.seconds, figures.megabytes, left)


def many_sources() -> Iterator[Sourced]:
    """Run workflows with each number of sources."""
    galley = Galley(documents=max(MANY_SOURCES))
    try:
        for _ in range(WARM_UPS):
            galley.run(max(MANY_SOURCES))
        for sources in MANY_SOURCES:
            runs = [galley.run(sources) for _ in range(RUNS)]
            yield Sourced(sources, median(run.seconds for run in runs), runs[-1].transitions)
    finally:
        galley.close()


def workflows_report(loaded: list[Loaded]) -> str:
    """Return the figures of many workflows as a table in Markdown."""
    grows = exponent((each.workflows, each.seconds) for each in loaded)
    left = {each.workflows: each.left_megabytes for each in loaded}
    few, many = KEPT_BETWEEN
    kept = (left[many] - left[few]) / (many - few)
    rows = [
        f"| {each.workflows} | {each.seconds:.1f} | {each.seconds / each.workflows:.2f} | "
        f"{each.peak_megabytes:,.0f} | {each.left_megabytes:,.0f} |"
        for each in loaded
    ]
    head = ["| workflows | seconds | of each | MB at most | MB left |", "|---|---|---|---|---|"]
    said = (
        f"Seconds grow with the power {grows:.2f} of the number of workflows. A workflow that is "
        f"over leaves {kept:.2f} MB in the stack, which keeps everything until it ends."
    )
    return "\n".join([*head, *rows, "", said])


def sources_report(sourced: list[Sourced]) -> str:
    """Return the figures of many sources as a table in Markdown."""
    grows = exponent((each.sources, each.seconds) for each in sourced)
    rows = [
        f"| {each.sources} | {each.seconds:.2f} | {each.transitions} | "
        f"{each.transitions - each.sources} + {each.sources} |"
        for each in sourced
    ]
    head = ["| sources | seconds | transitions | which are |", "|---|---|---|---|"]
    said = (
        f"Seconds grow with the power {grows:.2f} of the number of sources (median of {RUNS} runs)."
    )
    return "\n".join([*head, *rows, "", said])


def picture(loaded: list[Loaded]) -> str:
    """Return the seconds of many workflows as a picture."""
    points = [(float(each.workflows), each.seconds) for each in loaded]
    last = points[-1]
    even = [(workflows, last[1] * workflows / last[0]) for workflows, _ in points]
    curves = [Curve("measured", points), Curve("in step", even)]
    most = max(seconds for _, seconds in points)
    title = "Seconds of workflows that start together"
    return drawn(title, "workflows", curves, (0, most), lambda seconds: f"{seconds:,.0f} s")
