"""
Tavily: a search engine of the whole web, with a key.

https://docs.tavily.com
"""

import json
from typing import Any

from galley.web.address import Address
from galley.web.exchange import Request
from galley.web.providers.provider import MOST_HITS, Hit, words

URL = Address.parse("https://api.tavily.com/search")
QUERY_CHARACTERS = 400  # what it takes


class Tavily:
    """Asked by POST; answers with the passages that match."""

    needs_key = True

    def request(self, query: str, key: str) -> Request:
        """Return a search, the key in its header."""
        body = {
            "query": query[:QUERY_CHARACTERS],
            "max_results": MOST_HITS,
            "search_depth": "basic",
            "include_answer": False,
            "include_raw_content": False,
        }
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return Request(URL, headers, "POST", json.dumps(body).encode("utf-8"))

    def hits(self, answer: Any) -> list[Hit]:
        """Return the results."""
        return [
            Hit(words(each["url"]), words(each.get("title")), words(each.get("content")))
            for each in answer["results"]
        ]
