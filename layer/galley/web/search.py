"""Searches on the web: every provider that is configured is asked, and what they name is kept."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import chain, zip_longest
from typing import Any, Self

from galley.contracts import Contract
from galley.web.address import Address, Domains
from galley.web.exchange import Request, exchange
from galley.web.failures import FormatError, PageRefusedError, WebError
from galley.web.providers import PROVIDERS, Hit

SEARCH_SECONDS = 10.0
ANSWER_BYTES = 5_000_000
PASSAGE_CHARACTERS = 600


@dataclass(frozen=True)
class Named:
    """A page that a search has named. Only such pages are fetched."""

    url: str
    title: str
    passage: str
    provider: str
    source_id: str = ""


@dataclass(frozen=True)
class Found(Contract):
    """What a search has come to: pages, and providers that could not be asked, with the reason."""

    query: str
    results: list[Named]
    failed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the search and what it has named."""
        return cls(**{**data, "results": [Named(**each) for each in data["results"]]})


class WebSearch:
    """The providers of one deployment, their keys, and the domains that are wanted."""

    def __init__(
        self, providers: list[str], keys: Mapping[str, str], user_agent: str, domains: Domains
    ) -> None:
        self._providers = providers
        self._keys = keys
        self._user_agent = user_agent
        self._domains = domains

    def search(self, query: str) -> tuple[list[tuple[str, Hit]], dict[str, str]]:
        """Return what is named and by whom, the best of each first, and who could not be asked."""
        hits: dict[str, list[Hit]] = {}
        failed: dict[str, str] = {}
        for name in self._providers:
            try:
                hits[name] = self._ask(name, query)
            except WebError as error:
                failed[name] = f"{error.name}: {error}"
        ranks = zip_longest(*([(name, hit) for hit in each] for name, each in hits.items()))
        first: dict[str, tuple[str, Hit]] = {}
        for name, hit in filter(None, chain.from_iterable(ranks)):
            first.setdefault(hit.url, (name, hit))
        return list(first.values()), failed

    def _ask(self, name: str, query: str) -> list[Hit]:
        provider, key = PROVIDERS[name], self._keys.get(name, "")
        if provider.needs_key and not key:
            raise PageRefusedError(f"there is no key for {name} in the secret")
        asked = provider.request(query, key)
        headers = {"User-Agent": self._user_agent, "Accept": "application/json", **asked.headers}
        request = Request(asked.address, headers, asked.method, asked.body)
        answer = exchange(request, time.monotonic() + SEARCH_SECONDS, ANSWER_BYTES)
        if answer.status != HTTPStatus.OK:
            raise PageRefusedError(f"{name} answers with {answer.status}")
        try:
            hits = provider.hits(json.loads(answer.body))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise FormatError(f"{name} answers with something else than its API says") from error
        return [wanted for hit in hits if (wanted := self._wanted(hit))]

    def _wanted(self, hit: Hit) -> Hit | None:
        """Return a hit in the one form that its address has; None where it is not to be had."""
        try:
            address = Address.parse(hit.url)
            self._domains.check(address)
            at = Address.parse(hit.text_at) if hit.text_at else address
            self._domains.check(at)
        except WebError:
            return None
        return Hit(str(address), hit.title or address.host, hit.passage, hit.text, str(at))


def search_name(query: str) -> str:
    """Return under which name a search is kept: the same words are the same search."""
    return hashlib.sha256(" ".join(query.lower().split()).encode("utf-8")).hexdigest()[:16]
