"""What counts as an error in a workflow's books, and what a dead worker may leave."""

from collections import Counter
from typing import Any

import pytest

from galley_local.faults.books import errors_in

SESSION = "w.writer.1"
SESSIONS = Counter([SESSION])


def entry(call_id: str, **more: Any) -> dict[str, Any]:
    """Return the entry of a call."""
    return {"sk": f"COST#2026-11-28T10:00:00.000+00:00#{call_id}", "session_id": SESSION, **more}


ANSWERED = entry("a", outcome="answered", usd="0.5")
LOST = entry("b")


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([{"sk": "COST", "usd": "0.5"}, ANSWERED], id="all is well"),
        pytest.param(
            [{"sk": "COST", "usd": "2.5", "usd:b": "2", "call:b": "1"}, ANSWERED, LOST],
            id="a worker has died at its call",
        ),
        pytest.param(
            [{"sk": "COST", "usd": "2", "usd:a": "2", "call:a": "1"}, ANSWERED],
            id="a worker has died before it settled",
        ),
        pytest.param(
            [{"sk": "COST", "usd": "2.5", "usd:c": "2", "call:c": "1"}, ANSWERED],
            id="a worker has died before its entry",
        ),
    ],
)
def test_books_that_say_what_was_paid_for_are_right(items: list[dict[str, Any]]) -> None:
    assert errors_in(items, SESSIONS) == 0


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([], id="nothing is noted"),
        pytest.param([{"sk": "COST", "usd": "0.5"}], id="no entry"),
        pytest.param([{"sk": "COST", "usd": "1.0"}, ANSWERED], id="counted twice"),
        pytest.param(
            [{"sk": "COST", "usd": "1.0"}, ANSWERED, entry("b", outcome="answered", usd="0.5")],
            id="a call that was never made",
        ),
    ],
)
def test_books_that_do_not_are_wrong(items: list[dict[str, Any]]) -> None:
    assert errors_in(items, SESSIONS) > 0
