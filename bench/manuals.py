"""
Manuals of a hundred pages as PDF, made of real reference texts that every machine has.

The texts are the language reference that comes with Python, and the docstrings of its modules and
of the libraries here; the pages have what manuals' pages have: a running header, page numbers,
headings, justified paragraphs.
"""

import ast
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

PAGES = 100
SHORTEST_CHARACTERS = 80  # of a paragraph that says something
PAGE_CHARACTERS = 2600
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

_STYLES = getSampleStyleSheet()
_BODY = _STYLES["BodyText"].clone("manual", alignment=TA_JUSTIFY, fontSize=11.5, leading=16)


def make_manuals(folder: Path, count: int) -> None:
    """Fill a folder with manuals, each of a hundred pages of its own."""
    chapters = _chapters()
    for number in range(1, count + 1):
        _write(folder / f"volume-{number}.pdf", f"Python manual, volume {number}", chapters)


def _write(path: Path, title: str, chapters: Iterator[tuple[str, list[str]]]) -> None:
    def frame(canvas: Any, document: SimpleDocTemplate) -> None:
        canvas.drawString(72, A4[1] - 40, title)
        canvas.drawCentredString(A4[0] / 2, 40, f"Page {document.page} of {PAGES}")

    story, characters = [Paragraph(title, _STYLES["Title"])], 0
    while characters < PAGES * PAGE_CHARACTERS:
        heading, paragraphs = next(chapters)
        story.append(Paragraph(escape(heading), _STYLES["Heading2"]))
        story += [Paragraph(escape(each), _BODY) for each in paragraphs]
        characters += sum(map(len, paragraphs))
    document = SimpleDocTemplate(str(path), pagesize=A4, title=title)
    document.build(story, onFirstPage=frame, onLaterPages=frame)


def _chapters() -> Iterator[tuple[str, list[str]]]:
    told: set[str] = set()
    for heading, texts in _texts():
        parts = [part for text in texts for part in _paragraphs(text) if part not in told]
        told.update(parts)
        if parts:
            yield heading, list(dict.fromkeys(parts))


def _texts() -> Iterator[tuple[str, list[str]]]:
    for name, text in sorted(topics.items()):
        yield f"On {name.lower()}", [text]
    for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")):
        for path in sorted(Path(folder).rglob("*.py")):
            with suppress(SyntaxError, ValueError, RecursionError):
                nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                texts = [ast.get_docstring(node) for node in nodes if isinstance(node, DOCUMENTED)]
                yield f"The module {path.stem}", [text for text in texts if text]


def _paragraphs(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in text.split("\n\n"))
    return [part for part in parts if len(part) > SHORTEST_CHARACTERS]
