"""Wikipedia's Action API: articles, with their beginnings. No key; it wants to know who asks."""

from typing import Any

from galley.web.exchange import Request
from galley.web.providers.provider import MOST_HITS, Hit, asked, words

URL = "https://en.wikipedia.org/w/api.php"
QUERY_CHARACTERS = 300  # what its search takes


class Wikipedia:
    """Asked by GET; answers with pages in no order, each with its place."""

    needs_key = False

    def request(self, query: str, key: str) -> Request:  # noqa: ARG002  # it has none
        """Return a search for articles, their addresses and the plain text of their leads."""
        address = asked(
            URL,
            action="query",
            format="json",
            formatversion=2,
            generator="search",
            gsrsearch=query[:QUERY_CHARACTERS],
            gsrlimit=MOST_HITS,
            prop="extracts|info",
            inprop="url",
            exintro=1,
            explaintext=1,
            exlimit=MOST_HITS,
        )
        return Request(address)

    def hits(self, answer: Any) -> list[Hit]:
        """Return the articles; an answer that has found nothing has no `query` at all."""
        pages = answer.get("query", {}).get("pages", [])
        return [
            Hit(words(each["fullurl"]), words(each.get("title")), words(each.get("extract")))
            for each in sorted(pages, key=lambda page: page.get("index", 0))
        ]
