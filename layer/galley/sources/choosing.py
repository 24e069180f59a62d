"""
Which of the documents that were found become sources, and in which order: the adapter's part.

The agent judges what is relevant. What comes after needs no judgement and is the same each time:
of copies one is kept and the others are named, no site has too many, and what adds to the others
goes before what repeats them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Self

from galley.contracts import Source
from galley.sources.copies import Sketch, is_copy, sketch_of
from galley.sources.kinds import WEIGHTS, kind_of, site_of

MOST_OF_ONE_SITE = 3
SPARE = 0.2  # of the sources asked for: so many more are chosen, in place of copies
REPEATING = 0.5  # what it costs to speak of the same as another; relevance goes from 1 to 0
FREQUENT_WORDS = 80
MOST_COPIES = 10  # that are named

_WORD = re.compile(r"[\u2e80-\u9fff]{2}|[^\W\d_]{5,}")
_DIFFERS = "It stands higher than by its relevance alone, because it adds to those before it."


@dataclass(frozen=True)
class Candidate:
    """A document that was found, by what is compared of it; its text is left where it lies."""

    source: Source  # without its text
    sketch: Sketch
    words: frozenset[str]
    reason: str = ""
    copies: list[Source] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source) -> Self:
        """Return a found document as a candidate."""
        counts = Counter(_WORD.findall(source.text[:100_000].lower()))
        frequent = sorted(counts, key=lambda word: (-counts[word], word))[:FREQUENT_WORDS]
        return cls(replace(source, text=""), sketch_of(source.text), frozenset(frequent))

    @property
    def source_id(self) -> str:
        """The document's id."""
        return self.source.source_id

    def as_source(self, text: str, call: dict[str, Any]) -> Source:
        """Return the source that is kept, with its text and the agent's call that chose it."""
        return replace(
            self.source,
            text=text,
            reason=self.reason,
            kind=kind_of(self.source.uri),
            also_at=[f"{each.title} ({each.uri})" for each in self.copies],
            agent=call,
        )


def asked_for(most: int) -> int:
    """Return how many sources the agent is asked for, so that copies can be replaced."""
    return most + ceil(SPARE * most)


def choose(chosen: Sequence[Candidate], found: Iterable[Candidate], most: int) -> list[Candidate]:
    """
    Return at most so many of the agent's choices, best first, each with what copies it.

    `chosen` is in the agent's order; `found` is all that was found, where more copies may be.
    """
    relevance = {each.source_id: 1 - place / len(chosen) for place, each in enumerate(chosen)}
    sites: Counter[str] = Counter()
    kept: list[Candidate] = []
    ahead = list(chosen)
    while ahead and len(kept) < most:
        best = max(ahead, key=lambda each: _worth(each, relevance[each.source_id], kept))
        reason = best.reason if best is ahead[0] else f"{best.reason} {_DIFFERS}"
        ahead.remove(best)
        site = site_of(best.source.uri)
        if site and sites[site] == MOST_OF_ONE_SITE:
            continue  # a copy of it on another site may still be taken
        sites[site] += 1
        ahead = [each for each in ahead if not _is_same(each, best)]
        kept.append(replace(best, reason=reason.strip()))
    everything = {each.source_id: each for each in (*chosen, *found)}
    return [replace(each, copies=_copies_of(each, everything.values())) for each in kept]


def _is_same(one: Candidate, other: Candidate) -> bool:
    # an abstract has the address of its paper: readers could not tell which of them is cited
    return one.source.uri == other.source.uri or is_copy(one.sketch, other.sketch)


def _worth(candidate: Candidate, relevance: float, kept: Sequence[Candidate]) -> float:
    repeated = max((_overlap(candidate.words, each.words) for each in kept), default=0.0)
    return relevance + WEIGHTS[kind_of(candidate.source.uri)] - REPEATING * repeated


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _copies_of(one: Candidate, others: Iterable[Candidate]) -> list[Source]:
    copies = [
        each.source
        for each in others
        if each.source_id != one.source_id and is_copy(each.sketch, one.sketch)
    ]
    return sorted(copies, key=lambda source: source.uri)[:MOST_COPIES]
