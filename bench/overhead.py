"""
A whole run with agents that answer at once, beside the same workflow on three other engines.

The workflow: search, ten summaries side by side, write, approval, publish. The engines take turns,
so that what else the machine does slows all of them, after runs that warm each up. Peers' steps do
nothing, or write as many files of the same sizes as Galley keeps in its bucket; Galley's run does
all that the product does, and its engine alone has functions that do nothing, too.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from statistics import median
from typing import IO, Any, Self

from galley.reports.files import PAGE, PDF, WORD

from bench.bars import Bar, drawn
from bench.fit import quartiles
from bench.galley import SOURCES, Galley, Run
from bench.processor import Worked

TURNS, WARM_UPS = 20, 5
HERE = Path(__file__).parent
PYTHON = HERE.parent / ".tools" / "bench" / "bin" / "python"
PEERS = {
    "AWS durable functions, local runner": "durable_functions",
    "DBOS on SQLite": "dbos_sqlite",
    "LangGraph on SQLite": "langgraph_sqlite",
}
PACKAGES = ("aws-durable-execution-sdk-python-testing", "dbos", "langgraph")
AWS, *_ = PEERS
GALLEY, ENGINE, SAME_FILES = "Galley, whole", "Galley, its engine alone", ", same files"
STEPS = {  # of a peer, by the folder in which Galley keeps what it makes
    **dict.fromkeys(("found", "sources"), "search"),
    **dict.fromkeys(("drafts", "checks"), "write"),
    "summaries": "summary",
    "reviews": "ask",
    "published": "publish",
}


@dataclass(frozen=True)
class Taken:
    """What a run took: seconds, and those in which a processor has worked for it."""

    seconds: float
    processor: float


class Peer:
    """A program that runs once for each line that it is sent."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parent
        )

    @classmethod
    def of(cls, program: str, writes: Mapping[str, list[int]]) -> Self:
        """Return a program of `bench/peers`, whose steps write files of some sizes."""
        if not PYTHON.exists():
            sys.exit("the other engines are not installed; run `make bench`")
        return cls(str(PYTHON), str(HERE / "peers" / f"{program}.py"), json.dumps(writes))

    def run(self) -> Taken:
        """Run once."""
        to, back = self._streams
        with Worked(self._process.pid) as worked:
            to.write("run\n")
            to.flush()
            line = back.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} has ended")
        return Taken(json.loads(line)["seconds"], worked.seconds)

    @property
    def _streams(self) -> tuple[IO[str], IO[str]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no streams")
        return self._process.stdin, self._process.stdout

    def close(self) -> None:
        """Let it end."""
        with self._process:
            self._streams[0].close()


@dataclass
class Figures:
    """The seconds of each engine's runs, and where Galley's went."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    processor: dict[str, float] = field(default_factory=dict)  # seconds, of all runs together
    exports: list[float] = field(default_factory=list)  # seconds, of all formats together
    files: int = 0
    calls: int = 0  # of AWS's services, in one run

    def add(self, name: str, seconds: float, processor: float) -> None:
        """Note one run of an engine."""
        self.seconds.setdefault(name, []).append(seconds)
        self.processor[name] = self.processor.get(name, 0.0) + processor

    def ratio(self, of: str, to: str) -> float:
        """Return how many times as long one takes as another; the median of all turns."""
        pairs = zip(self.seconds[of], self.seconds[to], strict=True)
        return median(one / other for one, other in pairs)

    def by_state(self) -> dict[str, float]:
        """Return the median seconds in each state."""
        names = self.runs[0].by_state
        return {name: median(run.by_state[name] for run in self.runs) for name in names}


def measure(turns: int = TURNS) -> Figures:
    """Let all engines run in turn."""
    figures = Figures()
    with ExitStack() as open_ones:
        galley = Galley()
        open_ones.callback(galley.close)
        for _ in range(WARM_UPS):
            galley.run()
        writes, bundle = _kept(galley)
        figures.files, figures.calls = _count(writes), _calls(galley)
        # in a process of its own, because there can be one stack in each
        peers = {ENGINE: Peer(sys.executable, "-m", "bench.engine_alone")}
        for name, program in PEERS.items():
            peers[name] = Peer.of(program, {})
            peers[f"{name}{SAME_FILES}"] = Peer.of(program, writes)
        for peer in peers.values():
            open_ones.callback(peer.close)
            for _ in range(WARM_UPS):
                peer.run()
        engines: dict[str, Galley | Peer] = {GALLEY: galley, **peers}
        for _ in range(turns):
            for name, engine in engines.items():
                run = engine.run()
                figures.add(name, run.seconds, run.processor)
                if isinstance(run, Run):
                    figures.runs.append(run)
            figures.exports.append(_exports(bundle))
    return figures


def _kept(galley: Galley) -> tuple[dict[str, list[int]], str]:
    """Return how large the files are that a run's steps keep, and the evidence of its report."""
    s3, bucket = galley.stack.client("s3"), galley.stack.outputs["ArtifactsBucket"]
    prefix = f"tenant-0/{galley.last_name()}/"
    writes: dict[str, list[int]] = {}
    for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
        folder = each["Key"].removeprefix(prefix).partition("/")[0]
        writes.setdefault(STEPS[folder], []).append(each["Size"])
    writes["summary"] = writes["summary"][:1]  # of each of the ten
    found = s3.get_object(Bucket=bucket, Key=f"{prefix}published/evidence.json")
    return writes, found["Body"].read().decode("utf-8")


def _count(writes: Mapping[str, list[int]]) -> int:
    return sum(len(sizes) * (SOURCES if step == "summary" else 1) for step, sizes in writes.items())


def _calls(galley: Galley) -> int:
    """Return how many calls of AWS's services one run makes."""
    calls: Counter[str] = Counter()
    application: Any = galley.stack._application  # noqa: SLF001
    gate = application.gate

    class Counting:
        def admit(self, request: Any, signed: Any, services: Any) -> Any:
            calls[signed.service] += 1
            return gate.admit(request, signed, services)

    application.gate = Counting()
    galley.run()
    application.gate = gate
    return calls.total()


def _exports(bundle: str) -> float:
    os.environ.setdefault("VERSION", "bench")  # which functions have from the template
    from galley.reports.exports import made_apart

    started = time.perf_counter()
    made_apart((PAGE, PDF, WORD), bundle)
    return time.perf_counter() - started


def report(figures: Figures) -> str:
    """Return the figures as tables in Markdown."""
    head = "| engine | median | quartiles | AWS's runner is 1 | of a processor, each run |"
    lines = [head, "|---|---|---|---|---|"]
    for name, seconds in sorted(figures.seconds.items(), key=lambda each: median(each[1])):
        low, middle, high = (1000 * each for each in quartiles(seconds))
        ratio = figures.ratio(name, AWS)
        busy = 1000 * figures.processor[name] / len(seconds)
        took = f"{middle:,.0f} ms | {low:,.0f} to {high:,.0f}"
        lines.append(f"| {name} | {took} | {ratio:.2f} | {busy:,.0f} ms |")
    lines += ["", "| Galley's run, in its states | median |", "|---|---|"]
    lines += [f"| {name} | {1000 * s:,.0f} ms |" for name, s in figures.by_state().items()]
    exports = 1000 * median(figures.exports)
    said = (
        f"{len(figures.runs)} turns, after {WARM_UPS} runs of each to warm up. A run of Galley's "
        f"makes {figures.calls} signed calls and keeps {figures.files} files. {_versions()}"
    )
    lines += [f"| page, PDF and Word alone, which Publish report makes | {exports:,.0f} ms |"]
    return "\n".join([*lines, "", said])


def picture(figures: Figures) -> str:
    """Return the medians and quartiles as a picture."""
    ordered = sorted(figures.seconds.items(), key=lambda each: median(each[1]))
    bars = [Bar(name, *(1000 * each for each in quartiles(seconds))) for name, seconds in ordered]
    return drawn("One whole run, agents that answer at once", "ms", bars)


def _versions() -> str:
    found = {
        each.name: each.version
        for each in distributions(
            path=[*map(str, PYTHON.parent.parent.glob("lib/*/site-packages"))]
        )
    }
    return "Versions: " + ", ".join(f"{name} {found[name]}" for name in PACKAGES) + "."
