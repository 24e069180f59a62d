"""Words and stems: what a text speaks of, with the words of grammar left out."""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

from galley_local.extractive.english import STOP_WORDS, WEAK_WORDS

WORD = re.compile(r"\w+(?:['’]\w+)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A stem that ends so is a noun's, of a verb that is long enough to be known by its stem.
_DOING = re.compile(r"\w{4}eri$")

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
    # Twice, because the stem of a plural may still have the ending of its singular: `lenses`.
    found = str(_LOCAL.stemmer.stemWord(_LOCAL.stemmer.stemWord(folded)))
    # What is done and the doing of it are one: `recover` and `recovery`.
    return str(_LOCAL.stemmer.stemWord(found[:-1])) if _DOING.search(found) else found


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
