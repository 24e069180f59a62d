"""The sentences of a draft, each with the sources that it cites."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from galley.reports.rendering import Citation, Manuscript, Section

_MARK = "\ue000"  # stands for a citation while sentences are looked for
_END = re.compile(
    rf"(?<![.!?])[.!?]++[\"”’»)\]]*+(?:\s*{_MARK})*(?!\s*{_MARK})(?=\s|$)|[。！？](?:\s*{_MARK})*"
)
# Quotations; what stands in one is not taken apart.
QUOTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"“([^“”]{2,4000})”",
        r"„([^„“”]{2,4000})[“”]",
        r"«([^«»]{2,4000})»",
        r"»([^«»]{2,4000})«",
        r"「([^「」]{2,4000})」",
        r'(?<!\w)"([^"]{2,4000})"',  # behind a digit it stands for inches
        r"(?<!\w)‘([^‘’]{2,4000}(?:’(?=\w)[^‘’]{0,4000}){0,20})’(?!\w)",
    )
)
_ABBREVIATED = """
al approx c ca capt cf ch co col cm corp dept dr e.g ed esp est etc fig figs ft gen gov i.e inc
incl jr km lat lb lt ltd m mm mr mrs ms mt no nos p pp prof rev sec sr st ste u.k u.s v viz vol
vols vs
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_LAST_WORD = re.compile(r"[^\s(\[“\"]+$")
_BEFORE_STOP = re.compile(r" ([.,;:!?])")
_LONGEST_WORD = 20


@dataclass(frozen=True)
class Statement:
    """A sentence, the sources that it cites, and the place of its first citation (0: none)."""

    text: str
    section: str
    numbers: tuple[int, ...]
    place: int
    is_quoted: bool = False  # it stands in a block of quotation
    is_beside: bool = False  # a heading, or code: what its section cites bears it out


def statements_of(manuscript: Manuscript) -> list[Statement]:
    """Return the sentences of a draft in their order, and what stands beside them."""
    return [each for section in manuscript.sections for each in _of_section(section)]


def _of_section(section: Section) -> Iterator[Statement]:
    numbers = tuple(dict.fromkeys(each.number for each in section.citations))
    yield from _beside([section.heading], section.heading, numbers)
    yield from _beside(_beside_in(section.tokens), section.heading, numbers)
    for tokens, is_quoted in _blocks(section.tokens):
        yield from _statements(tokens, section.heading, is_quoted=is_quoted)


def _beside(texts: Iterable[str], heading: str, numbers: tuple[int, ...]) -> Iterator[Statement]:
    for text in texts:
        if said := " ".join(text.split()):
            yield Statement(said, heading, numbers, 0, is_beside=True)


def _beside_in(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield headings within a section, those of tables, and code."""
    for before, token in pairwise([Token("", "", 0), *tokens]):
        is_code = token.type in {"fence", "code_block"}
        if is_code or before.type in {"heading_open", "th_open"}:
            yield token.content


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], bool]]:
    """Yield what is read as one text: a paragraph, an item, or a row of a table."""
    row: list[Token] | None = None
    depth, is_text = 0, True
    for token in tokens:
        if token.type in {"blockquote_open", "blockquote_close"}:
            depth += token.nesting
        elif token.type in {"heading_open", "th_open", "heading_close", "th_close"}:
            is_text = token.nesting < 0
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield row, False
            row = None
        elif token.type == "inline" and is_text:
            if row is None:
                yield [token], depth > 0
            else:
                row.append(token)


def _statements(tokens: list[Token], heading: str, *, is_quoted: bool) -> Iterator[Statement]:
    citations: list[Citation] = []
    text = "; ".join("".join(_pieces(token, citations)) for token in tokens)
    read = 0
    for sentence in _sentences(text):
        count = sentence.count(_MARK)
        cited = citations[read : read + count]
        read += count
        said = _BEFORE_STOP.sub(r"\1", " ".join(sentence.replace(_MARK, " ").split()))
        numbers = tuple(dict.fromkeys(each.number for each in cited))
        place = cited[0].place if cited else 0
        if re.search(r"\w", said) or cited:
            yield Statement(said, heading, numbers, place, is_quoted)


def _pieces(inline: Token, citations: list[Citation]) -> Iterator[str]:
    for child in inline.children or ():
        if child.type == "citation":
            citations.append(child.meta["citation"])
            yield _MARK
        elif child.type in {"softbreak", "hardbreak"}:
            yield " "
        else:
            yield child.content.replace(_MARK, " ")


def _sentences(text: str) -> Iterator[str]:
    start = 0
    quoted = [found.span() for pattern in QUOTED for found in pattern.finditer(text)]
    for end in _END.finditer(text):
        is_inside = any(first < end.start() and end.end() < last for first, last in quoted)
        if not is_inside and _ends(text, end):
            yield text[start : end.end()]
            start = end.end()
    yield text[start:]


def _ends(text: str, end: re.Match[str]) -> bool:
    """Tell whether a full stop ends a sentence and not an abbreviation or an initial."""
    if _MARK in end[0] or end[0][0] not in ".!?":
        return True
    after = text[end.end() : end.end() + 5].lstrip(" \n\"“'‘(«*_`")[:1]
    if after.islower() or not end[0].startswith("."):
        return not after.islower()
    before = _LAST_WORD.search(text[max(0, end.start() - _LONGEST_WORD) : end.start()])
    word = before[0] if before else ""
    is_initial = len(word) == 1 and word.isupper() and word.isalpha()
    return not is_initial and word.lower() not in _ABBREVIATIONS
