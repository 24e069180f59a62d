"""
Copies of a text: syndicated articles, mirrors, the same document under two names.

Texts are compared by the runs of words that they share. Of each text the lowest few hundred hashes
of its runs are kept, which estimate the share as well as all of them would: no library is needed,
and a text need not stay in memory.
"""

import re
from heapq import nsmallest
from zlib import crc32

RUN_WORDS = 5
SKETCH = 256  # hashes; the estimate is off by 3 in a hundred
LONGEST_WORDS = 20_000
# Of the runs of both. Texts on one subject share next to none; copies with another beginning, end
# and a few changed words still share half.
COPIED = 0.4

# In scripts that put no spaces between words, each character is one.
_WORD = re.compile(r"[\u2e80-\u9fff]|[^\W_]+")

Sketch = tuple[int, ...]


def sketch_of(text: str) -> Sketch:
    """Return the lowest hashes of a text's runs of words, sorted; the same everywhere."""
    words = _WORD.findall(text[: 10 * LONGEST_WORDS].lower())[:LONGEST_WORDS]
    runs = zip(*(words[start:] for start in range(min(RUN_WORDS, len(words)))), strict=False)
    return tuple(nsmallest(SKETCH, {crc32(" ".join(run).encode("utf-8")) for run in runs}))


def likeness(one: Sketch, other: Sketch) -> float:
    """Return which share of their runs two texts have in common, from 0 to 1."""
    lowest = nsmallest(SKETCH, {*one, *other})
    return len({*one} & {*other} & {*lowest}) / len(lowest) if lowest else 0.0


def is_copy(one: Sketch, other: Sketch) -> bool:
    """Tell whether two texts are one, edited a little at most."""
    return likeness(one, other) >= COPIED
