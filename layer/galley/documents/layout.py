"""
Lines on pages become the paragraphs and headings that they were set from.

What repeats at the edge of pages (running headers, footers, page numbers) is left out, words that
were divided at the end of a line are whole again, and a sentence goes on across a page.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from galley.documents.model import Document

EDGE = 0.12  # of a page's height, at its top and at its bottom
FEWEST_REPEATS = 3  # pages that have the same words at their edge
LARGER = 1.12  # a heading's height, in heights of the text
TITLE = 1.6
APART = 1.35  # the distance of paragraphs, in distances of lines
INDENT = 0.8  # of a first line, in heights of the text
SHORT = 0.85  # of the column: where a paragraph's last line ends before
HEADING_CHARACTERS = 200

_NUMBER = re.compile(r"\d+|\b[ivxlc]+\b")
_PAGE_NUMBER = re.compile(r"[\W_]*(?:page|seite|p\.)?[\W_]*#(?:\s*(?:of|/|von|-)\s*#)?[\W_]*")
_LEADER = re.compile(r"(?:\.\s?){5,}\s*\w*$")  # a line of a table of contents
_ITEM = re.compile(r"(?:[•‣▪●◦–—*·-]|\(?(?:\d{1,3}|[a-z])[.)])\s+\S")
_ENDED = re.compile(r"[.!?:;…。！？：؟][\"”’»)\]]*$")
_DIVIDED = re.compile(r"(\w+)[-\xad\u2010]$")
_WORD = re.compile(r"\w+(?:-\w+)+|\w+")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True)
class Line:
    """A line of a page: its words, and where they stand, in points from the lower left."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    is_bold: bool = False

    @property
    def size(self) -> float:
        """The height of the line's letters."""
        return self.top - self.bottom


@dataclass(frozen=True)
class Page:
    """The lines of a page, in the order in which they are read."""

    lines: list[Line]
    height: float


def document_of(pages: list[Page], named: str) -> Document:
    """Return what pages say as Markdown; `named` is a title that the file gives itself."""
    kept = _without_edges(pages)
    text = _Text(kept)
    for lines in kept:
        text.begin_page()
        for line in lines:
            text.add(line)
    return Document(named or text.title, "".join(text.parts), text.pages)


def _without_edges(pages: list[Page]) -> list[list[Line]]:
    seen = Counter(each for page in pages for each in {*_edge(page).values()})
    return [
        [
            line
            for place, line in enumerate(page.lines)
            if not _LEADER.search(line.text) and not _repeats(_edge(page).get(place), seen)
        ]
        for page in pages
    ]


Mark = tuple[str, int]  # words at the edge of a page, numbers apart, and their height there


def _edge(page: Page) -> dict[int, Mark]:
    low, high = EDGE * page.height, (1 - EDGE) * page.height
    return {
        place: (_NUMBER.sub("#", line.text.lower()), round(line.bottom / 4))
        for place, line in enumerate(page.lines)
        if line.top < low or line.bottom > high
    }


def _repeats(mark: Mark | None, seen: Counter[Mark]) -> bool:
    if mark is None:
        return False
    words, height = mark
    times = sum(seen[words, height + each] for each in (-1, 0, 1))
    return times >= FEWEST_REPEATS or _PAGE_NUMBER.fullmatch(words) is not None


class _Text:
    """The text so far, and what is known of the whole that tells how a line goes on."""

    def __init__(self, pages: list[list[Line]]) -> None:
        lines = [line for page in pages for line in page]
        self.parts: list[str] = []
        self.pages: list[int] = []
        self.title = ""
        self._length = 0
        self._size = median(_heights(lines) or [1.0])
        self._pitch = median(_pitches(pages) or [self._size])
        self._is_bold = sum(line.is_bold for line in lines) > len(lines) / 2
        self._words = {word.lower() for line in lines for word in _WORD.findall(line.text)}
        self._last: Line | None = None
        self._is_heading = False
        self._width = 0.0  # where the lines of the column end
        self._is_new_page = False

    def begin_page(self) -> None:
        self.pages.append(self._length)
        self._is_new_page = True

    def add(self, line: Line) -> None:
        level = self._level(line)
        if self._goes_on(line, level):
            self._join(line.text)
        else:
            self._put("\n\n" if self.parts else "")
            if self._is_new_page:
                self.pages[-1] = self._length
            self._put(f"{level} {line.text}" if level else line.text)
            if level and not self.title and len(self.pages) == 1:
                self.title = line.text
        self._width = line.right if self._is_new_page else max(self._width, line.right)
        self._last, self._is_heading, self._is_new_page = line, bool(level), False

    def _level(self, line: Line) -> str:
        """Return the Markdown of the heading that a line looks like, or nothing."""
        larger = line.size / self._size
        is_bold = line.is_bold and not self._is_bold
        if (larger < LARGER and not is_bold) or len(line.text) > HEADING_CHARACTERS:
            return ""
        if line.text[-1] in ".,;" or not re.search(r"[^\W\d_]", line.text):
            return ""
        return "#" if larger >= TITLE else "##" if larger >= LARGER else "###"

    def _goes_on(self, line: Line, level: str) -> bool:
        last = self._last
        if last is None or bool(level) != self._is_heading:
            return False
        if abs(line.size - last.size) > (LARGER - 1) * self._size:
            return False
        gap = last.bottom - line.bottom
        if self._is_new_page or gap < 0:  # another page or column: a sentence goes on
            return not (level or _ENDED.search(last.text) or _ITEM.match(line.text))
        if gap > APART * max(self._pitch, line.size if level else 0.0):
            return False
        if level:
            return True
        is_indented = line.left - last.left > INDENT * self._size and not _ITEM.match(last.text)
        is_over = _ENDED.search(last.text) and last.right < SHORT * self._width
        return not (is_indented or is_over or _ITEM.match(line.text))

    def _join(self, text: str) -> None:
        last = self.parts[-1]
        if (divided := _DIVIDED.search(last)) and text[:1].islower():
            self.parts[-1] = last[:-1]
            self._length -= 1
            first = _WORD.match(text)
            whole = f"{divided[1]}-{first[0] if first else ''}".lower()
            # A hyphen that the word has elsewhere too is its own.
            self._put(f"-{text}" if whole in self._words else text)
        elif _WIDE.match(text) and _WIDE.match(last[-1:]):
            self._put(text)
        else:
            self._put(f" {text}")
        if self._is_new_page:  # it begins within a paragraph
            self.pages[-1] = self._length - len(text)

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)


def _heights(lines: Iterable[Line]) -> list[float]:
    """Return the height of the letters of each line, once for every few of its letters."""
    return [line.size for line in lines for _ in range(1 + len(line.text) // 20)]


def _pitches(pages: list[list[Line]]) -> list[float]:
    """Return how far each line stands below the one before, where it does."""
    return [gap for page in pages for gap in _gaps(page) if gap > 0]


def _gaps(lines: list[Line]) -> Iterator[float]:
    for last, line in pairwise(lines):
        if abs(last.left - line.left) < last.size:
            yield last.bottom - line.bottom
