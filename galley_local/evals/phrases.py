"""Phrases that a text must have or must not have: whole words, in any case, however spaced."""

import re
from collections.abc import Iterable, Sequence

Point = list[str]  # phrases that stand together in one sentence; `a|b` is either of them

_DASHES = str.maketrans("‐‑–—", "----")
_QUOTES = str.maketrans("’‘“”", "''\"\"")


def has(text: str, phrase: str) -> bool:
    """Tell whether a text has a phrase, or any of `one|other`, as whole words."""
    plain = _plain(text)
    return any(
        re.search(rf"(?<!\w){re.escape(_plain(each))}(?!\w)", plain)
        for each in phrase.split("|")
        if each.strip()
    )


def missing_points(points: Sequence[Point], texts: Iterable[str]) -> list[str]:
    """Return a problem for each point whose phrases stand together in none of the texts."""
    pieces = list(texts)
    return [
        f"does not say: {', '.join(point)}"
        for point in points
        if not any(all(has(piece, phrase) for phrase in point) for piece in pieces)
    ]


def forbidden(phrases: Iterable[str], text: str) -> list[str]:
    """Return a problem for each phrase that a text must not have."""
    return [f"says: {phrase}" for phrase in phrases if has(text, phrase)]


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return len(re.findall(r"\w+(?:['’.,-]\w+)*", text))


def _plain(text: str) -> str:
    return " ".join(text.translate(_DASHES).translate(_QUOTES).split()).casefold()
