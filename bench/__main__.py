"""
Figures, printed: `make bench`, or `python -m bench PART…` for some of them.

With `--write docs/performance.md` those that stand there are put there, and its pictures renewed.
Each part has an interpreter of its own: what one has left behind is not counted in the next.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench import build, cold, document, exports, first_page, gate, growth, overhead, page, runs

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"


Figures = tuple[str, dict[str, str]]  # as Markdown, and pictures by their names


def _demo() -> Figures:
    return runs.demo(), {}


def _cold() -> Figures:
    return cold.report([*cold.measure()]), {}


def _peers() -> Figures:
    figures = overhead.measure()
    return overhead.report(figures), {"performance-peers.svg": overhead.picture(figures)}


def _workflows() -> Figures:
    loaded = [*growth.many_workflows()]
    picture = growth.picture(loaded)
    return growth.workflows_report(loaded), {"performance-growth.svg": picture}


def _sources() -> Figures:
    return growth.sources_report([*growth.many_sources()]), {}


# those of docs/performance.md
DOCUMENTED: dict[str, Callable[[], Figures]] = {
    "demo": _demo,
    "cold": _cold,
    "peers": _peers,
    "workflows": _workflows,
    "sources": _sources,
}
PRINTED: dict[str, Callable[[], None]] = {
    "runs": runs.main,
    "gate": gate.main,
    "page": page.main,
    "exports": exports.main,
    "first-page": first_page.main,
    "build": build.main,
}


def main() -> int:
    """Print figures, or put them into a page."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    every = [*DOCUMENTED, *PRINTED]
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"all, or of {', '.join(every)}")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the figures there, too")
    options = parser.parse_args()
    if unknown := {*options.parts} - {*every}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    parts = options.parts or [name for name in every if name != "demo" or options.write]
    if len(parts) == 1:
        _measure(parts[0], options.write)
        return 0
    write = ["--write", options.write] if options.write else []
    # One that fails keeps none of the others from being measured.
    commands = [[sys.executable, "-m", "bench", each, *write] for each in parts]
    ended = [subprocess.run(command, check=False) for command in commands]
    return max(each.returncode for each in ended)


def _measure(part: str, page: Path | None) -> None:
    if part in PRINTED:
        PRINTED[part]()
    else:
        figures, pictures = DOCUMENTED[part]()
        print(f"# {part}\n\n{figures}\n", flush=True)
        if page:
            document.write(page, part, f"{figures}\n\n{document.machine()}")
            for name, picture in pictures.items():
                (PICTURES / name).write_text(picture, encoding="utf-8")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
