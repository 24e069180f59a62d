"""Reports of the extractive agents on the documents of this repository, without a stack."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from galley.citations.statements import statements_of
from galley.contracts import Source
from galley.documents import SUFFIXES, UnreadableDocumentError, read_document
from galley.reports.rendering import Manuscript

from galley_local.extractive.summary import summarize
from galley_local.extractive.topic import Topic
from galley_local.extractive.writer import write

ROOT = Path(__file__).parents[2]
TOPICS = {
    "examples/corpus": (
        "How lighthouses made their lights seen farther",
        "Fog signals and bells",
        "Lens makers and orders of lenses",
        "Keepers and automation",
        "Lightships and buoys",
        "Oil, gas and acetylene burners",
        "Towers and famous lights",
    ),
    "docs": (
        "How a workflow is tried again after a fault",
        "How reviewers approve a draft",
        "What the laptop stack runs",
    ),
}
MOST_CLAIMS = 12


@dataclass(frozen=True)
class Sentence:
    """A sentence of a report, and the sources that it cites, by name."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """Documents, by name, and the sentences that reports have made of them."""

    sources: dict[str, Source]
    sentences: list[Sentence]


def worlds() -> Iterator[World]:
    """Yield the documents of each folder with their reports."""
    for folder, topics in TOPICS.items():
        sources = _sources(ROOT / folder)
        found: dict[str, Sentence] = {}
        for topic in topics:
            for sentence in _report(topic, sources):
                found.setdefault(sentence.text, sentence)
        yield World(sources, list(found.values()))


def _sources(folder: Path) -> dict[str, Source]:
    sources = {}
    for path in sorted(folder.iterdir()):
        # what the measurement itself has found is no source of it
        if path.suffix not in SUFFIXES or not path.is_file() or path.name == "quality.md":
            continue
        try:
            document = read_document(path.name, path.read_bytes())
        except UnreadableDocumentError:
            continue
        sources[path.name] = Source(path.stem, document.title, path.name, document.text)
    return sources


def _report(topic: str, sources: dict[str, Source]) -> list[Sentence]:
    words = Topic(topic)
    offered, names = [], {}
    for number, (name, source) in enumerate(sources.items(), start=1):
        found = {"title": source.title, "text": source.text, "characters": len(source.text)}
        claims = json.loads(summarize(words, found, MOST_CLAIMS, _no_tool))["claims"]
        names[number] = name
        if claims:
            offered.append({"number": number, "source_id": name, "title": "", "claims": claims})
    draft = write(words, offered, [], _no_tool)
    return [
        Sentence(each.text, tuple(names[number] for number in each.numbers))
        for each in statements_of(Manuscript.from_markdown(draft))
        if each.numbers and not each.is_beside
    ]


@cache
def _nothing() -> str:
    return "{}"


def _no_tool(_name: str, _parameters: dict[str, str]) -> str:
    return _nothing()
