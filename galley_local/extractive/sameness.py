"""When two texts say the same: repeated sentences, syndicated copies, and what disagrees."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from galley_local.extractive.english import STOP_WORDS
from galley_local.extractive.words import WEAK_STEMS, content_stems, numbers, words

# Shares of common stems, found by reading pairs around each bound.
_REPEATS = 0.6
_CONTAINED = 0.8
_RELATED = 0.6
_IDENTICAL = 0.95
_FEWEST_SHARED = 4  # stems: shorter sentences are alike by chance
_FEWEST_SUBJECTS = 3


def overlap(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Return which share of both sets' members they have in common, from 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0


def containment(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Return which share of the smaller set the larger one holds, from 0 to 1."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


class Statement:
    """A sentence seen as what it states: its stems and its numbers."""

    def __init__(self, text: str) -> None:
        self.stems = frozenset(content_stems(text))
        self.numbers = numbers(text)

    def repeats(self, other: "Statement") -> bool:
        """Tell whether a reader who knows `other` learns nothing here, or the reverse."""
        if not self._numbers_agree(other):
            return overlap(self.stems, other.stems) >= _IDENTICAL and self.numbers == other.numbers
        shared = len(self.stems & other.stems)
        return shared >= _FEWEST_SHARED and (
            overlap(self.stems, other.stems) >= _REPEATS
            or containment(self.stems, other.stems) >= _CONTAINED
        )

    def supports(self, other: "Statement") -> bool:
        """Tell whether this statement holds nearly all that `other` says."""
        return (
            other.numbers <= self.numbers
            and bool(other.stems)
            and len(self.stems & other.stems) / len(other.stems) >= _CONTAINED
        )

    def disagrees(self, other: "Statement") -> bool:
        """Tell whether both speak of one thing and give different numbers for it."""
        mine, his = self.subjects(), other.subjects()
        return (
            bool(self.numbers and other.numbers)
            and not self._numbers_agree(other)
            and containment(mine, his) >= _RELATED
            and len(mine & his) >= _FEWEST_SUBJECTS
        )

    def subjects(self) -> frozenset[str]:
        """Return the stems of what the sentence speaks of, numbers and weak words left out."""
        return self.stems - self.numbers - WEAK_STEMS

    def _numbers_agree(self, other: "Statement") -> bool:
        return self.numbers <= other.numbers or other.numbers <= self.numbers


def shared_wording(some: Iterable[str], others: Iterable[str]) -> float:
    """
    Return which share of the shorter side's wording the other side has too, from 0 to 1.

    Counted in runs of four words, so that texts on one subject share nearly none, and copies
    share much even if edited or cut at other places.
    """
    return containment(_shingles(some), _shingles(others))


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles name the same document, whatever its site adds to the name."""
    return bool(one.strip()) and _bare(one) == _bare(other)


def _shingles(texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in texts:
        spoken = [word.lower() for word in words(text)]
        found |= {" ".join(spoken[start : start + 4]) for start in range(len(spoken) - 3)}
    return found


def _bare(title: str) -> list[str]:
    return [word.lower() for word in words(title) if word.lower() not in STOP_WORDS]
