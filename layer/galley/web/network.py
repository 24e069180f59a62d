"""
Connections to public addresses, and to no others.

A name is looked up once, everything it leads to is checked, and the connection goes to an address
that was checked: whoever answers differently the second time (DNS rebinding) is not asked again.
There is no exception to the check, for nobody.
"""

import ipaddress
import socket
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from functools import cache
from ssl import SSLContext, create_default_context
from typing import Any

from galley.web.address import Address
from galley.web.failures import (
    ForbiddenAddressError,
    TooSlowError,
    UnknownHostError,
    UnreachableError,
)

MOST_TRIES = 3  # of the addresses of one name

_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is assigned to the public of IPv6
# Public by their look; what stands inside may be anything: 6to4, Teredo and its like.
_TUNNELS = [ipaddress.IPv6Network(each) for each in ("2001::/23", "2002::/16", "3fff::/20")]
# Relays into 6to4, and what protocols have for themselves; Python takes some of them for public.
_SPECIAL = [ipaddress.IPv4Network(each) for each in ("192.88.99.0/24", "192.0.0.0/24")]


def is_public(text: str) -> bool:
    """Tell whether an IP address is one of the public internet."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        # Addresses of IPv4 that are written as IPv6 (mapped, NAT64) lie outside of it, too.
        in_public = address in _UNICAST and not any(address in each for each in _TUNNELS)
    else:
        in_public = not any(address in each for each in _SPECIAL)
    refused = address.is_private or address.is_reserved or address.is_multicast
    return in_public and address.is_global and not refused


def connect(address: Address, seconds: float) -> socket.socket:
    """
    Return a connection to a site; raises a `WebError` where it may not or cannot be had.

    The lookup and all tries share the time: a name may lead to any number of silent addresses.
    """
    deadline = time.monotonic() + seconds
    found = _looked_up(address, seconds)
    if not found or not all(map(is_public, found)):
        raise ForbiddenAddressError("the address leads to where nothing public is")
    failure: OSError | None = None
    for ip in found[:MOST_TRIES]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TooSlowError("the site does not answer") from failure
        try:
            return socket.create_connection((ip, address.port), timeout=left)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise TooSlowError("the site does not answer") from failure
    raise UnreachableError("the site cannot be reached") from failure


@cache
def tls() -> SSLContext:
    """Return how certificates are checked: as browsers do."""
    return create_default_context()


def _looked_up(address: Address, seconds: float) -> list[str]:
    host = address.host.strip("[]")
    found: Future[Any] = Future()

    def look_up() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    # The system's resolver knows no deadline: a thread of its own can be left behind.
    threading.Thread(target=look_up, daemon=True).start()
    try:
        answers = found.result(seconds)
    except LateError as error:
        raise TooSlowError("the site's name takes too long to be found") from error
    except (OSError, UnicodeError) as error:
        raise UnknownHostError("there is no site of this name") from error
    # A scope (fe80::1%eth0) is part of no public address.
    return list(dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers))
