"""
Paragraphs of prose in Markdown, reStructuredText, plain text and what is left of HTML.

Read line by line, because the sources mix these formats and a paragraph must stay verbatim:
its words are those of the source with runs of whitespace collapsed, nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"^\s*([=\-~^\"'*+#_`])\1{2,}\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•‣◦·]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s+(?=\S)")
_TABLE = re.compile(r"^\s*(\||\+[-=+]{3,})|\s\|\s.*\s\|\s|^\s*={2,}(\s+={2,})+\s*$")
_MARKUP = re.compile(r"^\s*(<!--|</?[a-zA-Z][^>]*>\s*$|\.\. |:\w+:|//|\[\^?[\w-]+\]:\s)")
_FRONT_MATTER = re.compile(r"\A---\s*\n.*?\n(?:---|\.\.\.)\s*\n", re.DOTALL)
_SENTENCE_END = (".", "!", "?", ".”", '."', ".)", ".*", ".’")

# A line longer than this was not wrapped by hand: the source keeps one paragraph per line.
_WRAP_COLUMN = 120
_LONGEST_TITLE = 120
_LONGEST_LABEL = 40


@dataclass(frozen=True)
class Paragraph:
    """A stretch of prose, single-spaced, and the heading it stands under."""

    text: str
    heading: str
    is_item: bool = False


def paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs and list items of a text, without code, tables and headings."""
    lines = _FRONT_MATTER.sub("", text, count=1).splitlines()
    return [one for one in _read(lines) if one.text]


def _read(lines: list[str]) -> Iterator[Paragraph]:
    heading, held, is_item, fence = "", list[str](), False, ""
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if fence:
            fence = "" if line.strip().startswith(fence) else fence
            continue
        starts_item = bool(_ITEM.match(line))
        breaks = _breaks(line) or starts_item or (held and _ends_paragraph(held[-1], line))
        is_title = _is_title(line, following, bool(held))
        if held and (breaks or is_title):
            yield Paragraph(" ".join(held), heading, is_item)
            held = []
        if fenced := _FENCE.match(line):
            fence = fenced[1]
        elif found := _HEADING.match(line):
            heading = found[2]
        elif is_title:
            heading = line.strip()
        elif not _breaks(line):
            if not held:
                is_item = starts_item
            held.append(
                " ".join(_ITEM.sub("", line, count=1).split() if not held else line.split())
            )
    if held:
        yield Paragraph(" ".join(held), heading, is_item)


def _breaks(line: str) -> bool:
    return (
        not line.strip()
        or bool(_HEADING.match(line) or _UNDERLINE.match(line))
        or bool(_TABLE.search(line) or _MARKUP.match(line) or _FENCE.match(line))
    )


def _is_title(line: str, following: str, inside: bool) -> bool:
    # `Title` over `=====`: the rule is about as long as the title, and no paragraph comes before.
    return (
        not inside
        and bool(line.strip())
        and bool(_UNDERLINE.match(following))
        and len(following.strip()) >= min(len(line.strip()) - 2, 60)
        and len(line.strip()) <= _LONGEST_TITLE
    )


def _ends_paragraph(previous: str, line: str) -> bool:
    follows = line.strip()[:1]
    ended = previous.endswith((*_SENTENCE_END, ":"))
    if len(previous) > _WRAP_COLUMN or len(line) > _WRAP_COLUMN:
        # Extracted HTML may break a line before inline code, in the middle of a sentence.
        return ended or not (follows.islower() or follows in "`(,;.*_")
    # A short line without a full stop, followed by a capital: a label, not a wrapped sentence.
    is_label = len(previous) < _LONGEST_LABEL and not previous.endswith((*_SENTENCE_END, ",", ";"))
    return is_label and follows.isupper()
