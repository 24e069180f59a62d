"""What the reviewer's changes do to a draft."""

from typing import Any

from galley_local.extractive.facts import Fact, concerns
from galley_local.extractive.outline import Section, in_reading_order
from galley_local.extractive.sentences import sentences
from galley_local.extractive.tools import UseTool, found_by
from galley_local.extractive.words import content_stems, weight


_SHORTER = 0.6
_SECTION_FACTS = 7


class Brief:
    """The changes a reviewer asked for, oldest first."""

    def __init__(self, changes: list[dict[str, Any]]) -> None:
        self._changes = changes
        self.dropped = {one["source"] for one in changes if one["kind"] == "drop_source"}
        self._removed = self._all("remove")
        self._first = self._all("start_with")

    def _all(self, *kinds: str) -> list[str]:
        return [
            str(one.get("what") or "").strip()
            for one in self._changes
            if one["kind"] in kinds and str(one.get("what") or "").strip()
        ]

    def length(self, sources: int) -> int:
        """Return the words that a report on that many sources should have."""
        words = min(1300, 300 + 50 * sources)
        shorter = sum(one["kind"] == "shorten" and not one.get("what") for one in self._changes)
        return int(words * _SHORTER**shorter)

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
        for what in dict.fromkeys(self._all("expand", "other", "start_with")):
            found = self._facts_on(what, sources, facts, use_tool)
            taken = {id(fact) for section in made for fact in section.facts}
            fresh = [fact for fact in found if id(fact) not in taken][:_SECTION_FACTS]
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
                home = next(w for w in wanted if set(content_stems(w.heading)) == set(content_stems(one.heading)))
                home.facts = in_reading_order([*home.facts, *one.facts], home.heading)
        arranged = [*reversed(first), *rest, *others]
        for what in (str(one.get("what") or "") for one in self._changes if one["kind"] == "shorten"):
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
        known = [fact for fact in facts if concerns(fact, what, facts)]
        wanted = set(content_stems(what))
        found = list(known)
        for source in sources:
            passages = found_by(
                use_tool, "find_passages", source_id=source["source_id"], words=what
            )
            for passage in passages[:4]:
                for sentence in sentences(passage):
                    if not wanted & sentence.stems:
                        continue
                    fact = Fact(sentence.text, source["number"], 1000 + len(found), source["title"])
                    fact.score = sentence.fitness
                    if any(fact.statement.repeats(one.statement) for one in [*found, *facts]):
                        continue
                    found.append(fact)
        full = sum(weight(one) for one in wanted) or 1.0
        found = self.without_removed(found)
        found.sort(
            key=lambda fact: (
                -sum(weight(one) for one in wanted & fact.stems) / full - 0.2 * fact.score,
                fact.source,
                fact.place,
            )
        )
        return found
