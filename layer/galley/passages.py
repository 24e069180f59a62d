"""Passages of a text that hold given words: what the writer's and the reviser's tools look up."""

import re

SHORTEST_STEM = 3

_WORD = re.compile(r"\w{3,}")
_BREAK = re.compile(r"\n\s*\n")


def find_passages(text: str, words: str, limit: int = 5, characters: int = 1500) -> list[str]:
    """
    Return the paragraphs that hold most of the words, best first, verbatim.

    Words are compared by their stem-like beginnings (`lens` finds `lenses`), so that a comment's
    wording need not be the source's.
    """
    stems = {_stem(word) for word in _WORD.findall(words.lower())}
    scored = []
    for position, paragraph in enumerate(_BREAK.split(text)):
        found = {_stem(word) for word in _WORD.findall(paragraph.lower())} & stems
        if found and not paragraph.lstrip().startswith("#"):
            scored.append((-len(found), position, paragraph.strip()[:characters]))
    return [paragraph for _, _, paragraph in sorted(scored)[:limit]]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
