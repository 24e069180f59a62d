"""What one draft says differently from another, as a reader marks it: by section and word."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from galley.approval.alignment import ALIKE, MOST_COMPARISONS, likeness, opcodes, pairs

SHORTEST_ISLAND_WORDS = 3

_BREAK = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"#{1,6}\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Piece:
    """Some words: `same`, `added`, `removed`, or `moved` here from elsewhere."""

    kind: str
    text: str


@dataclass(frozen=True)
class Row:
    """A `heading`, a `changed` paragraph, or how many paragraphs in a row are `unchanged`."""

    kind: str
    pieces: list[Piece]
    count: int = 0


@dataclass(frozen=True)
class _Section:
    heading: str
    paragraphs: list[str]

    @property
    def text(self) -> str:
        return " ".join([self.heading, *self.paragraphs])


_NONE = _Section("", [])


def differences(old: str, new: str) -> list[Row]:
    """Return what changed between two Markdown texts, in the order of the new one."""
    before, after = _sections(old), _sections(new)
    if len(before) * len(after) > MOST_COMPARISONS:
        before, after = [_as_one(before)], [_as_one(after)]
    kept = _sentences(before) & _sentences(after)
    rows: list[Row] = []
    for old_section, section in _pairs_of_sections(before, after):
        changed = list(_changed_rows(old_section.paragraphs, section.paragraphs, kept))
        if old_section.heading != section.heading or len(changed) > 1 or _is_change(changed):
            heading = _words(old_section.heading, section.heading)
            rows += [Row("heading", heading)] if heading else []
        rows += changed
    return _counted_together(rows) if _is_change(rows) else []


def _sections(markdown: str) -> list[_Section]:
    sections = [_Section("", [])]
    for paragraph in (" ".join(each.split()) for each in _BREAK.split(markdown)):
        if found := _HEADING.match(paragraph):
            sections.append(_Section(paragraph[found.end() :], []))
        elif paragraph:
            sections[-1].paragraphs.append(paragraph)
    return sections


def _as_one(sections: list[_Section]) -> _Section:
    lines = (each for section in sections for each in (section.heading, *section.paragraphs))
    return _Section("", [each for each in lines if each])


def _sentences(sections: list[_Section]) -> set[str]:
    paragraphs = (each for section in sections for each in section.paragraphs)
    return {sentence for each in paragraphs for sentence in _SENTENCE_END.split(each)}


def _is_change(rows: list[Row]) -> bool:
    return any(row.kind != "unchanged" for row in rows)


def _counted_together(rows: list[Row]) -> list[Row]:
    counted: list[Row] = []
    for row in rows:
        if counted and counted[-1].kind == row.kind == "unchanged":
            counted[-1] = Row("unchanged", [], counted[-1].count + row.count)
        else:
            counted.append(row)
    return counted


def _pairs_of_sections(
    before: list[_Section], after: list[_Section]
) -> Iterator[tuple[_Section, _Section]]:
    """Yield each new section with the one it was made from; those that are gone, in their place."""
    headings = {each.heading for each in after}
    left = dict(enumerate(before))
    paired: list[tuple[int, _Section]] = []  # the place of the old one; -1 where there is none
    for section in after:
        same = (place for place, each in left.items() if each.heading == section.heading)
        alike = (
            place
            for place, each in left.items()
            if each.heading not in headings and likeness(each.text, section.text) >= ALIKE
        )
        best = next(chain(same, alike), -1)
        left.pop(best, None)
        paired.append((best, section))
    gone = deque(left)  # places, in their order
    for best, section in paired:
        while gone and gone[0] < best:
            yield before[gone.popleft()], _NONE
        yield before[best] if best >= 0 else _NONE, section
    yield from ((before[place], _NONE) for place in gone)


def _changed_rows(before: list[str], after: list[str], kept: set[str]) -> Iterator[Row]:
    for kind, removed, added in opcodes(before, after):
        if kind == "equal":
            yield Row("unchanged", [], len(added))
            continue
        for old, new in pairs(removed, added):
            pieces = _pieces(old, new, kept)
            if new and all(piece.kind == "same" for piece in pieces):
                yield Row("unchanged", [], 1)  # a sentence has moved from here
            elif pieces:
                yield Row("changed", pieces)


def _pieces(old: str, new: str, kept: set[str]) -> list[Piece]:
    before, after = ([each for each in _SENTENCE_END.split(text) if each] for text in (old, new))
    pieces: list[Piece] = []
    for kind, removed, added in opcodes(before, after):
        if kind == "equal":
            pieces.append(Piece("same", " ".join(added)))
            continue
        gone, come = ([each for each in side if each not in kept] for side in (removed, added))
        made_from = {text: each for each, text in pairs(gone, come) if each and text}
        lost = [each for each in gone if each not in made_from.values()]
        pieces += [Piece("removed", each) for each in lost]
        for text in added:
            is_moved = text in kept
            pieces += [Piece("moved", text)] if is_moved else _words(made_from.get(text, ""), text)
    return _joined(pieces)


def _words(old: str, new: str) -> list[Piece]:
    pieces: list[Piece] = []
    gone: list[str] = []
    come: list[str] = []
    parts = opcodes(old.split(), new.split())
    for index, (kind, removed, added) in enumerate(parts):
        is_island = len(added) < SHORTEST_ISLAND_WORDS and 0 < index < len(parts) - 1
        if kind != "equal" or is_island:
            gone += removed
            come += added
            continue
        pieces += [Piece("removed", " ".join(gone)), Piece("added", " ".join(come))]
        pieces.append(Piece("same", " ".join(added)))
        gone, come = [], []
    pieces += [Piece("removed", " ".join(gone)), Piece("added", " ".join(come))]
    return [piece for piece in pieces if piece.text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, f"{joined[-1].text} {piece.text}")
        else:
            joined.append(piece)
    return joined
