"""
Definitions are read once: moto parses a state machine's whole text for each execution.

What is kept is the parsed text, which nothing changes; each execution gets states of its own.
"""

from functools import lru_cache
from typing import Any

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

_parse = AmazonStateLanguageParser.parse


def install() -> None:
    """Keep what definitions say; doing it again changes nothing."""
    setattr(AmazonStateLanguageParser, "parse", staticmethod(parse))  # noqa: B010


def parse(definition: str) -> tuple[Any, Any]:
    """Return an execution's own states, and the parsed text that they are made of."""
    tree = _tree(definition)
    return Preprocessor().visit(tree), tree


@lru_cache(maxsize=20)
def _tree(definition: str) -> Any:
    return _parse(definition)[1]
