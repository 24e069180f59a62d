"""
Growth of 1 to 200 workflows at once, and of one workflow with 10 to 40 sources.

Agents answer at once. Workflows of a load start together, on a stack of their own for each size;
those with more sources run one after another on one stack. Memory is the sum of proportional set
sizes of the stack and all its environments: at its peak, and when all is over, which is what
finished workflows leave behind.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.fit import exponent
from bench.galley import SOURCES, Galley
from bench.processor import Worked
from galley_cli.ab.svg import Curve, drawn
from galley_local.load.mind import MarkedMind
from galley_local.load.run import Caps, Load, stations
from galley_local.memory import megabytes_now
from galley_local.stack import Stack
from galley_local.step_functions import interpreter

WORKFLOWS = (1, 5, 20, 50, 200)
MANY_SOURCES, RUNS, WARM_UPS = (10, 20, 30, 40), 5, 2
TENANTS = 5
# What an operator would set for as many: otherwise each workflow has ten environments of its own.
CAPS = Caps(one=10, all=30)
RESERVED = {"ReservedSummaryConcurrency": str(CAPS.all)}
WAITS = 0.5  # of the waits before what was refused is tried again; with a tenth, tries run out
SETTLE_SECONDS = 5  # until environments that were ended are gone
MOST_SECONDS = 900  # of one number of workflows: what would take longer is left out


@dataclass(frozen=True)
class Loaded:
    """What some workflows at once took."""

    workflows: int
    published: int
    gaps: Counter[str]  # sources that were left out, by error
    seconds: float
    processor: float  # seconds in which one has worked for them
    peak_megabytes: float
    left_megabytes: float  # when all is over


@dataclass(frozen=True)
class Sourced:
    """What a workflow with some sources took."""

    sources: int
    seconds: float
    processor: float
    transitions: int


def many_workflows() -> Iterator[Loaded]:
    """Run each number of workflows at once."""
    of_each = 0.0
    for count in WORKFLOWS:
        if of_each * count > MOST_SECONDS:
            return
        mind = MarkedMind()
        with Stack(stations(SOURCES), mind=mind, parameters=RESERVED) as stack:
            with Worked(os.getpid()) as worked, interpreter.waits_times(WAITS):
                figures = Load(stack, mind, TENANTS, CAPS).run(count, SOURCES)
            stack.lambdas.cool()
            time.sleep(SETTLE_SECONDS)
            left = megabytes_now(os.getpid())
        of_each = figures.seconds / count
        came = figures.published, figures.gaps
        yield Loaded(count, *came, figures.seconds, worked.seconds, figures.megabytes, left)


def many_sources() -> Iterator[Sourced]:
    """Run workflows with each number of sources."""
    galley = Galley(documents=max(MANY_SOURCES))
    try:
        for _ in range(WARM_UPS):
            galley.run(max(MANY_SOURCES))
        for sources in MANY_SOURCES:
            runs = [galley.run(sources) for _ in range(RUNS)]
            seconds = median(run.seconds for run in runs)
            processor = sum(run.processor for run in runs) / RUNS
            yield Sourced(sources, seconds, processor, runs[-1].transitions)
    finally:
        galley.close()


def workflows_report(loaded: list[Loaded]) -> str:
    """Return the figures of many workflows as a table in Markdown."""
    grows = exponent((each.workflows, each.seconds) for each in loaded)
    works = exponent((each.workflows, each.processor) for each in loaded)
    few, many = loaded[(len(loaded) - 1) // 2], loaded[-1]
    kept = (many.left_megabytes - few.left_megabytes) / (many.workflows - few.workflows)
    rows = [
        f"| {each.workflows} | {each.published} | {_told(each.gaps)} | {each.seconds:.1f} | "
        f"{each.seconds / each.workflows:.2f} | {each.processor / each.workflows:.2f} | "
        f"{each.peak_megabytes:,.0f} | {each.left_megabytes:,.0f} |"
        for each in loaded
    ]
    head = (
        "| workflows | published | sources left out | seconds | of each | of a processor, each | "
        "MB at most | MB left |"
    )
    said = (
        f"Seconds grow with the power {grows:.2f} of the number of workflows, a processor's with "
        f"{works:.2f}. A workflow that is over leaves {kept:.2f} MB in the stack, which keeps "
        f"everything until it ends (from {few.workflows} to {many.workflows})."
    )
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *rows, "", said])


def _told(gaps: Counter[str]) -> str:
    return ", ".join(f"{count} ({error})" for error, count in gaps.items()) or "0"


def sources_report(sourced: list[Sourced]) -> str:
    """Return the figures of many sources as a table in Markdown."""
    grows = exponent((each.sources, each.seconds) for each in sourced)
    works = exponent((each.sources, each.processor) for each in sourced)
    rows = [
        f"| {each.sources} | {each.seconds:.2f} | {each.processor:.2f} | "
        f"{each.transitions} = {each.transitions - each.sources} + {each.sources} |"
        for each in sourced
    ]
    head = ["| sources | seconds | of a processor | transitions |", "|---|---|---|---|"]
    said = (
        f"Seconds grow with the power {grows:.2f} of the number of sources, a processor's with "
        f"{works:.2f} (medians and means of {RUNS} runs)."
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
