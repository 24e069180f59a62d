"""
What of a long source a prompt holds: how it begins, and what of the rest speaks of the topic.

A source that is read to its end costs its length again with each turn, because every turn brings
the whole conversation; and what counts may come late.
"""

import math
import re
from collections import Counter
from typing import Any, NamedTuple

from galley.sources.passages import stems_of

EXCERPT_CHARACTERS = 20_000
BEGINNING_CHARACTERS = 2_000
BLOCK_CHARACTERS = 700  # longer paragraphs are chosen in parts

_NEIGHBOUR = 0.5  # of a block's own worth, for what stands beside it
_BREAK = re.compile(r"\n\s*\n")


class Block(NamedTuple):
    """A paragraph with the headings above it, or a part of a long one: where it stands."""

    start: int
    end: int


def excerpt_of(text: str, topic: str, most: int = EXCERPT_CHARACTERS) -> dict[str, Any]:
    """
    Return `text`, and of one longer than `most` its beginning and `passages` on the topic.

    Passages are verbatim, in their order, each with the character at which it starts. Where little
    speaks of the topic, the beginning is longer instead.
    """
    if len(text) <= most:
        return {"text": text}
    blocks = _blocks_of(text)
    chosen, left = set[int](), most
    for place in _ranked(text, topic, blocks):
        size = blocks[place].end - blocks[place].start
        if size <= left:
            chosen.add(place)
            left -= size
    first, *later = _runs(blocks, chosen)
    return {
        "text": text[: first.end],
        "passages": [{"start": each.start, "text": text[each.start : each.end]} for each in later],
    }


def _blocks_of(text: str) -> list[Block]:
    ends = [*(match.end() for match in _BREAK.finditer(text)), len(text)]
    blocks: list[Block] = []
    start = 0
    for end in ends:
        while end - start > BLOCK_CHARACTERS:
            space = text.rfind(" ", start, start + BLOCK_CHARACTERS)
            cut = space + 1 if space > start else start + BLOCK_CHARACTERS
            blocks.append(Block(start, cut))
            start = cut
        if text.startswith("#", start) and end < len(text):
            continue  # a heading goes with what stands below it
        if end > start:
            blocks.append(Block(start, end))
        start = end
    return blocks


def _ranked(text: str, topic: str, blocks: list[Block]) -> list[int]:
    """Return the places of blocks: the beginning, then what is most on the topic, then the rest."""
    wanted = stems_of(topic)
    held = [stems_of(text[each.start : each.end]) & wanted for each in blocks]
    common = Counter(stem for stems in held for stem in stems)
    worth = [sum(math.log(1 + len(held) / common[stem]) for stem in stems) for stems in held]
    around = [0.0, *worth, 0.0]
    value = [
        own + _NEIGHBOUR * (around[place] + around[place + 2]) for place, own in enumerate(worth)
    ]
    begins = [each.end <= BEGINNING_CHARACTERS or each.start == 0 for each in blocks]
    return sorted(range(len(blocks)), key=lambda place: (not begins[place], -value[place], place))


def _runs(blocks: list[Block], chosen: set[int]) -> list[Block]:
    """Return the chosen blocks in their order, neighbours as one."""
    runs: list[Block] = []
    for place in sorted(chosen):
        block = blocks[place]
        if runs and runs[-1].end == block.start:
            runs[-1] = Block(runs[-1].start, block.end)
        else:
            runs.append(block)
    return runs
