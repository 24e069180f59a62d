"""
Names and connections as a process sees them that lives in the played internet.

A name leads to the address that it is given, which is a public one where the site is to be public:
so the application's check of addresses is in force as it is, and has no exception for tests. Only
the connection then goes to a port on this machine. What is not played cannot be reached.

Used by Lambda's workers, which have none of this package's other modules.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

_HERE = "127.0.0.1"


@contextmanager
def playing(settings: Mapping[str, Any]) -> Iterator[None]:
    """Live in an internet, whose `settings` `PlayedInternet` has."""
    names: dict[str, list[str]] = settings["names"]
    ports: dict[str, int] = settings["ports"]
    look_up, connect = socket.getaddrinfo, socket.create_connection
    authorities = os.environ.get("SSL_CERT_FILE")

    def looked_up(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host in names:
            kinds = [socket.AF_INET6 if ":" in ip else socket.AF_INET for ip in names[host]]
            places = zip(kinds, names[host], strict=True)
            return [(kind, socket.SOCK_STREAM, 6, "", (ip, port)) for kind, ip in places]
        if not _is_number(host):
            raise socket.gaierror(socket.EAI_NONAME, "this name is not played")
        return look_up(host, port, *more, **options)

    def connected(address: tuple[str, int], *more: Any, **options: Any) -> socket.socket:
        host, port = address
        if any(host in ips for ips in names.values()):
            return connect((_HERE, ports[str(port)]), *more, **options)
        if host == _HERE and port not in {80, 443}:
            return connect(address, *more, **options)  # the laptop's own services
        raise OSError("this address is not played")

    patched: Any = socket
    patched.getaddrinfo, patched.create_connection = looked_up, connected
    os.environ["SSL_CERT_FILE"] = settings["authority"]
    try:
        yield
    finally:
        patched.getaddrinfo, patched.create_connection = look_up, connect
        del os.environ["SSL_CERT_FILE"]
        if authorities is not None:
            os.environ["SSL_CERT_FILE"] = authorities


def _is_number(host: Any) -> bool:
    """Tell whether a host is an address, in whichever way that is written."""
    for read in (socket.inet_aton, lambda text: socket.inet_pton(socket.AF_INET6, text)):
        with suppress(OSError, TypeError):
            read(host)
            return True
    return False
