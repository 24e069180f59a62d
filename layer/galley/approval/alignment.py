"""
Lists of texts laid side by side: what of one is still in the other, and what was made from what.

Comparing each with each has a bound. Lists that are longer, or that repeat themselves more, are
taken for wholly different, but for what they begin and end with in common.
"""

from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

# Two texts that share less of the shorter one's words are no versions of each other.
ALIKE = 0.5
MOST_COMPARISONS = 40_000
MOST_STEPS = 10_000_000

Opcode = tuple[str, list[str], list[str]]


def opcodes(before: list[str], after: list[str]) -> list[Opcode]:
    """Return what is equal and what is not, as difflib names it, in the order of both."""
    if not _is_comparable(before, after):
        return _outer_opcodes(before, after)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        (kind, before[old_start:old_end], after[start:end])
        for kind, old_start, old_end, start, end in matcher.get_opcodes()
    ]


def _is_comparable(before: list[str], after: list[str]) -> bool:
    # The matcher looks at every two places that say the same, for every run of them that it finds.
    counts = Counter(before)
    matches = sum(counts[each] for each in after)
    shorter, longer = sorted((len(before), len(after)))
    runs = min(matches, shorter)
    return matches <= MOST_COMPARISONS and runs * longer <= MOST_STEPS


def _outer_opcodes(before: list[str], after: list[str]) -> list[Opcode]:
    """Return what two lists begin and end with in common, and what is between as replaced."""
    start = _in_common(before, after)
    end = _in_common(before[start:][::-1], after[start:][::-1])
    parts = [
        ("equal", before[:start], after[:start]),
        ("replace", before[start : len(before) - end], after[start : len(after) - end]),
        ("equal", before[len(before) - end :], after[len(after) - end :]),
    ]
    return [part for part in parts if part[1] or part[2]]


def _in_common(one: list[str], other: list[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


@lru_cache(maxsize=1000)
def _lower_words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


def likeness(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other one has."""
    words, others = _lower_words(one), _lower_words(other)
    return len(words & others) / max(1, min(len(words), len(others)))


def pairs(removed: list[str], added: list[str]) -> list[tuple[str, str]]:
    """Return each new text with the old one that it was made from; "" stands for none."""
    if len(removed) * len(added) > MOST_COMPARISONS:
        return [*((each, "") for each in removed), *(("", each) for each in added)]
    left = list(removed)
    found = []
    for text in added:
        best = max(left, key=lambda each: likeness(each, text), default="")
        if likeness(best, text) < ALIKE:
            best = ""
        else:
            left.remove(best)
        found.append((best, text))
    return [*((each, "") for each in left), *found]
