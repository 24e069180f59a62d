"""Reports of the extractive agents on the documents of this repository, without a stack."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from galley.citations.statements import statements_of
from galley.contracts import Source, Summary
from galley.documents import SUFFIXES, UnreadableDocumentError, read_document
from galley.replies import claims_from_reply
from galley.reports.rendering import Manuscript

from galley_local.extractive.summary import summarize
from galley_local.extractive.topic import Topic
from galley_local.extractive.writer import write

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
TOPICS = (
    "How lighthouses made their lights seen farther",
    "Fog signals and bells",
    "Lens makers and orders of lenses",
    "Keepers and automation",
    "Lightships and buoys",
    "Oil, gas and acetylene burners",
    "Towers and famous lights",
    "Electricity in lighthouses",
    "Who built and paid for lighthouses",
    "How a light tells ships which one it is",
)
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


def read_world() -> World:
    """Return the example documents with their reports."""
    sources = dict(_sources())
    found: dict[str, Sentence] = {}
    for topic in TOPICS:
        for sentence in _report(topic, sources):
            found.setdefault(sentence.text, sentence)
    return World(sources, list(found.values()))


def _sources() -> Iterator[tuple[str, Source]]:
    for path in sorted(CORPUS.iterdir()):
        if path.suffix not in SUFFIXES:
            continue
        try:
            document = read_document(path.name, path.read_bytes())
        except UnreadableDocumentError:
            continue
        yield path.name, Source(path.stem, document.title, path.name, document.text)


def _report(topic: str, sources: dict[str, Source]) -> list[Sentence]:
    words = Topic(topic)
    offered, names = [], {}
    for number, (name, source) in enumerate(sources.items(), start=1):
        found = {"title": source.title, "text": source.text, "characters": len(source.text)}
        reply = summarize(words, found, MOST_CLAIMS, _no_tool)
        summary = Summary(name, "", source.uri, claims_from_reply(reply, source.text))
        names[number] = name
        if summary.claims:
            offered.append(summary.offered(number))
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
