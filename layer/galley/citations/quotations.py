"""Direct quotations in a sentence, and whether a text has them."""

import re
from dataclasses import dataclass

from galley.citations.statements import QUOTED, Statement
from galley.citations.texts import Words

# So many words in quotation marks are a quotation; fewer may be a term.
FEWEST_WORDS = 3
_FEWEST_UNSPACED = 6
# Apostrophes may look like this, so it is never certain.
_SINGLE = re.compile(r"(?<!\w)'((?:[^']|'(?=\w)){2,400})'(?!\w)")
# What a quotation leaves out, or puts in to be understood.
_GAP = re.compile(r"\[[^\[\]\s]{0,40}(?: [^\[\]\s]{1,40}){0,2}\]|…|\.{3,}|(?:\. ){2,}\.?")


@dataclass(frozen=True)
class Quotation:
    """Words that a sentence says to be a source's own."""

    text: str
    is_certain: bool  # enough words, in quotation marks

    def stands_in(self, words: Words) -> bool:
        """Tell whether each part between gaps stands in a text; single words alone are no part."""
        parts = [part for part in _GAP.split(self.text) if re.search(r"\w", part)]
        is_whole = not self.is_certain or any(map(_is_enough, parts))
        return is_whole and all(words.find(part) is not None for part in parts)


def quotations_in(statement: Statement) -> list[Quotation]:
    """Return the quotations of a sentence; code has quotation marks of its own."""
    if statement.is_quoted:
        return [Quotation(statement.text, is_certain=False)]
    found: list[Quotation] = []
    for pattern in QUOTED:
        found += [
            Quotation(each[1], is_certain=_is_enough(each[1]))
            for each in pattern.finditer(statement.text)
        ]
    found += [Quotation(each[1], is_certain=False) for each in _SINGLE.finditer(statement.text)]
    return list(dict.fromkeys(found))


def _is_enough(text: str) -> bool:
    words = Words(text).words
    enough = FEWEST_WORDS if any(len(word) > 1 for word in words) else _FEWEST_UNSPACED
    return len(words) >= enough
