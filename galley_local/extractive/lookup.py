"""Looking up: what the claims and the sources themselves say about a reviewer's words."""

import math
from typing import Any

from galley_local.extractive.facts import Fact, merge, without
from galley_local.extractive.outline import Section, in_reading_order
from galley_local.extractive.sentences import sentences
from galley_local.extractive.tools import UseTool, found_by, read_by
from galley_local.extractive.words import content_stems, weight

_FACTS = 8
_FEWEST = 3
_HEADING_WORDS = 8
_PASSAGES = 3  # of one source
_BEHIND_CLAIMS = 1000  # the first place of a sentence that is no claim
_FIT = 0.3  # for a report, of 1
_ON_IT = 0.4  # of what was asked for, rare words counting more
_AS_MUCH = 0.6  # of the best sentence's share
_BEFORE_LAST = 2.0
_NEIGHBOUR = 0.6
_TITLED = 0.3  # for a source that is about it as a whole


class Lookup:
    """Finds facts about a reviewer's words in the claims and, through the tool, in the sources."""

    def __init__(self, sources: list[dict[str, Any]], facts: list[Fact], use_tool: UseTool) -> None:
        self._sources = sources
        self._facts = facts
        self._use_tool = use_tool

    def section(self, what: str, told: list[Fact], scale: float) -> Section:
        """Return a section on `what`, without the facts that are told already."""
        most = max(_FEWEST, round(_FACTS * scale))
        fresh = without(self._facts_on(what), told)[:most]
        return Section(" ".join(what.split()[:_HEADING_WORDS]), in_reading_order(fresh, what))

    def _facts_on(self, what: str) -> list[Fact]:
        value = self._value(what)
        whole = sum(value.values()) or 1.0

        def share(stems: frozenset[str]) -> float:
            return sum(value[one] for one in value.keys() & stems) / whole

        def titled(title: str) -> float:
            return _TITLED * share(frozenset(content_stems(title)))

        found = [(share(fact.stems), fact) for fact in self._facts]
        place = _BEHIND_CLAIMS
        for number, title, passage in self._passages(what):
            place += 1
            read = sentences(passage)
            for index, sentence in enumerate(read):
                place += 1
                near = max(share(one.stems) for one in read[max(0, index - 1) : index + 2])
                # A neighbour of a sentence on it is on it too, only less.
                own = max(share(sentence.stems), _NEIGHBOUR * near)
                fact = Fact(sentence.text, number, place, title)
                fact.score = sentence.fitness
                if sentence.fitness >= _FIT:
                    found.append((own, fact))
        enough = max(_ON_IT, _AS_MUCH * max((own for own, _ in found), default=0.0))
        on_it = [one for one in found if one[0] >= enough]
        on_it.sort(
            key=lambda one: (
                -one[0] - 0.1 * one[1].score - titled(one[1].title),
                one[1].source,
                one[1].place,
            )
        )
        return merge(fact for _, fact in on_it)

    def _passages(self, what: str) -> list[tuple[int, str, str]]:
        if len(self._sources) == 1:
            (source,) = self._sources
            ids = source["source_id"]
            found = {ids: found_by(self._use_tool, "find_passages", source_id=ids, words=what)}
        else:  # all of them in one turn
            ids = ",".join(source["source_id"] for source in self._sources)
            found = read_by(self._use_tool, "find_passages", source_id=ids, words=what)
        return [
            (source["number"], source["title"], str(passage))
            for source in self._sources
            for passage in found.get(source["source_id"], [])[:_PASSAGES]
        ]

    def _value(self, what: str) -> dict[str, float]:
        """Return what each stem counts: `Argand lamp` is about Argand, not about any lamp."""
        stems = content_stems(what)
        held = {one: sum(one in fact.stems for fact in self._facts) for one in stems}
        # `Mercury float` is more about mercury than about floats: the last word is the kind.
        return {
            one: weight(one)
            * math.log(1 + len(self._facts) / (1 + count))
            * (1.0 if one == stems[-1] else _BEFORE_LAST)
            for one, count in held.items()
        }
