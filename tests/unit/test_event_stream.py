"""What the laptop sends as an event stream, read by botocore as if it came from AWS."""

from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from galley_local.bedrock import event_stream


def read(data: bytes) -> list[Any]:
    """Decode frames with the client's own decoder."""
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return list(buffer)


def test_an_event_is_read_with_its_type_and_payload() -> None:
    (message,) = read(event_stream.event("chunk", {"bytes": "aGVsbG8="}))

    assert message.headers[":event-type"] == "chunk"
    assert message.headers[":message-type"] == "event"
    assert message.payload == b'{"bytes": "aGVsbG8="}'


def test_frames_follow_each_other() -> None:
    data = event_stream.event("trace", {}) + event_stream.event("chunk", {"bytes": ""})

    assert [message.headers[":event-type"] for message in read(data)] == ["trace", "chunk"]


def test_a_stream_that_is_cut_does_not_come_to_its_end() -> None:
    parts = iter(event_stream.cut(b"abcdefgh").response)

    assert next(parts) == b"abcdef"
    with pytest.raises(ConnectionError):
        next(parts)


def test_an_exception_is_read_as_one() -> None:
    (message,) = read(event_stream.exception("throttlingException", "slow down"))

    assert message.headers[":message-type"] == "exception"
    assert message.headers[":exception-type"] == "throttlingException"


@pytest.mark.parametrize("size", [0, 1, 65_536, 1_000_000])
def test_payloads_of_any_size_keep_their_checksums(size: int) -> None:
    (message,) = read(event_stream.event("chunk", {"bytes": "x" * size}))

    assert len(message.payload) == size + len('{"bytes": ""}')
