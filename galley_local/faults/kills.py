"""Workers killed at a chosen AWS call: before the service has it, or before the worker hears."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from werkzeug.wrappers import Request, Response

from galley_local.iam.permissions import logical_id

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_WORKER = re.compile(r"app/worker-(\d+)")


class When(StrEnum):
    """On which side of a call a worker dies."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Point:
    """One AWS call of a run: which function makes it, and its how-manieth it is, from 1."""

    function: str  # as its directory is called
    number: int
    action: str

    def __str__(self) -> str:
        """Name it as the table does."""
        return f"{self.function} {self.number}: {self.action}"


class Kills:
    """Watches the AWS calls of functions, and kills a worker at one of them."""

    def __init__(self, kill: Callable[[int], None]) -> None:
        self._kill = kill  # by process id
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._points: list[Point] | None = None
        self._chosen: tuple[str, int, When] | None = None
        self.killed = 0

    @contextmanager
    def recording(self) -> Iterator[list[Point]]:
        """Return the calls that are made meanwhile, in their order."""
        self._begin(None)
        self._points = []
        try:
            yield self._points
        finally:
            self._points = None

    @contextmanager
    def at(self, point: Point, when: When) -> Iterator[None]:
        """Kill the worker that makes a call, once."""
        self._begin((point.function, point.number, when))
        try:
            yield
        finally:
            self._begin(None)

    def around(self, request: Request, role: str, action: str, services: Wsgi) -> Wsgi:
        """Return what answers a call of a role: the services, or nobody where its worker dies."""
        function = _directory(logical_id(role))
        worker = _WORKER.search(request.headers.get("User-Agent", ""))
        if function is None or worker is None:
            return services
        when = self._count(function, action)
        if when is None:
            return services
        self.killed += 1
        pid = int(worker[1])
        if when is When.BEFORE:
            self._kill(pid)
            return Response(status=500)
        response = Response.from_app(services, request.environ)
        self._kill(pid)
        return response

    def _begin(self, chosen: tuple[str, int, When] | None) -> None:
        with self._lock:
            self._counts.clear()
            self._chosen = chosen
            self.killed = 0

    def _count(self, function: str, action: str) -> When | None:
        with self._lock:
            self._counts[function] += 1
            number = self._counts[function]
            if self._points is not None:
                self._points.append(Point(function, number, action))
            if self._chosen and self._chosen[:2] == (function, number):
                when = self._chosen[2]
                self._chosen = None
                return when
            return None


def _directory(role: str) -> str | None:
    name = role.removesuffix("FunctionRole")
    if name == role:
        return None
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
