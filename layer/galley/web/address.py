"""Addresses of pages: what is taken for one, and in which form."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from galley.web.failures import AddressError, ForbiddenDomainError

LONGEST_CHARACTERS = 2000
PORTS = {"http": 80, "https": 443}

_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_KEPT = "%/:=&?~#+!$,;'@()*[]"  # what stands in a path or query as it is


@dataclass(frozen=True)
class Address:
    """Where a page is: nothing but scheme, host, path and query."""

    scheme: str
    host: str
    target: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address; raises `AddressError` for what is not taken, without repeating it."""
        text = text.strip()
        if len(text) > LONGEST_CHARACTERS or _CONTROL.search(text):
            raise AddressError("this is no address of a page")
        try:
            parts = urlsplit(text)
            port, host = parts.port, _ascii(parts.hostname or "")
        except (ValueError, UnicodeError) as error:
            raise AddressError("this is no address of a page") from error
        if parts.scheme not in PORTS:
            raise AddressError("only http and https addresses are taken")
        if parts.username is not None or parts.password is not None:
            raise AddressError("an address must not hold a user name or a password")
        if port not in {None, PORTS[parts.scheme]}:
            raise AddressError("only the ports 80 of http and 443 of https are taken")
        path = quote(parts.path or "/", safe=_KEPT)
        query = quote(parts.query, safe=_KEPT)
        return cls(parts.scheme, host, f"{path}?{query}" if query else path)

    @property
    def port(self) -> int:
        """The port, which the scheme decides."""
        return PORTS[self.scheme]

    @property
    def origin(self) -> str:
        """The site that the page belongs to."""
        return f"{self.scheme}://{self.host}"

    def __str__(self) -> str:
        return self.origin + self.target

    def joined(self, location: str) -> "Address":
        """Return where a page of this address sends whoever asks for it."""
        try:
            return Address.parse(urljoin(str(self), location.strip()))
        except ValueError as error:
            raise AddressError("the page leads to what is no address") from error


@dataclass(frozen=True)
class Domains:
    """Which domains pages may come from: all but the blocked, or only the allowed."""

    allowed: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()

    @classmethod
    def from_text(cls, allowed: str, blocked: str) -> "Domains":
        """Read two lists, each of names between commas."""
        return cls(
            *(frozenset(filter(None, each.lower().split(","))) for each in (allowed, blocked))
        )

    def check(self, address: Address) -> None:
        """Raise `ForbiddenDomainError` for an address that is not wanted."""
        parts = address.host.split(".")
        names = {".".join(parts[place:]) for place in range(len(parts))}
        if names & self.blocked or (self.allowed and not names & self.allowed):
            raise ForbiddenDomainError("pages of this domain are not wanted here")


def _ascii(host: str) -> str:
    host = host.rstrip(".").lower()
    if ":" in host:  # an IPv6 address, which urlsplit has taken out of its brackets
        return f"[{host}]"
    name = host.encode("idna").decode("ascii").lower()
    if not _NAME.fullmatch(name):
        raise ValueError("no host")
    return name
