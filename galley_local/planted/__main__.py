"""Print what the citation gate sees of planted errors, and what it says of true sentences."""

import argparse
import sys

from galley_local.planted.measure import SEED, Count, Figures, measure

ENOUGH_RECALL, ENOUGH_PRECISION = 0.98, 0.95


def main() -> int:
    """Measure and print; exit with 1 where the gate sees less than it should."""
    parser = argparse.ArgumentParser(prog="python -m galley_local.planted", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--missed", action="store_true", help="print the cases it is wrong about")
    options = parser.parse_args()
    figures = measure(options.seed)
    sys.stdout.write(table(figures) + "\n")
    if options.missed:
        sys.stdout.write("\n".join(_wrong(figures)) + "\n")
    return int(figures.recall < ENOUGH_RECALL or figures.precision < ENOUGH_PRECISION)


def table(figures: Figures) -> str:
    """Return the figures as the tables of docs/quality.md."""
    alarms = sum(count.found for count in figures.clean.values())
    clean = sum(count.cases for count in figures.clean.values())
    total = sum(count.cases for count in figures.planted.values())
    return "\n".join([
        "| planted error | cases | seen | goes back to the writer | recall | precision |",
        "|---|---|---|---|---|---|",
        *(_row(kind, each, alarms / clean) for kind, each in figures.planted.items()),
        f"| all | {total} | | | {figures.recall:.3f} | {figures.precision:.3f} |",
        "",
        "| not promised | cases | seen | goes back to the writer | recall |",
        "|---|---|---|---|---|",
        *(_row(kind, each) for kind, each in figures.unseen.items()),
        "",
        "| true sentence | cases | false alarms | of them back to the writer |",
        "|---|---|---|---|",
        *(
            f"| {kind} | {each.cases} | {each.found} | {each.failed} |"
            for kind, each in figures.clean.items()
        ),
        f"| all | {clean} | {alarms} | {sum(each.failed for each in figures.clean.values())} |",
    ])  # fmt: skip


def _row(kind: str, count: Count, alarms: float | None = None) -> str:
    cells = [kind, count.cases, count.found, count.failed, f"{count.found / count.cases:.3f}"]
    if alarms is not None:  # among as many true sentences, at the rate of all of them
        cells.append(f"{count.found / max(1e-9, count.found + alarms * count.cases):.3f}")
    return f"| {' | '.join(map(str, cells))} |"


def _wrong(figures: Figures) -> list[str]:
    return [
        f"{kind}: {text}"
        for kind, count in (*figures.planted.items(), *figures.unseen.items())
        for text in count.missed
    ]


if __name__ == "__main__":
    sys.exit(main())
