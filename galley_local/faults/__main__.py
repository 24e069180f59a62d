"""Let faults happen, each in a run of its own, and print what came of them."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from galley_local.corpus import Corpus
from galley_local.faults import matrix
from galley_local.faults.fault import Fault
from galley_local.faults.matrix import PARAMETERS, Recorded, Tried
from galley_local.faults.table import table
from galley_local.playing import short_corpus
from galley_local.stack import ROOT, Stack
from galley_local.step_functions import interpreter

MATRICES: dict[str, Callable[[Recorded], list[Fault]]] = {
    "kills": matrix.kills,
    "refusals": matrix.refusals,
    "disturbances": matrix.disturbances,
}
TERMINAL = Console(stderr=True)
# Listing a bucket's versions copies all that is in it, whosever they are.
OF_ONE_STACK = 40  # runs


def main() -> int:
    """Try all faults, or each n-th of them."""
    parser = argparse.ArgumentParser(prog="python -m galley_local.faults", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th fault")
    parser.add_argument("--only", choices=MATRICES, action="append", help="one of the matrices")
    parser.add_argument("--about", default="", metavar="TEXT", help="only faults with this in them")
    parser.add_argument("--corpus", type=Path, default=ROOT / "examples" / "corpus")
    options = parser.parse_args()
    corpus = short_corpus(options.corpus)
    is_well = True
    with interpreter.without_waits():
        with Stack(corpus, parameters=PARAMETERS) as stack:
            recorded = matrix.record(stack)
        for name in options.only or MATRICES:
            tried: list[Tried] = []
            for each in recorded:
                wanted = [fault for fault in MATRICES[name](each) if options.about in str(fault)]
                faults = wanted[:: options.every]
                _say(f"{name}: {len(faults)} in a run that is {each.trial.name}")
                runs = _try_each(corpus, each, faults, name)
                for one in track(runs, "", len(faults), console=TERMINAL):
                    tried.append(one)
                    if not TERMINAL.is_terminal and len(tried) % 50 == 0:
                        _say(f"{name}: {len(tried)} tried")
                    if not one.is_right:
                        _say(f"{one.fault} ({each.trial.name}, {one.happened}×): {one.difference}")
            if not tried:
                parser.error(f"no fault of {name} has {options.about!r} in it")
            is_well = is_well and all(one.is_right for one in tried)
            first = "function" if name == "kills" else "fault"
            sys.stdout.write(f"{table(tried, first, _function if name == 'kills' else _kind)}\n\n")
    return int(not is_well)


def _try_each(
    corpus: Corpus, recorded: Recorded, faults: list[Fault], name: str
) -> Iterator[Tried]:
    for start in range(0, len(faults), OF_ONE_STACK):
        with Stack(corpus, parameters=PARAMETERS) as stack:
            yield from matrix.try_each(stack, recorded, faults[start : start + OF_ONE_STACK], name)


def _function(tried: Tried) -> str:
    return f"`{tried.fault.holder}`"


def _kind(tried: Tried) -> str:
    return f"`{tried.fault.kind}`"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
