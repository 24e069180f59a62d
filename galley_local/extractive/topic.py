"""A topic: the ideas its words stand for, and how much of them a text speaks of."""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from galley_local.extractive.kin import kin, kin_words
from galley_local.extractive.words import WEAK_STEMS, content_stems, stem, weight, words

_HOW = ("how ", "why ")
_KIN_COUNTS = 0.75  # of what the topic's own word counts
_WEAK_WITH_KIN = 0.75  # `seen farther` says something after all: visible, distance, range


_ADDRESS = re.compile(r"\bhttps?://\S+")


class Topic:
    """A topic as weighted stems; `strong` are those that say something on their own."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        # An address says where somebody read about it, not what it is.
        said = _ADDRESS.sub(" ", self.text)
        stems = content_stems(said) or [stem(word) for word in words(said)]
        self.weights = {one: weight(one) for one in stems}
        self.strong = frozenset(one for one in stems if one not in WEAK_STEMS) or frozenset(stems)
        self.asks_how = self.text.lower().startswith(_HOW)
        self._kin = {one: kin(one) for one in self.weights}
        self.ideas = {
            one: max(value, _WEAK_WITH_KIN if self._kin[one] else 0.0)
            for one, value in self.weights.items()
        }

    def coverage(self, stems: Iterable[str], values: Mapping[str, float] | None = None) -> float:
        """
        Return which share of the topic's ideas is found among `stems`, from 0 to 1.

        `values` says what each idea counts, by the topic's stem for it.
        """
        values = values or self.ideas
        spoken = stems if isinstance(stems, AbstractSet) else set(stems)
        total = sum(values.values())
        found = sum(value * self.speaks_of(one, spoken) for one, value in values.items())
        return found / total if total else 0.0

    def speaks_of(self, idea: str, stems: AbstractSet[str]) -> float:
        """Return how plainly an idea is found among `stems`: 1 by its own word, less by kin."""
        if idea in stems:
            return 1.0
        return 0.0 if self._kin[idea].isdisjoint(stems) else _KIN_COUNTS

    def related(self) -> list[str]:
        """Return words that say what the topic says, but are not its own."""
        found = (word for one in self.weights for word in kin_words(one))
        return [word for word in dict.fromkeys(found) if stem(word) not in self.weights]
