"""Kill a worker at every AWS call of a run and print the matrix; exit with 1 if it is not clean."""

import argparse
import sys
from pathlib import Path

from galley_local.faults.matrix import PARAMETERS, Kill, kill_at_each, record, table
from galley_local.playing import short_corpus
from galley_local.stack import ROOT, Stack
from galley_local.step_functions import interpreter


def main() -> int:
    """Kill at all points, or at each n-th of them."""
    parser = argparse.ArgumentParser(prog="python -m galley_local.faults", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th call")
    parser.add_argument("--corpus", type=Path, default=ROOT / "examples" / "corpus")
    options = parser.parse_args()
    corpus = short_corpus(options.corpus)
    with Stack(corpus, parameters=PARAMETERS) as stack, interpreter.without_waits():
        points, healthy = record(stack)
        chosen = points[:: options.every]
        sys.stderr.write(f"{len(points)} AWS calls in a run, of which {len(chosen)} are tried\n")
        kills: list[Kill] = []
        for kill in kill_at_each(stack, chosen, healthy):
            kills.append(kill)
            if not kill.is_right or not kill.was_killed:
                sys.stderr.write(f"{kill.when.value} {kill.point}: {kill.outcome}\n")
    sys.stdout.write(f"{table(kills)}\n")
    return int(not all(kill.is_right and kill.was_killed for kill in kills))


if __name__ == "__main__":
    sys.exit(main())
