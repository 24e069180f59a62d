"""One request and its answer, bounded in bytes and seconds whatever the other side does."""

import socket
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ssl import CertificateError as HostError
from ssl import SSLEOFError, SSLError

from galley.web import network
from galley.web.address import Address
from galley.web.failures import (
    CertificateError,
    FormatError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)

CHUNK_BYTES = 65_536
_GZIP_OR_ZLIB = 47  # zlib's word for: look which of the two it is


@dataclass(frozen=True)
class Request:
    """What is asked of a site."""

    address: Address
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What a site answers; `body` is unpacked."""

    status: int
    headers: Message
    body: bytes


def exchange(request: Request, deadline: float, most_bytes: int) -> Answer:
    """
    Send a request and return its answer; redirects are answers, too.

    `deadline` is a time of `time.monotonic`. Whatever goes wrong is raised as a `WebError`.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TooSlowError("it takes too long")
    connection = network.connect(request.address, seconds)
    with _ended_at(deadline, connection), connection:
        try:
            return _answer(request, connection, most_bytes)
        except HostError as error:  # of which ssl.SSLCertVerificationError is one
            raise CertificateError("the site's certificate is not valid for it") from error
        except SSLEOFError as error:
            raise UnreachableError("the connection to the site broke off") from error
        except SSLError as error:
            raise CertificateError("no secure connection to the site can be made") from error
        except (OSError, HTTPException, ValueError) as error:
            raise UnreachableError("the connection to the site broke off") from error


@contextmanager
def _ended_at(deadline: float, connection: socket.socket) -> Iterator[None]:
    """
    End a connection at its deadline, whatever it is doing; raises `TooSlowError` if it had to be.

    A timeout of the socket's own begins again with every byte, so that drops could go on for hours.
    """
    late = threading.Event()
    # TLS takes the connection over: a descriptor of its own stays in this hand.
    handle = socket.socket(fileno=socket.dup(connection.fileno()))

    def end() -> None:
        late.set()
        with suppress(OSError):  # it has just ended by itself
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            raise TooSlowError("not all of it came in time") from error
        raise
    finally:
        timer.cancel()
        handle.close()
    if late.is_set():  # the end of what has no length looks like a whole answer
        raise TooSlowError("not all of it came in time")


def _answer(request: Request, connection: socket.socket, most_bytes: int) -> Answer:
    address = request.address
    if address.scheme == "https":
        name = address.host.strip("[]")
        connection = network.tls().wrap_socket(connection, server_hostname=name)
    with connection:
        http = HTTPConnection(address.host, address.port)
        http.default_port = address.port  # so that Host does not name it
        http.auto_open = 0  # nothing but the address that was checked
        http.sock = connection
        headers = {"Accept-Encoding": "gzip", "Connection": "close", **request.headers}
        http.request(request.method, address.target, request.body or None, headers)
        with http.getresponse() as response:
            packed = _read(response, most_bytes)
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    return Answer(response.status, response.headers, _unpacked(packed, encoding, most_bytes))


def _read(response: HTTPResponse, most_bytes: int) -> bytes:
    parts, size = [], 0
    while part := response.read(min(CHUNK_BYTES, most_bytes + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise TooLargeError(f"it has more than {most_bytes:,} bytes")
    if response.length:  # of what was announced
        raise UnreachableError("the connection to the site broke off")
    return b"".join(parts)


def _unpacked(packed: bytes, encoding: str, most_bytes: int) -> bytes:
    if encoding in {"", "identity"} or not packed:
        return packed
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise FormatError("it is packed in a way that was not asked for")
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        data = unpacking.decompress(packed, most_bytes + 1)
    except zlib.error as error:
        raise FormatError("it cannot be unpacked") from error
    if len(data) > most_bytes:
        raise TooLargeError(f"unpacked it has more than {most_bytes:,} bytes")
    if not unpacking.eof:
        raise UnreachableError("the connection to the site broke off")
    return data
