"""
The words of a text as they are compared: without case, accents, hyphens, ligatures and markup.

A text is read once and then asked many things, so what is looked for lies in sets and in one
string without spaces: where a word was broken at the end of a line does not matter.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache

from galley.citations.numerals import SPELLED

# Scripts that write no spaces: each character is a word.
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
# What a reader of the text does not see: targets of links, note marks, tags, entities, roles.
_MARKUP = re.compile(
    r"\]\([^()\n]{0,400}\)|\]\[[^\[\]\n]{0,100}\]|\[\^?\d{1,3}\]|</?[a-zA-Z][^<>\n]{0,300}>"
    r"|&#?\w{2,8};|:[a-z][a-z:+-]{0,20}:(?=`)"
)
# A quote may differ from its source in one word of so many, and in that by one letter.
WORDS_FOR_A_SLIP = 10
_LONG_WORD = 5
_MOST_PLACES = 20
_PARTS = 3


class Words:
    """A text's words in their order, each with where it begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[str] = []
        self.capitals: set[str] = set()  # the words that stand somewhere with a capital
        self.starts = array("L")
        for found in _WORD.finditer(unmarked(text)):
            word = fold(found[0])
            if found[0][0].isupper():
                self.capitals.add(word)
            self.words.append(word)
            self.starts.append(found.start())

    def find(self, quote: str) -> str | None:
        """
        Return the words of the text that a quote repeats, as they stand, or None.

        One word in `WORDS_FOR_A_SLIP` may differ by one letter: a slip of the pen or the scanner.
        """
        asked = Words(quote)
        if not asked.words:
            return None
        place = next(self._places(asked.joined), None)
        if place is None:
            place = self._near(asked)
        if place is None:
            return None
        first, last = place
        end = self.starts[last] + len(_WORD.match(self.text, self.starts[last])[0])  # type: ignore[index]
        return self.text[self.starts[first] : end]

    @cached_property
    def joined(self) -> str:
        """All words, without a space between them."""
        return "".join(self.words)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different words."""
        return frozenset(self.words)

    @cached_property
    def _ends(self) -> "array[int]":
        # of each word in the joined string; the first entry is its beginning
        ends = array("L", [0])
        total = 0
        for word in self.words:
            total += len(word)
            ends.append(total)
        return ends

    def word_at(self, position: int) -> int:
        """Return which word stands at a place of the text, or before it."""
        return max(0, bisect_right(self.starts, position) - 1)

    def _places(self, joined: str) -> Iterator[tuple[int, int]]:
        """Yield the first and the last word of each place that says the same."""
        start = self.joined.find(joined)
        for _ in range(_MOST_PLACES * _MOST_PLACES):
            if start < 0:
                return
            first = bisect_left(self._ends, start)
            last = bisect_left(self._ends, start + len(joined))
            if self._ends[first] == start and self._ends[last] == start + len(joined):
                yield first, last - 1
            start = self.joined.find(joined, start + 1)

    def _near(self, asked: "Words") -> tuple[int, int] | None:
        """Return where a quote stands but for slips: a part of it stands there exactly."""
        length = len(asked.words)
        if length < WORDS_FOR_A_SLIP:
            return None
        size = -(-length // _PARTS)
        for begin in range(0, length, size):
            part = "".join(asked.words[begin : begin + size])
            for _, (first, _last) in zip(range(_MOST_PLACES), self._places(part), strict=False):
                start = first - begin
                there = self.words[start : start + length] if start >= 0 else []
                if len(there) == length and _has_few_slips(asked.words, there):
                    return start, start + length - 1
        return None


def unmarked(text: str) -> str:
    """Return a text with blanks where its markup was, so that every word stays where it is."""
    return _MARKUP.sub(lambda found: " " * len(found[0]), text)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word without case, accents and ligatures."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _has_few_slips(some: list[str], others: list[str]) -> bool:
    unlike = [pair for pair in zip(some, others, strict=True) if pair[0] != pair[1]]
    return len(unlike) <= len(some) // WORDS_FOR_A_SLIP and all(_is_slip(*pair) for pair in unlike)


def _is_slip(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if SPELLED.fullmatch(one) or SPELLED.fullmatch(other):
        return False
    if len(short) < _LONG_WORD or len(long) - len(short) > 1 or not (one + other).isalpha():
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]
