"""
OpenAlex: scholarly works, with abstracts and the addresses of those that are free to read.

A key is free. Without one it allows about ten searches a day, since February 2026.
https://developers.openalex.org
"""

from collections.abc import Mapping
from typing import Any

from galley.web.exchange import Request
from galley.web.providers.provider import MOST_HITS, Hit, asked, words

URL = "https://api.openalex.org/works"
FIELDS = "id,doi,display_name,abstract_inverted_index,primary_location,best_oa_location"
QUERY_CHARACTERS = 500
MOST_WORDS = 5000  # of an abstract; places beyond are somebody's mistake


class OpenAlex:
    """Asked by GET; answers with works."""

    needs_key = False

    def request(self, query: str, key: str) -> Request:
        """Return a search for works; the key, if there is one, is a parameter."""
        parameters: dict[str, str | int] = {
            "search": query[:QUERY_CHARACTERS],
            "per-page": MOST_HITS,
            "select": FIELDS,
        }
        return Request(asked(URL, **parameters, **({"api_key": key} if key else {})))

    def hits(self, answer: Any) -> list[Hit]:
        """Return the works: the PDF where it is free, else the page, and the abstract."""
        return [_hit(work) for work in answer["results"]]


def _hit(work: Mapping[str, Any]) -> Hit:
    free, first = (work.get(name) or {} for name in ("best_oa_location", "primary_location"))
    page = words(work.get("doi") or first.get("landing_page_url") or work["id"])
    readable = words(free.get("pdf_url") or free.get("landing_page_url") or page)
    abstract = _in_order(work.get("abstract_inverted_index") or {})
    return Hit(readable, words(work.get("display_name")), abstract, abstract, page)


def _in_order(places: Mapping[str, list[int]]) -> str:
    """Return an abstract, which is told as the places of each of its words."""
    placed = sorted((place, word) for word, each in places.items() for place in each)
    return " ".join(word for _, word in placed[:MOST_WORDS])
