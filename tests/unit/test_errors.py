"""Errors: a tree whose leaves the state machine knows by name."""

import inspect
import re

import pytest
from galley import errors
from galley.errors import GalleyError, RetryableError, TerminalError

CLASSES = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
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
