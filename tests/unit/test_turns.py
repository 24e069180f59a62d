"""What an answer reads and says, by its turns: each brings all that was said before."""

from typing import Any

import pytest

from galley_cli.cost.noting import Asked
from galley_local.bedrock.agent import Agent, Tool
from galley_local.bedrock.session import CHARACTERS_PER_TOKEN, Turn, Usage

TOOL = Tool("writer-actions", "arn", {"Name": "find", "Description": "......"})  # 4 + 1 + 6 + 1
KNOWN = 8 + 12 + 80  # characters of what every turn begins with
USE = ("find", {"words": "lens"}, 40 * ".")  # asks in 4 + 5 + 4 characters, and is told 40


def an_agent() -> Agent:
    """Return an agent that is told something, and has a tool."""
    told: Any = None
    return Agent("writer", "arn", "id", "alias", 8 * ".", {"find": TOOL}, told)


@pytest.mark.parametrize(
    ("turns", "read", "said"),
    [
        ([], KNOWN, 20),
        ([[USE]], KNOWN + (KNOWN + 53), 20 + 13),
        ([[USE], [USE]], KNOWN + (KNOWN + 53) + (KNOWN + 106), 20 + 26),
        ([[USE, USE]], KNOWN + (KNOWN + 106), 20 + 26),
    ],
    ids=["no tool", "a tool", "two, one after the other", "two together"],
)
def test_each_turn_reads_all_that_was_said_before(
    turns: list[list[Any]], read: int, said: int
) -> None:
    usage = Usage.of_turns(an_agent(), 80 * ".", map(Turn.of, turns), 20 * ".")

    assert usage == Usage(read // CHARACTERS_PER_TOKEN, said // CHARACTERS_PER_TOKEN)


def test_tools_that_are_asked_for_together_take_two_turns() -> None:
    asked = Asked("writer", an_agent(), 80 * ".", [USE, USE])

    assert asked.turns_together == 2
    assert asked.input_together == (KNOWN + (KNOWN + 106)) // CHARACTERS_PER_TOKEN


def test_an_answer_without_tools_takes_one_turn() -> None:
    asked = Asked("writer", an_agent(), 80 * ".")

    assert (asked.turns_together, asked.input_together) == (1, KNOWN // CHARACTERS_PER_TOKEN)
