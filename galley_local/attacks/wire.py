"""Requests as attackers send them: nothing is normalised, checked or followed."""

import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

WAIT_SECONDS = 60
MARK = "<b id=lighthouses>"  # in an answer as it is here, it is markup of the attacker's
FORM = "application/x-www-form-urlencoded"
_PROTECTIONS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Reply:
    """What an endpoint has answered; the status is 0 where it has hung up."""

    status: int
    headers: Mapping[str, str]
    text: str

    def leaks(self, secrets: tuple[str, ...]) -> list[str]:
        """Return what an answer holds that it must not, or lacks that it must have."""
        whole = f"{dict(self.headers)} {self.text}"
        found = ["a secret"] if any(secret in whole for secret in secrets) else []
        if MARK in self.text:
            found.append("markup")
        if "location" in self.headers or "galley-attack" in self.headers:
            found.append("a header")
        if "text/html" in self.headers.get("content-type", ""):
            found += [
                name
                for name, value in _PROTECTIONS.items()
                if value not in self.headers.get(name, "")
            ]
        return found


@dataclass(frozen=True)
class Door:
    """A link in its parts, and the token of its page's form."""

    origin: str
    path: str
    query: Mapping[str, str]
    form_token: str = ""

    @classmethod
    def at(cls, link: str, form_token: str = "") -> "Door":
        """Take a link apart."""
        parts = urlsplit(link)
        pairs = (pair.partition("=") for pair in parts.query.split("&"))
        query = {name: value for name, _, value in pairs}
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path, query, form_token)

    def send(
        self,
        method: str,
        body: bytes | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        path: str | None = None,
        query: str | Mapping[str, Any] | None = None,
    ) -> Reply:
        """Send a request; fields of a form, and of the query, may be lists."""
        asked = self.query if query is None else query
        text = asked if isinstance(asked, str) else urlencode(asked, doseq=True)
        data = body if isinstance(body, bytes | None) else urlencode(body, doseq=True).encode()
        connection = self._connection()
        try:
            connection.putrequest(method, f"{path or self.path}?{text}", skip_host=True)
            sent = {"Host": connection.host + f":{connection.port}", **(headers or {})}
            if data is not None:
                sent = {"Content-Type": FORM, "Content-Length": str(len(data)), **sent}
            for name, value in sent.items():
                connection.putheader(name, value.encode("latin-1", "replace"))
            connection.endheaders(data)
            return _read(connection.getresponse())
        except (OSError, http.client.HTTPException):
            return Reply(0, {}, "")
        finally:
            connection.close()

    def decide(self, decision: str = "approved", comments: str = "") -> Reply:
        """Send the page's form."""
        form = {"form_token": self.form_token, "decision": decision, "comments": comments}
        return self.send("POST", form)

    def raw(self, head: str, *pieces: bytes, seconds: float = 0.2) -> Reply:
        """Send a request as bytes, piece by piece and slowly, and hang up after a while."""
        parts = urlsplit(self.origin)
        if parts.scheme != "http":
            return Reply(0, {}, "")  # what stands in front of an API on HTTPS does not take it
        address = (parts.hostname or "", parts.port or 80)
        with socket.create_connection(address, timeout=3) as connection:
            received = b""
            try:
                connection.sendall(f"{head}\r\nHost: {parts.netloc}\r\n".encode())
                for piece in pieces:
                    time.sleep(seconds)
                    connection.sendall(piece)
                received = connection.recv(65536)
            except OSError:
                pass
        first = received.split(b"\r\n")[0].split(b" ")
        return Reply(int(first[1]) if first[1:] else 0, {}, received.decode("utf-8", "replace"))

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.origin)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        port = parts.port or (443 if secure else 80)
        return kind(parts.hostname or "", port, timeout=WAIT_SECONDS)


def _read(response: http.client.HTTPResponse) -> Reply:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, headers, response.read().decode("utf-8", "replace"))
