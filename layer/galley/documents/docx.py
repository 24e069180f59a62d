"""
DOCX: the paragraphs, headings, lists and tables of a Word document, as they stand in it.

The package is looked at before anything is unpacked. Nothing outside of it is ever fetched, and
entities are not expanded.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from galley.documents.model import Document, UnreadableDocumentError

MOST_BYTES = 200_000_000  # unpacked
MOST_PARTS = 5000
CELL = " | "

_NO_TITLE = "Word Document"  # what the library calls one that has none
_ENCRYPTED = (
    b"\xd0\xcf\x11\xe0"  # an OLE file: what Word makes with a password, and made before 2007
)
_LEVEL = re.compile(r"heading (\d)")
# What is no longer there, what stands elsewhere, and what says the same once more.
_LEFT_OUT = frozenset(map(qn, ("w:del", "w:moveFrom", "w:txbxContent", "w:footnotePr"))) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_CHARACTERS = {qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " ", qn("w:noBreakHyphen"): "-"}


def read(data: bytes) -> Document:
    """Return a Word document's text as Markdown."""
    _check(data)
    document = docx.Document(io.BytesIO(data))
    levels = _levels(document)
    title, parts = " ".join(document.core_properties.title.split()), []
    title = "" if title == _NO_TITLE else title
    for block in _blocks(document.element.body):
        is_table = block.tag == qn("w:tbl")
        text = _rows(block) if is_table else _text(block)
        level = "" if is_table else levels.get(_style(block), "-" if _is_item(block) else "")
        if text:
            parts.append(f"{level} {text}" if level else text)
            title = title or (text if level in {"#", "##"} else "")
    return Document(title[:200], "\n\n".join(parts))


def _check(data: bytes) -> None:
    if data.startswith(_ENCRYPTED):
        raise UnreadableDocumentError("encrypted, or in the format of a Word before 2007")
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise UnreadableDocumentError("damaged or cut off: it cannot be unpacked") from error
    # A part is never read beyond the size that it says it has.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnreadableDocumentError(f"it unpacks to more than {MOST_BYTES:,} bytes")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableDocumentError("encrypted: it opens with a password only")


def _levels(document: Any) -> dict[str, str]:
    """Return the Markdown of each style of headings, by the style's id."""
    found = {}
    for style in document.styles:
        name = (style.name or "").lower()
        if name == "title":
            found[style.style_id] = "#"
        elif level := _LEVEL.fullmatch(name):
            found[style.style_id] = "#" * min(6, 1 + int(level[1]))
        elif name.startswith(("list bullet", "list number")):
            found[style.style_id] = "-"
    return found


def _blocks(element: Any) -> Iterator[Any]:
    """Return paragraphs and tables in their order; those of a table are its own."""
    for child in element.iterchildren():
        if child.tag in {qn("w:p"), qn("w:tbl")}:
            yield child
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield from _blocks(child)


def _style(paragraph: Any) -> str:
    properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if properties is None else str(properties.get(qn("w:val")))


def _is_item(paragraph: Any) -> bool:
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None


def _text(element: Any) -> str:
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield from _pieces(child)
            if child.tag == qn("w:p"):
                yield " "


def _rows(table: Any) -> str:
    rows = (
        [_text(cell) for cell in row.iterchildren(qn("w:tc"))]
        for row in table.iterchildren(qn("w:tr"))
    )
    return "\n".join(CELL.join(cell for cell in row if cell) for row in rows if any(row))
