"""Connections: the time and the tries that one name gets. What is public: tests/workflow."""

import socket
import time
from typing import Any

import pytest
from galley.web import network
from galley.web.address import Address
from galley.web.failures import TooSlowError, UnreachableError

SITE = Address.parse("http://site.example/page")


class Silence:
    """A name of nine addresses; finding it and each try take seconds, of a clock of its own."""

    def __init__(self, lookup: float, each: float) -> None:
        self.now = 1000.0
        self.lookup, self.each = lookup, each
        self.timeouts: list[float] = []

    def look_up(self, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        """Return the addresses."""
        self.now += self.lookup
        return [(0, 0, 0, "", (f"1.1.1.{number}", 80)) for number in range(1, 10)]

    def connect(self, _: Any, timeout: float) -> socket.socket:
        """Refuse a connection, at the latest when the caller waits no longer."""
        self.timeouts.append(timeout)
        self.now += min(self.each, timeout)
        raise TimeoutError if timeout <= self.each else ConnectionRefusedError


def failure(silence: Silence, monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """Return how a connection fails that may take ten seconds."""
    monkeypatch.setattr(time, "monotonic", lambda: silence.now)
    monkeypatch.setattr(socket, "getaddrinfo", silence.look_up)
    monkeypatch.setattr(socket, "create_connection", silence.connect)
    with pytest.raises((TooSlowError, UnreachableError)) as failed:
        network.connect(SITE, 10.0)
    return failed.type


def test_the_lookup_and_every_try_share_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = Silence(lookup=4, each=5)

    assert failure(silence, monkeypatch) is TooSlowError
    assert silence.timeouts == [6, 1]


def test_a_name_of_many_addresses_gets_three_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = Silence(lookup=0, each=0)

    assert failure(silence, monkeypatch) is UnreachableError
    assert silence.timeouts == [10, 10, 10]
