"""What several searches of the knowledge base have found, each document and passage told once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from galley.sources.found import FoundDocuments

DOCUMENTS = 40  # of all queries: as many as a request can ask for; each of them is read whole
PASSAGE_CHARACTERS = 600


class Passage(NamedTuple):
    """The passage of a document that answers a query best."""

    source_id: str
    title: str
    text: str
    score: float


def documents_in(answers: Sequence[Iterable[Any]]) -> set[str]:
    """Return the URIs of what is best in Retrieve's answers to several queries, in turn."""
    best = (dict.fromkeys(_uri(each) for each in results) for results in answers)
    in_turn = (uri for place in zip_longest(*best) for uri in place if uri)
    return set(islice(dict.fromkeys(in_turn), DOCUMENTS))


def best_passages(
    results: Iterable[Any], documents: Collection[str], found: FoundDocuments
) -> list[Passage]:
    """Return the best passage of each of the documents among Retrieve's results, best first."""
    best: dict[str, Passage] = {}
    for result in results:
        uri, score = _uri(result), round(result.get("score", 0.0), 3)
        if uri in best or uri not in documents:
            continue
        if title := found.title_of(uri, score):
            text = result["content"]["text"][:PASSAGE_CHARACTERS]
            best[uri] = Passage(found.id_of(uri), title, text, score)
    return list(best.values())


def listed(answers: Iterable[list[Passage]]) -> list[dict[str, Any]]:
    """
    Return the documents of several answers, each once, with its passages.

    A passage has `[query, place, score]` for each query, from 1, of which it is the best one.
    """
    titles: dict[str, str] = {}
    matches: defaultdict[str, defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for number, passages in enumerate(answers, start=1):
        for place, each in enumerate(passages, start=1):
            titles[each.source_id] = each.title
            matches[each.source_id][each.text].append([number, place, each.score])
    return [
        {
            "source_id": source_id,
            "title": titles[source_id],
            "passages": [{"text": text, "matches": known} for text, known in texts.items()],
        }
        for source_id, texts in matches.items()
    ]


def _uri(result: Any) -> str:
    uri: str = result["location"].get("s3Location", {}).get("uri", "")
    return uri
