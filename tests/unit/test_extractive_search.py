"""Search with the extractive mind: several queries, nothing off topic, no copies."""

import json
import re
from collections import defaultdict
from typing import Any

from galley.prompts import fence

from galley_local.extractive import ExtractiveMind
from galley_local.extractive.search import Hit, about
from galley_local.extractive.topic import Topic

LENS = (
    "The stepped lens of Augustin Fresnel let lighthouses show one lamp as a strong beam. "
    "The lens gathered the light of the lamp that mirrors had lost."
)
MIRRORS = (
    "Mirrors of silvered copper stood behind the lamp in most lighthouses before the lens. "
    "Keepers polished the mirrors so that the light of the lamp reached the sea."
)
OIL = (
    "The lamp of a lighthouse burned sperm oil until the price rose. Kerosene gave more light "
    "than the oil of whales and made the lens worth its price."
)
BREAD = "A light crumb needs a lively levain, and the baker folds the dough before it is baked."


class Shelf:
    """A search tool over a few documents, which counts shared words and remembers its queries."""

    def __init__(self, **documents: str) -> None:
        self.documents = documents
        self.queries: list[str] = []

    def __call__(self, name: str, parameters: dict[str, str]) -> str:
        if name != "search_knowledge_base":
            return f"There is no tool {name}."
        asked = parameters["queries"].splitlines()
        self.queries += asked
        matches = defaultdict(list)
        for number, query in enumerate(asked, start=1):
            best = sorted(self._scores(query).items(), key=lambda scored: -scored[1])
            for place, (source_id, score) in enumerate(best, start=1):
                matches[source_id].append([number, place, score])
        return json.dumps([self._listed(each, known) for each, known in matches.items()])

    def _listed(self, source_id: str, matches: list[Any]) -> dict[str, Any]:
        passage = {"text": self.documents[source_id], "matches": matches}
        return {"source_id": source_id, "title": source_id, "passages": [passage]}

    def _scores(self, query: str) -> dict[str, float]:
        wanted = {word[:5] for word in _words(query)}
        scores = {
            source_id: float(sum(word[:5] in wanted for word in _words(text)))
            for source_id, text in self.documents.items()
        }
        return {source_id: score for source_id, score in scores.items() if score}


def _words(text: str) -> list[str]:
    return re.findall(r"\w{4,}", text.lower())


def search(topic: str, shelf: Shelf, max_sources: int = 10) -> list[dict[str, str]]:
    """Return what the mind chooses from a shelf."""
    prompt = fence("topic", topic) + fence("max_sources", max_sources)
    answer = json.loads(ExtractiveMind().answer("search", prompt, shelf))
    return list(answer["sources"])


def test_documents_on_the_topic_are_chosen_and_others_left_out() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL, bread=BREAD)

    chosen = search("How lighthouses made their lights seen farther", shelf)

    assert {one["source_id"] for one in chosen} == {"lens", "mirrors", "oil"}


def test_the_topic_is_approached_from_several_sides() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL)

    search("How lighthouses made their lights seen farther", shelf)

    assert shelf.queries[0] == "How lighthouses made their lights seen farther"
    assert {"lighthouses", "lights"} < set(shelf.queries)
    assert any("lens" in query for query in shelf.queries), "no query from what the best hits share"


def test_a_document_that_uses_other_words_for_the_topic_is_found() -> None:
    other = (
        "Luminous range is the distance at which a light is visible in clear air. "
        "The range of the strongest lights is limited by the haze of an average night."
    )
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL, bread=BREAD, reach=other)

    chosen = [one["source_id"] for one in search("How lighthouses' lights are seen far", shelf)]

    assert any({"visible", "distance"} <= set(query.split()) for query in shelf.queries)
    assert "reach" in chosen
    assert "bread" not in chosen


def test_a_list_of_changes_comes_after_what_tells_of_the_topic() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL)
    shelf.documents["Release history of lamps"] = MIRRORS.replace("Mirrors", "Copper mirrors") * 2

    chosen = [one["source_id"] for one in search("lighthouses and their lamps", shelf)]

    assert chosen.index("lens") < len(chosen) - 1
    assert chosen[-1] == "Release history of lamps" or "Release history of lamps" not in chosen


def test_no_search_takes_more_than_ten_queries() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL)

    search("How silvered copper mirrors and whale oil lit far coasts", shelf)

    assert len(shelf.queries) == 10


def test_of_a_text_and_its_edited_copy_one_is_chosen() -> None:
    copy = LENS.replace("a strong beam", "one powerful beam").replace("had lost", "used to lose")
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL, syndicated=copy)

    chosen = [one["source_id"] for one in search("lighthouses and their lights", shelf)]

    assert len({"lens", "syndicated"} & set(chosen)) == 1
    assert {"mirrors", "oil"} < set(chosen)


def test_no_more_sources_than_asked_for_are_chosen() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL)

    assert len(search("lighthouses and their lights", shelf, max_sources=2)) == 2


def test_a_topic_nobody_wrote_about_has_no_sources() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL, bread=BREAD)

    assert search("Quantum computing with trapped ions", shelf) == []


def test_one_shared_word_does_not_make_a_source() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL)

    assert search("Trapped ions in the light of cold plasma", shelf) == []


def test_a_reason_names_only_words_that_the_passages_hold() -> None:
    shelf = Shelf(lens=LENS, mirrors=MIRRORS, oil=OIL)

    chosen = search("How lighthouses made their lights seen farther", shelf)

    for one in chosen:
        named = re.sub(r"^Its passages speak of | and |[,.]", " ", one["reason"]).split()
        text = shelf.documents[one["source_id"]].lower()
        assert all(word.lower().rstrip("s")[:5] in text for word in named)


def test_a_tool_that_fails_finds_nothing() -> None:
    prompt = fence("topic", "lighthouses") + fence("max_sources", 3)

    answer = ExtractiveMind().answer("search", prompt, lambda *_: "The tool is not available.")

    assert json.loads(answer) == {"sources": []}


def test_the_common_words_of_a_topic_alone_are_no_topic() -> None:
    rarity = {"keeper": 1.0, "lamp": 1.0, "mercuri": 3.0, "spill": 3.0}
    hits = [
        Hit("spilt", "Spills of mercury", ["A keeper wiped up mercury below the lamp."], 0.2),
        Hit("lamps", "Keepers and lamps", ["A keeper trimmed the lamp."], 0.3),
    ]

    kept = about(Topic("How keepers at the lamp met mercury that was spilled"), hits, rarity, {})

    assert [hit.source_id for hit in kept] == ["spilt"]
