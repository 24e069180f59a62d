"""
Cold start of each function, beside a function that makes the same clients and no more.

Each start is an interpreter of its own that has what Lambda has on its path: the function's
directory and libraries, the layer as it is built, and boto3. Lambda cannot write bytecode, so none
is written here; that of Python's own modules and of boto3 is there, and that of the layer where it
was built with it. Measured is what is done once, the import and the making of clients, in the
processor's time: what else runs here would count otherwise. What makes the difference between a
start and its twin is the layer's Powertools and the function's own code.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.first_page import ON_LAMBDA, ROOT, arrange_runtime, built_layer
from bench.twins import Clients
from galley_local.load.run import stations
from galley_local.stack import Stack

STARTS = 10  # of each function and its twin, in turn, so that what else runs slows both
GOAL = 1.15
START = """
import json, sys, sysconfig, time

own = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib") + "/lib-dynload"]
*paths, makers = sys.argv[1:]
sys.path[:] = [*paths, *own]
started = time.process_time()
import app

for module, name in json.loads(makers):
    getattr(sys.modules[module], name)()
print(time.process_time() - started)
"""


@dataclass(frozen=True)
class Case:
    """A function, and what it needs to start."""

    name: str
    environment: Mapping[str, str]
    paths: list[Path]
    twin_paths: list[Path]
    clients: Clients


@dataclass(frozen=True)
class Start:
    """How long a function takes to start, and its twin; milliseconds of the processor, median."""

    name: str
    function_ms: float
    twin_ms: float
    clients: list[str]

    @property
    def ratio(self) -> float:
        """How many times as long as its twin it takes."""
        return self.function_ms / self.twin_ms


def report(starts: list[Start]) -> str:
    """Return the figures as a table in Markdown, the slowest beside its twin first."""
    head = ["| function | CPU ms | its clients alone | times | clients |", "|---|---|---|---|---|"]
    rows = [
        f"| `{each.name}` | {each.function_ms:.0f} | {each.twin_ms:.0f} | {each.ratio:.2f} | "
        f"{', '.join(dict.fromkeys(each.clients))} |"
        for each in sorted(starts, key=lambda each: -each.ratio)
    ]
    within = sum(each.ratio <= GOAL for each in starts)
    said = (
        f"{within} of {len(starts)} functions start within {GOAL} times their clients; all "
        f"together take {sum(s.function_ms for s in starts) / sum(s.twin_ms for s in starts):.2f} "
        f"times as long (medians of {STARTS} starts)."
    )
    return "\n".join([*head, *rows, "", said])


def measure() -> Iterator[Start]:
    """Start every function and its twin."""
    with tempfile.TemporaryDirectory() as folder:
        for case in _cases(Path(folder)):
            function, twin = [], []
            for _ in range(STARTS):
                twin.append(_start(case.environment, case.twin_paths, "[]"))
                function.append(
                    _start(case.environment, case.paths, json.dumps(case.clients.makers))
                )
            yield Start(
                case.name,
                statistics.median(function) * 1000,
                statistics.median(twin) * 1000,
                case.clients.names,
            )


def _cases(folder: Path) -> Iterator[Case]:
    layer, runtime = built_layer(folder), folder / "runtime"
    arrange_runtime(runtime)
    for directory, environment in sorted(_environments().items()):
        function, twin = folder / directory, folder / f"{directory}-twin"
        source = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "functions" / directory, function, ignore=source)
        _install(function)
        paths = [function, layer, runtime]
        whole = {**environment, **ON_LAMBDA}
        clients = Clients.recorded(paths, whole)
        twin.mkdir()
        (twin / "app.py").write_text(clients.twin, encoding="utf-8")
        yield Case(directory, whole, paths, [twin, layer, runtime], clients)


def _environments() -> dict[str, Mapping[str, str]]:
    """Return each function's environment as it is deployed, by its directory."""
    with Stack(stations(2), sign_in=True, parameters={"WebProviders": "wikipedia"}) as stack:
        return {
            function.code.name: dict(function.environment)
            for function in stack.lambdas.functions.values()
        }


def _install(function: Path) -> None:
    """Put a function's libraries beside it, as a build does."""
    if (requirements := function / "requirements.txt").exists():
        command = ["pip", "install", "--quiet", "--target", str(function), "--require-hashes"]
        subprocess.run(
            [Path(sys.executable).parent / "uv", *command, "--requirement", str(requirements)],
            check=True,
        )


def _start(environment: Mapping[str, str], paths: list[Path], makers: str) -> float:
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", START, *map(str, paths), makers],
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(finished.stdout.splitlines()[-1])
