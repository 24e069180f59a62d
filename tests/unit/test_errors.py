"""Errors: a tree whose leaves the state machine knows by name."""

import inspect
import re

import pytest
from galley import errors
from galley.errors import GalleyError, RetryableError, TerminalError, message_in

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if each.__module__ == errors.__name__
]
LEAVES = [each for each in CLASSES if not each.__subclasses__() and each is not GalleyError]


def test_the_tree_in_the_documentation_is_the_tree() -> None:
    documented = re.findall(r"^\s*[*+-] (\w+)", errors.__doc__ or "", flags=re.MULTILINE)

    assert sorted(documented) == sorted(each.__name__ for each in CLASSES)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_every_error_is_either_retryable_or_terminal(leaf: type[GalleyError]) -> None:
    assert issubclass(leaf, RetryableError) != issubclass(leaf, TerminalError)


def test_every_error_of_the_layer_stands_in_the_tree() -> None:
    # Step Functions matches the leaf's name, so a leaf elsewhere is one that nobody lists.
    def below(kind: type[GalleyError]) -> set[type[GalleyError]]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__()))

    elsewhere = [each for each in below(GalleyError) if each.__module__ != errors.__name__]

    assert [] == [each for each in elsewhere if each.__module__.startswith("galley.")]


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        pytest.param(
            '{"errorMessage": "topic: expected \\"words\\", not [1] {x}", "errorType": "E"}',
            'topic: expected "words", not [1] {x}',
            id="raised by a function",
        ),
        pytest.param(
            '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: exited"}',
            "RequestId: 1 Error: exited",
            id="a crash",
        ),
        pytest.param("not JSON {at all", "not JSON {at all", id="text"),
        pytest.param('{"errorMessage": "cut off', '{"errorMessage": "cut off', id="cut off"),
        pytest.param('["another JSON"]', '["another JSON"]', id="another JSON"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_cause_says_what_a_person_wants_to_read(cause: str, expected: str) -> None:
    assert expected == message_in(cause)
