"""Words and stems: what a text speaks of, with the words of grammar left out."""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from galley_local.extractive.english import STOP_WORDS, WEAK_WORDS

WORD = re.compile(r"\w+(?:['’]\w+)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


_LOCAL = threading.local()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of one word: lower case, accents folded, English endings cut."""
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", word.lower())
        if not unicodedata.combining(letter)
    )
    folded = folded.removesuffix("'s").removesuffix("’s").replace("’", "'")
    # A stemmer keeps state between calls, so each thread has its own.
    if not hasattr(_LOCAL, "stemmer"):
        _LOCAL.stemmer = Stemmer.Stemmer("english", 0)
    return str(_LOCAL.stemmer.stemWord(folded))


WEAK_STEMS = frozenset(stem(word) for word in WEAK_WORDS)


def words(text: str) -> list[str]:
    """Return the words of a text in order, as written."""
    return WORD.findall(text)


def is_stop_word(word: str) -> bool:
    """Tell whether a word only holds a sentence together."""
    return word.lower().replace("’", "'") in STOP_WORDS or (len(word) == 1 and not word.isdigit())


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [stem(word) for word in WORD.findall(text) if not is_stop_word(word)]


def weight(stem_: str) -> float:
    """Return how much a stem says on its own: little for words that are found everywhere."""
    return 0.25 if stem_ in WEAK_STEMS else 1.0


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in a text, with thousands separators removed."""
    return frozenset(number.replace(",", "") for number in NUMBER.findall(text))


class Topic:
    """A topic as weighted stems; `strong` are those that say something on their own."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        stems = content_stems(self.text) or [stem(word) for word in words(self.text)]
        self.weights = {one: weight(one) for one in stems}
        self.strong = frozenset(one for one in stems if one not in WEAK_STEMS) or frozenset(stems)

    def coverage(self, stems: Iterable[str]) -> float:
        """Return which share of the topic's weight is found among `stems`, from 0 to 1."""
        total = sum(self.weights.values())
        found = self.weights.keys() & set(stems)
        return sum(self.weights[one] for one in found) / total if total else 0.0
