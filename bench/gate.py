"""What the citation gate sees of planted errors; and the processor's time of its largest draft."""

import random
import time

from galley.citations.checking import check
from galley.contracts import TEXT_CHARACTERS, Source
from galley.replies import MOST_CITATIONS

from bench.runs import CORPUS
from galley_local.planted.__main__ import table
from galley_local.planted.measure import measure

SOURCES = 40
SENTENCE_WORDS = 22


def main() -> None:
    """Print the tables of docs/quality.md, and the time of the largest draft."""
    print(table(measure()))
    files = [path for path in sorted(CORPUS.iterdir()) if path.suffix in {".md", ".txt"}]
    words = " ".join(path.read_text(encoding="utf-8") for path in files).replace("[", "").split()
    sources = {number: _source(number, words) for number in range(1, SOURCES + 1)}
    sentences = [
        f"{_sentence(words, random.Random(place))} [{place % SOURCES + 1}]."  # noqa: S311
        for place in range(MOST_CITATIONS)
    ]
    draft = "# Largest\n\n## All\n\n" + "\n\n".join(sentences)
    started = time.process_time()
    check(draft, dict.fromkeys(sources, ()), sources.__getitem__)
    print(
        f"\n{MOST_CITATIONS:,} citations of {SOURCES} sources of {TEXT_CHARACTERS:,} characters: "
        f"{time.process_time() - started:.1f} s of a processor"
    )


def _source(number: int, words: list[str]) -> Source:
    rng = random.Random(number)  # noqa: S311  # it makes up a text
    parts = [f"{_sentence(words, rng)}. " for _ in range(TEXT_CHARACTERS // SENTENCE_WORDS)]
    return Source(f"{number:08d}", "Long", "made up", "".join(parts)[:TEXT_CHARACTERS])


def _sentence(words: list[str], rng: random.Random) -> str:
    start = rng.randrange(len(words) - SENTENCE_WORDS)
    return " ".join(words[start : start + SENTENCE_WORDS]).rstrip(".")
