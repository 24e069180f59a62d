"""
How many environments Lambda runs at once: of a function as reserved, of all others as is left.

Where there is no room a call is refused, as Lambda refuses it: nobody waits in a queue.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from galley_local.lambdas.function import Function

ACCOUNT_CONCURRENCY = 1000  # of most accounts; new ones have less


class TooManyRequestsError(Exception):
    """There is no room for one more invocation; the reason is the one that Lambda gives."""

    def __init__(self, reason: str) -> None:
        super().__init__("Rate Exceeded.")
        self.reason = reason


class Concurrency:
    """The invocations under way, and the most that there may be and have been at once."""

    def __init__(self, account: int = ACCOUNT_CONCURRENCY) -> None:
        self.account = account
        self.most: Counter[str] = Counter()  # at once, by function name
        self.refused: Counter[str] = Counter()
        self._reserved: dict[str, int] = {}
        self._now: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reserve(self, function: "Function") -> None:
        """Set aside what a function has for itself."""
        if function.reserved_concurrency is not None:
            self._reserved[function.name] = function.reserved_concurrency

    @contextmanager
    def room_for(self, function: "Function") -> Iterator[None]:
        """Hold a place for one invocation, or raise `TooManyRequestsError`."""
        name = function.name
        with self._lock:
            if reason := self._why_full(name):
                self.refused[name] += 1
                raise TooManyRequestsError(reason)
            self._now[name] += 1
            self.most[name] = max(self.most[name], self._now[name])
        try:
            yield
        finally:
            with self._lock:
                self._now[name] -= 1

    @property
    def under_way(self) -> int:
        """How many invocations are under way."""
        return self._now.total()

    def _why_full(self, name: str) -> str:
        if name in self._reserved:
            is_full = self._now[name] >= self._reserved[name]
            return "ReservedFunctionConcurrentInvocationLimitExceeded" if is_full else ""
        unreserved = sum(count for each, count in self._now.items() if each not in self._reserved)
        is_full = unreserved >= self.account - sum(self._reserved.values())
        return "ConcurrentInvocationLimitExceeded" if is_full else ""
