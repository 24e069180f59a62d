"""Direct quotations in a sentence, and whether a text has them."""

import re
from dataclasses import dataclass

from galley.citations.statements import Statement
from galley.citations.texts import Words

# So many words in quotation marks are a quotation; fewer may be a term.
FEWEST_WORDS = 3
_FEWEST_UNSPACED = 6
_QUOTED = [
    re.compile(pattern)
    for pattern in (
        r"“([^“”]{2,4000})”",
        r"„([^„“”]{2,4000})[“”]",
        r"«([^«»]{2,4000})»",
        r"「([^「」]{2,4000})」",
        r'"([^"]{2,4000})"',
        r"(?<!\w)‘([^‘’]{2,4000}(?:’(?=\w)[^‘’]{0,4000}){0,20})’(?!\w)",
    )
]
# What a quotation leaves out, or puts in to be understood.
_GAP = re.compile(r"\[[^\[\]]{0,200}\]|…|\.{3,}|(?:\. ){2,}\.?")


@dataclass(frozen=True)
class Quotation:
    """Words that a sentence says to be a source's own."""

    text: str
    is_certain: bool  # enough words, in quotation marks

    def stands_in(self, words: Words) -> bool:
        """Tell whether each part between gaps stands in a text."""
        parts = [part for part in _GAP.split(self.text) if re.search(r"\w", part)]
        return all(words.find(part) is not None for part in parts)


def quotations_in(statement: Statement) -> list[Quotation]:
    """Return the quotations of a sentence; code has quotation marks of its own."""
    if statement.is_quoted:
        return [Quotation(statement.text, is_certain=False)]
    found: list[Quotation] = []
    for pattern in _QUOTED:
        for match in pattern.finditer(statement.text):
            words = Words(match[1]).words
            enough = FEWEST_WORDS if any(len(word) > 1 for word in words) else _FEWEST_UNSPACED
            found.append(Quotation(match[1], is_certain=len(words) >= enough))
    return list(dict.fromkeys(found))
