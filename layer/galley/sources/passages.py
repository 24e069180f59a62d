"""Passages of a text that hold given words: what tools look up, and what a reviewer is shown."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

SHORTEST_STEM = 3

_WORD = re.compile(r"\w{3,}")
_BREAK = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def find_passages(text: str, words: str, limit: int = 5, characters: int = 1500) -> list[str]:
    """
    Return the paragraphs that hold most of the words, best first, verbatim.

    Words are compared by their stem-like beginnings (`lens` finds `lenses`), so that a comment's
    wording need not be the source's.
    """
    stems = stems_of(words)
    scored = []
    for position, paragraph in enumerate(_BREAK.split(text)):
        found = stems_of(paragraph) & stems
        if found and not paragraph.lstrip().startswith("#"):
            scored.append((-len(found), position, paragraph.strip()[:characters]))
    return [paragraph for _, _, paragraph in sorted(scored)[:limit]]


def stems_of(text: str) -> set[str]:
    """Return the stem-like beginnings of a text's words."""
    return {_stem(word) for word in _WORD.findall(text.lower())}


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text's paragraphs, each on one line; headings are none."""
    paragraphs = (" ".join(each.split()) for each in _BREAK.split(text))
    found = (_SENTENCE_END.split(each) for each in paragraphs if not each.startswith("#"))
    return [sentence for each in found for sentence in each if sentence]


class Passage(NamedTuple):
    """Words of a text between those that stand before and after them."""

    before: str
    quote: str
    after: str


def in_context(text: str, quote: str, characters: int = 90) -> Passage | None:
    """
    Return a quote with some words of its paragraph around it, or None where it does not stand.

    White space counts as one space, as it did when the quote was checked.
    """
    words = " ".join(quote.split())
    flat, ends = _flat(text)
    start = flat.find(words) if words else -1
    if start < 0:
        return None
    end = start + len(words)
    first, last = bisect_right(ends, start), bisect_left(ends, end)
    before = flat[ends[first - 1] if first else 0 : start].strip()
    after = flat[end : ends[last]].strip()
    if len(before) > characters:
        before = "… " + before[-characters:].partition(" ")[2]
    if len(after) > characters:
        after = after[:characters].rpartition(" ")[0] + " …"
    return Passage(before, words, after)


def page_of(text: str, pages: Sequence[int], quote: str) -> int:
    """Return the page on which a quote begins, counted from 1; 0 where there are no pages."""
    words = " ".join(quote.split())
    start = _flat(text)[0].find(words) if words and pages else -1
    return bisect_right(_flat_starts(text, tuple(pages)), start) if start >= 0 else 0


@lru_cache(maxsize=2)
def _flat_starts(text: str, pages: tuple[int, ...]) -> list[int]:
    """Return where on one line each page of a text begins."""
    parts = (text[start:end].split() for start, end in pairwise((0, *pages)))
    return list(accumulate(len(" ".join(words)) + bool(words) for words in parts))


# The quotes of one source are looked up one after the other.
@lru_cache(maxsize=2)
def _flat(text: str) -> tuple[str, list[int]]:
    """Return a text on one line, and where on it each of its paragraphs ends."""
    paragraphs = (" ".join(each.split()) for each in _BREAK.split(text))
    lines = [each for each in paragraphs if each]
    return " ".join(lines), list(accumulate(len(each) + 1 for each in lines))


@lru_cache(maxsize=10_000)
def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
