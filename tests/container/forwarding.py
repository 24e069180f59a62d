"""Lets containers reach a port on loopback: they cannot, and nothing else on the network shall."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK_BYTES = 1 << 16


class _Forwarder(socketserver.ThreadingTCPServer):
    daemon_threads = True
    port = 0  # on loopback


class _Connection(socketserver.BaseRequestHandler):
    server: _Forwarder

    def handle(self) -> None:
        """Pass bytes on, both ways, until both sides have said all."""
        with socket.create_connection(("127.0.0.1", self.server.port)) as inner:
            back = threading.Thread(target=_pass_on, args=(inner, self.request), daemon=True)
            back.start()
            _pass_on(self.request, inner)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # either side may be gone
        while data := source.recv(CHUNK_BYTES):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def forwarded(address: str, port: int) -> Iterator[str]:
    """Serve a port of loopback on an address of the containers' network; yield the URL."""
    with _Forwarder((address, 0), _Connection) as forwarder:
        forwarder.port = port
        thread = threading.Thread(target=forwarder.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{address}:{forwarder.server_address[1]}"
        finally:
            forwarder.shutdown()
            thread.join()
