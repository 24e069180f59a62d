"""What a search provider is: how it is asked, and what its answer means."""

from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from galley.web.address import Address
from galley.web.exchange import Request

MOST_HITS = 10


@dataclass(frozen=True)
class Hit:
    """
    A page that a provider names: where, what it is called, and what of it matches.

    `text` is the whole text of a source, where the provider has that itself, and `text_at` its
    address: a paper's abstract stands on another page than the paper.
    """

    url: str
    title: str
    passage: str
    text: str = ""
    text_at: str = ""


class Provider(Protocol):
    """A search engine's API."""

    needs_key: bool

    def request(self, query: str, key: str) -> Request:
        """Return what is sent to search for a query; `key` is empty where there is none."""

    def hits(self, answer: Any) -> list[Hit]:
        """Return what the JSON of its answer names, best first."""


def asked(url: str, **parameters: str | int) -> Address:
    """Return an API's address with parameters."""
    return Address.parse(f"{url}?{urlencode(parameters)}")


def words(value: Any) -> str:
    """Return a field as one line of text, whatever it is."""
    return " ".join(value.split()) if isinstance(value, str) else ""
