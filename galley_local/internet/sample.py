"""
A sample internet: the search providers, speaking their documented APIs, over a few pages.

The providers find a page by the words of a query; what they are asked is checked as they do it.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from galley_local.internet.site import Asked, Reply, Site

KEY = "tvly-a-key-of-the-tests"

TALL_TOWERS = """
<html><head><title>Tall towers | The Harbour Review</title></head><body><article>
<h1>Why lighthouses were built tall</h1>
<p>The higher a lighthouse stands, the farther its light is seen over the curve of the sea. A
lamp forty metres above the water is seen from about fourteen nautical miles by an observer at
sea level.</p>
<p>Builders raised lighthouses on cliffs where they could, and made towers of stone where they
could not. A light on a low reef needed a tower of its own, and many lighthouses grew twice in a
century.</p>
<p>Fog takes the advantage away: a light on a high cliff may stand in cloud while the sea below
is clear, for which some lighthouses were moved down the slope again.</p>
</article></body></html>
"""
LIMELIGHT = (
    "Limelight made lighthouses brighter for a time. A flame of oxygen and hydrogen on a block of "
    "lime gave a light that was seen farther than any oil lamp of its day. Trials at lighthouses "
    "in the 1830s showed a beam that reached ships sixty miles away, but the gas was costly to "
    "make at sea, and the lime had to be turned by hand."
)
OPTICS = (
    "Lighthouse optics are the lenses and mirrors that make the light of lighthouses seen farther."
)
TOWERS_AT, LIMELIGHT_AT = "https://harbour.example/towers", "https://papers.example/limelight"


def sample_sites() -> dict[str, Site]:
    """Return the sites by their names."""
    return {
        "api.tavily.com": tavily([(TOWERS_AT, "Tall towers", TALL_TOWERS)]),
        "api.openalex.org": openalex([(LIMELIGHT_AT, "Limelight", LIMELIGHT)]),
        "en.wikipedia.org": wikipedia({"Lighthouse optics": OPTICS}),
        "harbour.example": pages({"/towers": TALL_TOWERS}),
        "papers.example": pages({}),
    }


def pages(texts: Mapping[str, str]) -> Site:
    """Return a site of pages by their paths, which lets robots in."""

    def site(asked: Asked) -> Reply:
        return Reply.html(texts[asked.path]) if asked.path in texts else Reply(status=404)

    return site


def tavily(results: list[tuple[str, str, str]]) -> Site:
    """Return Tavily's API over results: address, title and text."""

    def site(asked: Asked) -> Reply:
        if (asked.method, asked.path) != ("POST", "/search"):
            return Reply.json({"detail": "Not Found"}, HTTPStatus.NOT_FOUND)
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            error = {"detail": {"error": "Unauthorized: missing or invalid API key."}}
            return Reply.json(error, HTTPStatus.UNAUTHORIZED)
        search = json.loads(asked.body)
        if len(search["query"]) > 400:  # noqa: PLR2004  # Tavily's limit
            error = {"detail": {"error": "Query is too long. Max query length is 400 characters."}}
            return Reply.json(error, HTTPStatus.BAD_REQUEST)
        found = [
            {"title": title, "url": url, "content": _plain(text)[:500], "score": 0.8}
            for url, title, text in results
            if _matches(search["query"], text)
        ]
        answer = {"query": search["query"], "results": found[: search["max_results"]]}
        return Reply.json({**answer, "response_time": 0.1, "images": [], "answer": None})

    return site


def openalex(works: list[tuple[str, str, str]]) -> Site:
    """Return OpenAlex's API over works: page, title and abstract."""

    def site(asked: Asked) -> Reply:
        if asked.path != "/works":
            return Reply.json({"error": "not found"}, HTTPStatus.NOT_FOUND)
        found = [
            {
                "id": f"https://openalex.org/W{number}",
                "doi": None,
                "display_name": title,
                "abstract_inverted_index": _inverted(text),
                "primary_location": {"landing_page_url": page, "pdf_url": None},
                "best_oa_location": None,
            }
            for number, (page, title, text) in enumerate(works, 1)
            if _matches(asked.query["search"], text)
        ]
        return Reply.json({"meta": {"count": len(found)}, "results": found, "group_by": []})

    return site


def wikipedia(articles: Mapping[str, str]) -> Site:
    """Return Wikipedia's Action API over articles, and the articles themselves."""

    def site(asked: Asked) -> Reply:
        if asked.path == "/w/api.php":
            return Reply.json(_found_articles(articles, asked.query))
        title = asked.path.removeprefix("/wiki/").replace("_", " ")
        if title not in articles:
            return Reply(status=404)
        return Reply.html(f"<html><body><h1>{title}</h1><p>{articles[title]}</p></body></html>")

    return site


def _found_articles(articles: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    found = [
        {
            "pageid": number,
            "ns": 0,
            "title": title,
            "index": number,
            "extract": text,
            "fullurl": f"https://en.wikipedia.org/wiki/{title.replace(' ', '_')}",
        }
        for number, (title, text) in enumerate(articles.items(), 1)
        if _matches(query["gsrsearch"], text)
    ]
    # An answer without results has no `query`.
    return {"batchcomplete": True, **({"query": {"pages": found}} if found else {})}


def _matches(query: str, text: str) -> bool:
    return bool({*query.lower().split()} & {*_plain(text).lower().split()} - {"of", "the", "and"})


def _plain(text: str) -> str:
    return " ".join(part.rpartition(">")[2] for part in text.split("<")).strip()


def _inverted(text: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(text.split()):
        places.setdefault(word, []).append(place)
    return places
