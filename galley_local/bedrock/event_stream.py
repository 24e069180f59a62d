"""Amazon's event stream encoding, as botocore reads it (application/vnd.amazon.eventstream)."""

import json
import struct
from collections.abc import Iterator
from typing import Any
from uuid import uuid4
from zlib import crc32

from werkzeug.wrappers import Response

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7  # the type of a header whose value is text


def event(kind: str, payload: dict[str, Any]) -> bytes:
    """Return the frame of one event."""
    headers = {
        ":message-type": "event",
        ":event-type": kind,
        ":content-type": "application/json",
    }
    return _frame(headers, json.dumps(payload).encode("utf-8"))


def exception(kind: str, message: str) -> bytes:
    """Return the frame of an exception inside the stream."""
    headers = {
        ":message-type": "exception",
        ":exception-type": kind,
        ":content-type": "application/json",
    }
    return _frame(headers, json.dumps({"message": message}).encode("utf-8"))


def response(body: bytes) -> Response:
    """Return the response that a stream comes in."""
    headers = {"x-amzn-RequestId": str(uuid4())}
    return Response(body, 200, headers, content_type=CONTENT_TYPE)


def cut(whole: bytes) -> Response:
    """Return a stream whose connection ends before it is all there."""

    def most_of_it() -> Iterator[bytes]:
        yield whole[: len(whole) * 3 // 4]
        raise ConnectionResetError  # and never says that this was the last part

    headers = {"Connection": "close"}
    return Response(most_of_it(), 200, headers, content_type=CONTENT_TYPE)


def _frame(headers: dict[str, str], payload: bytes) -> bytes:
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    # the frame's own length counts the prelude (8), two checksums (4 each), headers and payload
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    body = prelude + struct.pack("!I", crc32(prelude)) + encoded + payload
    return body + struct.pack("!I", crc32(body))


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode("utf-8"), value.encode("utf-8")
    return (
        struct.pack("!B", len(name_bytes))
        + name_bytes
        + struct.pack("!BH", _STRING, len(value_bytes))
        + value_bytes
    )
