"""What the reviewer's changes do to a draft."""

import math
from typing import Any

from galley_local.extractive.facts import Fact, concerns, merge, without
from galley_local.extractive.outline import Section, in_reading_order
from galley_local.extractive.sentences import sentences
from galley_local.extractive.tools import UseTool, found_by
from galley_local.extractive.words import content_stems, weight

_SHORTER = 0.6
_SECTION_FACTS = 8
_PASSAGES = 3
_ON_IT = 0.4  # of what was asked for, rare words counting more


class Brief:
    """The changes a reviewer asked for, oldest first."""

    def __init__(self, changes: list[dict[str, Any]]) -> None:
        self._changes = changes
        self.dropped = {one["source"] for one in changes if one["kind"] == "drop_source"}
        self._removed = self._all("remove")
        self._first = self._all("start_with")
        cuts = sum(one["kind"] == "shorten" and not one.get("what") for one in changes)
        self._shorter = _SHORTER**cuts

    def _all(self, *kinds: str) -> list[str]:
        return [
            str(one.get("what") or "").strip()
            for one in self._changes
            if one["kind"] in kinds and str(one.get("what") or "").strip()
        ]

    def length(self, sources: int) -> int:
        """Return the words that a report on that many sources should have."""
        return int(min(1300, 300 + 50 * sources) * self._shorter)

    def favour(self, facts: list[Fact]) -> None:
        """Raise the scores of what a wish of no known kind speaks of."""
        for what in self._all("other"):
            for fact in facts:
                if concerns(fact, what, facts):
                    fact.score += 0.3

    def without_removed(self, facts: list[Fact]) -> list[Fact]:
        """Return the facts that no change took out."""
        return [
            fact for fact in facts if not any(concerns(fact, what, facts) for what in self._removed)
        ]

    def opening(self, fact: Fact) -> float:
        """Return how much a fact should open the report because a change says so."""
        latest = set(content_stems(self._first[-1])) if self._first else set()
        return 5.0 * len(latest & fact.stems) / len(latest) if latest else 0.0

    def wanted_sections(
        self, sources: list[dict[str, Any]], facts: list[Fact], use_tool: UseTool
    ) -> list[Section]:
        """Return the sections that changes ask for, with sentences looked up in the sources."""
        made: list[Section] = []
        for what in dict.fromkeys(self._all("expand", "start_with")):
            found = self._facts_on(what, sources, facts, use_tool)
            most = max(3, round(_SECTION_FACTS * self._shorter))
            fresh = without(found, [fact for section in made for fact in section.facts])[:most]
            if fresh:
                made.append(Section(what[:1].upper() + what[1:], in_reading_order(fresh, what)))
        return made

    def arranged(self, sections: list[Section], wanted: list[Section]) -> list[Section]:
        """Return all sections in the order the changes ask for, shortened where they say."""
        opening = [set(content_stems(what)) for what in self._first]
        first = [one for one in wanted if set(content_stems(one.heading)) in opening]
        rest = [one for one in wanted if one not in first]
        own = {frozenset(content_stems(one.heading)) for one in wanted}
        others = [one for one in sections if frozenset(content_stems(one.heading)) not in own]
        for one in sections:
            if one not in others:
                home = next(
                    w
                    for w in wanted
                    if set(content_stems(w.heading)) == set(content_stems(one.heading))
                )
                home.facts = in_reading_order([*home.facts, *one.facts], home.heading)
        arranged = [*reversed(first), *rest, *others]
        for what in (
            str(one.get("what") or "") for one in self._changes if one["kind"] == "shorten"
        ):
            stems = set(content_stems(what))
            for section in arranged:
                if stems and stems & set(content_stems(section.heading)):
                    keep = max(2, round(len(section.facts) * _SHORTER))
                    best = sorted(section.facts, key=lambda fact: -fact.score)[:keep]
                    section.facts = [fact for fact in section.facts if fact in best]
        return arranged

    def _facts_on(
        self, what: str, sources: list[dict[str, Any]], facts: list[Fact], use_tool: UseTool
    ) -> list[Fact]:
        wanted = set(content_stems(what))
        # `Argand lamp`: a sentence with the rare word is on it, one with the common word is not.
        held = {one: sum(one in fact.stems for fact in facts) for one in wanted}
        value = {one: weight(one) * math.log(1 + len(facts) / (1 + held[one])) for one in wanted}
        whole = sum(value.values()) or 1.0

        def share(stems: frozenset[str]) -> float:
            return sum(value[one] for one in wanted & stems) / whole

        found = [(share(fact.stems), fact) for fact in facts if share(fact.stems) >= _ON_IT]
        place = 1000  # behind the claims
        for source in sources:
            passages = found_by(
                use_tool, "find_passages", source_id=source["source_id"], words=what
            )
            for passage in passages[:_PASSAGES]:
                place += 1
                read = sentences(str(passage))
                for index, sentence in enumerate(read):
                    near = [share(one.stems) for one in read[max(0, index - 1) : index + 2]]
                    # A neighbour of a sentence on it is on it too, only less.
                    own = max(share(sentence.stems), 0.5 * max(near))
                    place += 1
                    fact = Fact(sentence.text, source["number"], place, source["title"])
                    fact.score = sentence.fitness
                    if max(near) >= _ON_IT and sentence.fitness >= 0.3:
                        found.append((own + 0.1 * sentence.fitness, fact))
        found.sort(key=lambda one: (-one[0], one[1].source, one[1].place))
        return self.without_removed(merge(fact for _, fact in found))
