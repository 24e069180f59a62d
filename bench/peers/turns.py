"""
One run for each line on standard input, and its seconds, as JSON, on standard output.

All peers do the same: a search, ten summaries side by side, a draft, a wait for an approval that
comes at once, and a publication. What a step does is nothing, or to write the files that it is
told: of the command's first argument, JSON, how many bytes each file has, by step.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import chdir
from itertools import count
from pathlib import Path

SOURCES = 10
WRITES: dict[str, list[int]] = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}

_files = count()


def do(step: str) -> None:
    """Do what a step does."""
    for size in WRITES.get(step, []):
        Path(f"{next(_files)}").write_bytes(b"x" * size)


def take(run: Callable[[int], object]) -> None:
    """Run as often as somebody asks, and check that each run was published."""
    for turn, _ in enumerate(sys.stdin):
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            started = time.perf_counter()
            ended = run(turn)
            seconds = time.perf_counter() - started
        if ended != "published":
            sys.exit(f"a run ended as {ended!r}")
        print(json.dumps({"seconds": seconds}), flush=True)
