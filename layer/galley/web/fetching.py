"""A page from its address: through redirects, past robots.txt, in a form that can be read."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from galley.web.address import Address, Domains
from galley.web.exchange import Answer, Request, exchange
from galley.web.failures import (
    FormatError,
    PageMissingError,
    PageRefusedError,
    RedirectError,
)
from galley.web.robots import Robots

MOST_REDIRECTS = 5
MOST_BYTES = 10_000_000
PAGE_SECONDS = 20.0

# Which suffix tells a document's format to `galley.documents`.
FORMATS = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
# What texts are written in. Python knows more names, and among them codecs (punycode, idna) that
# take minutes or more for what a site may send.
_CHARSET = re.compile(
    r"utf-?(8|16|32)(-?[lb]e)?|us-ascii|iso-?8859-\d+|latin-?1|(windows-|cp)(125\d|874|932)|koi8-[rut]"
    r"|shift-?jis|euc-(jp|kr)|gb(k|2312|18030)|big5(-hkscs)?"
)
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_REDIRECTS = {
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
}


@dataclass(frozen=True)
class Page:
    """What lies at an address: where it was found in the end, and as what."""

    address: Address
    suffix: str
    data: bytes


class Fetcher:
    """Gets pages, each within its time, and says who asks."""

    def __init__(self, user_agent: str, domains: Domains) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": ", ".join([*FORMATS, "*/*;q=0.1"])}
        self._domains = domains
        self._robots = Robots(user_agent.partition("/")[0], self._get_robots)
        self._deadline = 0.0

    def fetch(self, address: Address, seconds: float = PAGE_SECONDS) -> Page:
        """Return the page at an address; raises a `WebError` that says why there is none."""
        self._deadline = time.monotonic() + seconds
        at, answer = self._follow(address, MOST_BYTES, self._check)
        if answer.status in _GONE:
            raise PageMissingError(f"the site has no such page ({answer.status})")
        if answer.status != HTTPStatus.OK:
            raise PageRefusedError(f"the site answers with {answer.status}")
        kind = answer.headers.get_content_type()
        if "Content-Type" not in answer.headers or kind not in FORMATS:
            raise FormatError(f"it is neither a page nor a document but {kind}"[:200])
        return Page(at, FORMATS[kind], _in_utf8(answer, kind))

    def _check(self, address: Address) -> None:
        self._domains.check(address)
        self._robots.check(address)

    def _get_robots(self, address: Address, most_bytes: int) -> Answer:
        return self._follow(address, most_bytes, self._domains.check)[1]

    def _follow(
        self, address: Address, most_bytes: int, check: Callable[[Address], None]
    ) -> tuple[Address, Answer]:
        seen: set[Address] = set()
        while True:
            if address in seen or len(seen) > MOST_REDIRECTS:
                raise RedirectError(f"the page moved on more than {MOST_REDIRECTS} times")
            seen.add(address)
            check(address)
            answer = exchange(Request(address, self._headers), self._deadline, most_bytes)
            location = answer.headers.get("Location", "")
            if answer.status not in _REDIRECTS or not location:
                return address, answer
            address = address.joined(location)


def _in_utf8(answer: Answer, kind: str) -> bytes:
    """Return a text in the encoding that readers try first, if the site says which one it has."""
    charset = answer.headers.get_content_charset("utf-8")
    if charset == "utf-8" or not kind.startswith("text/"):
        return answer.body
    if not _CHARSET.fullmatch(charset.replace("_", "-")):
        return answer.body
    try:
        return answer.body.decode(charset).encode("utf-8")
    except (LookupError, ValueError):
        return answer.body  # the site is wrong about it: the reader finds out
