"""A draft's blocks in a Word document: paragraphs, lists, tables, links and citations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docx.text.paragraph import Paragraph

from galley.reports.blocks import Block, Span
from galley.reports.word_parts import (
    TABLE,
    bookmark,
    heads,
    internal_link,
    numbered_anew,
    xml_text,
)

if TYPE_CHECKING:
    from docx.document import Document

DEEPEST = 3  # lists that Word's template has a style for


class BlockWriter:
    """Adds blocks to a document."""

    def __init__(self, word: "Document") -> None:
        self._word = word

    def write(self, blocks: Sequence[Block], depth: int = 0, style: str = "Normal") -> None:
        """Add blocks at the document's end."""
        for block in blocks:
            getattr(self, f"_{block['kind']}")(block, depth, style)

    def _paragraph(self, block: Block, _: int, style: str) -> None:
        self._spans(self._word.add_paragraph(style=style), block["spans"])

    def _heading(self, block: Block, _: int, __: str) -> None:
        level = min(max(2, block["level"] - 1), 9)
        self._spans(self._word.add_heading("", level), block["spans"])

    def _list(self, block: Block, depth: int, _: str) -> None:
        level = min(depth + 1, DEEPEST)
        name = "List Number" if block["is_ordered"] else "List Bullet"
        style = name if level == 1 else f"{name} {level}"
        number = numbered_anew(self._word, style, block["first"]) if block["is_ordered"] else None
        for item in block["items"]:
            for place, part in enumerate(item):
                if part["kind"] == "paragraph":
                    # what follows in an item stands under it, without a sign of its own
                    line = self._word.add_paragraph(
                        style=f"List Continue{style[11:]}" if place else style
                    )
                    if number and not place:
                        number(line)
                    self._spans(line, part["spans"])
                else:
                    self.write([part], depth + 1)

    def _quote(self, block: Block, depth: int, _: str) -> None:
        self.write(block["blocks"], depth, "Quote")

    def _code(self, block: Block, _: int, __: str) -> None:
        self._word.add_paragraph(xml_text(block["text"]), "Code")

    def _rule(self, _: Block, __: int, ___: str) -> None:
        self._word.add_paragraph("⁂", "Subtitle")

    def _table(self, block: Block, _: int, __: str) -> None:
        rows = block["rows"]
        table = self._word.add_table(len(rows), len(rows[0]), style=TABLE)
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, spans in zip(row.cells, cells, strict=False):
                cell.paragraphs[0].style = "Cell"
                self._spans(cell.paragraphs[0], spans)
        heads(table.rows[0])
        self._word.add_paragraph()

    def _spans(self, line: Paragraph, spans: Sequence[Span], **look: bool) -> None:
        for span in spans:
            kind = span["kind"]
            if kind in {"strong", "em"}:
                self._spans(line, span["spans"], **look, **{_LOOKS[kind]: True})
            elif kind == "citation":
                bookmark(line, f"cited-{span['place']}", is_empty=True)
                internal_link(line, span["anchor"], f"[{span['number']}]")
            else:
                run = line.add_run(xml_text(span.get("text", "")))
                run.bold, run.italic = look.get("bold"), look.get("italic")
                if kind == "break":
                    run.add_break()
                if kind == "code":
                    run.style = "Code in text"


_LOOKS = {"strong": "bold", "em": "italic"}
