"""What the reviewer's changes ask of a draft."""

import re
from collections.abc import Iterable
from typing import Any

from galley_local.extractive.facts import Fact, concerns
from galley_local.extractive.outline import Section, in_reading_order
from galley_local.extractive.words import content_stems

_SHORTER = 0.6
_WORDS_PER_SOURCE, _WORDS_BESIDES, _MOST_WORDS = 50, 300, 1300
_LEAST = 2  # sentences that a shortened section keeps
_FAVOUR = 0.3
_OPENING = 5.0  # more than any score
# A complaint does not ask for more of what it names.
_COMPLAINT = re.compile(
    r"\b(?:not|no|never|wrong|bad|too|doubt\w*|unreliable|boring|dull)\b|n't\b", re.IGNORECASE
)


class Brief:
    """The changes a reviewer asked for, oldest first."""

    def __init__(self, changes: list[dict[str, Any]]) -> None:
        self._changes = changes
        self.dropped = {one["source"] for one in changes if one["kind"] == "drop_source"}
        self.expanded = self._all("expand")
        self.first = self._all("start_with")
        self._removed = self._all("remove")
        self._shortened = self._all("shorten")
        cuts = sum(one["kind"] == "shorten" and not one.get("what") for one in changes)
        self.scale = _SHORTER**cuts

    def length(self, facts: list[Fact]) -> int:
        """Return how many words a report on these facts should have."""
        sources = len({fact.source for fact in facts})
        words = min(_MOST_WORDS, _WORDS_BESIDES + _WORDS_PER_SOURCE * sources)
        return int(min(words, sum(fact.length for fact in facts)) * self.scale)

    def favour(self, facts: list[Fact]) -> None:
        """Raise the scores of what a wish of no known kind speaks of."""
        for what in self._all("other"):
            for fact in facts:
                if not _COMPLAINT.search(what) and concerns(fact, what, facts):
                    fact.score += _FAVOUR

    def without_removed(self, facts: list[Fact]) -> list[Fact]:
        """Return the facts that no change took out."""
        return [
            fact for fact in facts if not any(concerns(fact, what, facts) for what in self._removed)
        ]

    @property
    def takes_out(self) -> bool:
        """Whether a change takes anything out."""
        return bool(self._removed)

    def removes(self, section: Section) -> bool:
        """Tell whether a change takes out a section by its heading."""
        return any(names(what, section) for what in self._removed)

    def opening(self, fact: Fact) -> float:
        """Return how much a fact should open the report because a change says so."""
        latest = set(content_stems(self.first[-1])) if self.first else set()
        return _OPENING * len(latest & fact.stems) / len(latest) if latest else 0.0

    def shortens(self, heading: str) -> bool:
        """Tell whether a change asks for less under this heading."""
        return any(names(what, Section(heading)) for what in self._shortened)

    def shorten(self, sections: Iterable[Section]) -> None:
        """Take the least important sentences out of the sections that changes name."""
        for section in sections:
            for what in self._shortened:
                if names(what, section):
                    keep = max(_LEAST, round(len(section.facts) * _SHORTER))
                    best = sorted(section.facts, key=lambda fact: -fact.score)[:keep]
                    section.facts = [fact for fact in section.facts if fact in best]

    def _all(self, kind: str) -> list[str]:
        asked = (str(one.get("what") or "").strip() for one in self._changes if one["kind"] == kind)
        return list(dict.fromkeys(what for what in asked if what))


def names(what: str, section: Section) -> bool:
    """Tell whether a reviewer's words name a section."""
    stems = set(content_stems(what))
    return bool(stems) and stems <= set(content_stems(section.heading))


def with_section(sections: list[Section], wanted: Section) -> list[Section]:
    """Return the sections with a wanted one in front, joined with the one that it names."""
    home = next((one for one in sections if names(wanted.heading, one)), None)
    if home is None:
        return [wanted, *sections]
    wanted.facts = in_reading_order([*wanted.facts, *home.facts], wanted.heading)
    wanted.heading = home.heading
    return [wanted, *(one for one in sections if one is not home)]
