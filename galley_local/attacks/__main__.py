"""Attack the human gate and print what came of it; exit with 1 if anything succeeded."""

import argparse
import sys
from pathlib import Path

from galley_local.attacks.report import attack_by_link, attack_here, table
from galley_local.attacks.target import Elsewhere
from galley_local.stack import ROOT


def main() -> int:
    """Attack an endpoint by a link, or stacks that are started for it."""
    parser = argparse.ArgumentParser(prog="python -m galley_local.attacks", description=__doc__)
    parser.add_argument("--link", help="of a draft that waits on an endpoint that you may attack")
    parser.add_argument("--corpus", type=Path, default=ROOT / "examples" / "corpus")
    options = parser.parse_args()
    if options.link:
        results = list(attack_by_link(Elsewhere(options.link)))
    else:
        results = list(attack_here(options.corpus))
    sys.stdout.write(table(results) + "\n")
    return int(any(result.succeeded for result in results))


if __name__ == "__main__":
    sys.exit(main())
