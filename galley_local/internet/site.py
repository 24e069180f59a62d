"""What a site of the played internet is: a function of what it is asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request that has reached a site."""

    method: str
    scheme: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, the first of each name."""
        return {name: each[0] for name, each in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True)
class Reply:
    """What a site answers; `by_hand` writes to the connection itself, whatever it likes."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    by_hand: Callable[[BufferedIOBase], None] | None = None

    @classmethod
    def html(cls, text: str, status: int = 200) -> "Reply":
        """Answer with a page."""
        return cls(text.encode("utf-8"), status, {"Content-Type": "text/html; charset=utf-8"})

    @classmethod
    def json(cls, data: Any, status: int = 200) -> "Reply":
        """Answer with JSON."""
        return cls(json.dumps(data).encode("utf-8"), status, {"Content-Type": "application/json"})

    @classmethod
    def moved(cls, location: str, status: int = 302) -> "Reply":
        """Send whoever asks elsewhere."""
        return cls(b"", status, {"Location": location})


Site = Callable[[Asked], Reply]
