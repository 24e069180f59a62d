"""Seconds and memory of whole runs, as a user gets them."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.manuals import make_manuals
from galley_local.memory import Peak

TOPIC = "How lighthouses made their lights seen farther"
STATIONS = "Which lamp had the lens of a station?"
FILES = "How files are opened, read and closed"
COLOURS = ("red", "green", "white", "amber", "blue", "violet", "silver", "golden")
CORPUS = Path(__file__).parent.parent / "examples" / "corpus"
SAMPLE_SECONDS = 0.2
RUNS = 3
SHORTEST = 200  # characters of a paragraph


@dataclass(frozen=True)
class Figures:
    """What one run took."""

    seconds: float
    megabytes: float
    transitions: int
    sources: int


def main() -> None:
    """Print the figures of each case."""
    print(f"{'case':<44}{'seconds':>9}{'MB (PSS)':>10}{'transitions':>13}{'sources':>9}")
    for _ in range(RUNS):
        _report("demo: 23 documents, 10 sources", _run(TOPIC, CORPUS, 10))
    with tempfile.TemporaryDirectory() as folder:
        _make_corpus(Path(folder), 1000)
        _report("1,000 documents, 10 sources", _run(STATIONS, Path(folder), 10))
        _report("1,000 documents, 40 sources", _run(STATIONS, Path(folder), 40))
    with tempfile.TemporaryDirectory() as folder:
        make_manuals(Path(folder), 10)
        _report("10 PDFs of 100 pages, 10 sources", _run(FILES, Path(folder), 10))


def demo() -> str:
    """Return the figures of the demo run as a table in Markdown."""
    runs = [_run(TOPIC, CORPUS, 10) for _ in range(RUNS)]
    head = [
        "| demo, from command to report | seconds | MB at most | transitions |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| run {number} | {each.seconds:.1f} | {each.megabytes:.0f} | {each.transitions} |"
        for number, each in enumerate(runs, start=1)
    ]
    return "\n".join([*head, *rows])


def _report(case: str, figures: Figures) -> None:
    print(
        f"{case:<44}{figures.seconds:>9.1f}{figures.megabytes:>10.0f}"
        f"{figures.transitions:>13}{figures.sources:>9}",
        flush=True,
    )


def _run(topic: str, corpus: Path, max_sources: int) -> Figures:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "galley_cli.main", "run", topic, "--approve", "--json"]
        command += ["--corpus", str(corpus), "--max-sources", str(max_sources), "--out", out]
        started = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            peak = Peak(process.pid, SAMPLE_SECONDS)
            output, _ = process.communicate()
        seconds = time.monotonic() - started
        result = json.loads(output)
    if result["status"] != "PUBLISHED":
        sys.exit(f"the run ended as {result['status']}: {result['error']}")
    return Figures(seconds, peak.megabytes(), result["transitions"], len(result["sources"]))


def _make_corpus(folder: Path, count: int) -> None:
    """Fill a folder with documents: each of a station of its own, padded from the examples."""
    files = [path for path in sorted(CORPUS.iterdir()) if path.suffix in {".md", ".txt"}]
    texts = [path.read_text(encoding="utf-8") for path in files]
    paragraphs = [part for text in texts for part in text.split("\n\n") if len(part) > SHORTEST]
    for number in range(count):
        colour, other = COLOURS[number % 8], COLOURS[(number // 8 + 3) % 8]
        padding = [paragraphs[(number * 7 + step * 13) % len(paragraphs)] for step in range(8)]
        own = (
            f"The lens of station {number} was lit in {1000 + number} with a {colour} lamp. "
            f"Its keeper counted {number * 17 + 3} ships by {other} lantern every winter. "
            f"The tower of station {number} rises {20 + number} metres above the {colour} rocks."
        )
        text = "\n\n".join([f"# Station number {number}", own, *padding])
        (folder / f"station-{number:04d}.md").write_text(text, encoding="utf-8")
