"""Lambda's concurrency: what is reserved, what is left for the others, and what is refused."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from galley_local.lambdas.concurrency import Concurrency, TooManyRequestsError
from galley_local.lambdas.function import Function


def a_function(name: str, reserved: int | None = None) -> Function:
    """Return a function that is never run."""
    return Function(name, f"arn:{name}", "app.handler", Path(), (), {}, 3.0, 128, reserved)


def test_a_function_runs_as_often_at_once_as_reserved() -> None:
    concurrency, summary = Concurrency(), a_function("summary", 2)
    concurrency.reserve(summary)

    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(concurrency.room_for(summary))
        with pytest.raises(TooManyRequestsError) as refused, concurrency.room_for(summary):
            pass

    assert refused.value.reason == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert (concurrency.most["summary"], concurrency.refused["summary"]) == (2, 1)


def test_the_others_share_what_is_left_of_the_account() -> None:
    concurrency, summary = Concurrency(account=3), a_function("summary", 2)
    concurrency.reserve(summary)

    with ExitStack() as stack:
        stack.enter_context(concurrency.room_for(a_function("writer")))
        stack.enter_context(concurrency.room_for(summary))
        with pytest.raises(TooManyRequestsError) as refused:
            stack.enter_context(concurrency.room_for(a_function("search")))

    assert refused.value.reason == "ConcurrentInvocationLimitExceeded"


def test_there_is_room_again_after_an_invocation() -> None:
    concurrency, writer = Concurrency(account=1), a_function("writer")

    for _ in range(3):
        with concurrency.room_for(writer):
            pass

    assert concurrency.most["writer"] == 1
    assert not concurrency.refused
