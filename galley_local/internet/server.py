"""The servers of a played internet: one port for http, one for https, for all of its names."""

import ssl
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from galley_local.internet.certificates import certify
from galley_local.internet.names import playing
from galley_local.internet.site import Asked, Reply, Site

PUBLIC_ADDRESS = "151.101.1.1"  # stands for every site's: nothing is sent to it


class PlayedInternet:
    """
    Sites by their names, until it is closed.

    `names` leads names to addresses other than a public one. `asked` is what has reached the sites.
    """

    def __init__(
        self,
        sites: Mapping[str, Site],
        names: Mapping[str, list[str]] | None = None,
        certified: list[str] | None = None,
    ) -> None:
        self.sites = dict(sites)
        self.asked: list[Asked] = []
        self._folder = tempfile.TemporaryDirectory(prefix="galley-internet-")
        authority, used = certify(certified or [*sites], Path(self._folder.name))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(used)
        self._servers = {80: self._serve("http", None), 443: self._serve("https", context)}
        self.settings = {
            "names": {**{name: [PUBLIC_ADDRESS] for name in sites}, **(names or {})},
            "ports": {str(port): each.server_port for port, each in self._servers.items()},
            "authority": str(authority),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def around(self) -> Iterator[Self]:
        """Have this process live in it."""
        with playing(self.settings):
            yield self

    def close(self) -> None:
        """End the servers."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._folder.cleanup()

    def answer(self, asked: Asked) -> Reply:
        """Return what the site of a name answers."""
        self.asked.append(asked)
        site = self.sites.get(asked.host)
        return site(asked) if site else Reply(status=404)

    def _serve(self, scheme: str, context: ssl.SSLContext | None) -> ThreadingHTTPServer:
        server = _Server(("127.0.0.1", 0), _handler(self, scheme))
        if context:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients that hang up are what is tried here."""


def _handler(internet: PlayedInternet, scheme: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            host = self.headers.get("Host", "")
            asked = Asked(self.command, scheme, host, self.path, dict(self.headers), body)
            reply = internet.answer(asked)
            if reply.by_hand:
                reply.by_hand(self.wfile)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = _respond  # noqa: N815  # the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            """Say nothing: tests have an output of their own."""

    return Handler
