"""PDF and Word files as people have them, and as they are broken, made for tests."""

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

LINE = 14
Drawn = Callable[[Canvas, int], object]


def a_pdf(*pages: str, title: str = "", around: Drawn | None = None, **options: Any) -> bytes:
    """Return a PDF; a line that begins with # is set as a heading is, a blank one is left free."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    canvas.setTitle(title or "untitled")
    for number, page in enumerate(pages, 1):
        if around:
            around(canvas, number)
        for place, line in enumerate(page.strip("\n").splitlines()):
            is_heading = line.startswith("# ")
            canvas.setFont(_font(line), 18 if is_heading else 11)
            canvas.drawString(72, A4[1] - 120 - LINE * place, line.removeprefix("# "))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _font(line: str) -> str:
    if line.isascii():
        return "Helvetica"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def a_scan(pages: int = 3) -> bytes:
    """Return a PDF whose pages are pictures."""
    return a_pdf(*[""] * pages, around=lambda canvas, _: canvas.rect(72, 72, 400, 600, fill=1))


def a_docx(fill: Callable[[Any], object], title: str = "") -> bytes:
    """Return a Word document that something has filled."""
    document, buffer = docx.Document(), io.BytesIO()
    document.core_properties.title = title
    fill(document)
    document.save(buffer)
    return buffer.getvalue()


def with_part(data: bytes, name: str, content: bytes | Iterable[bytes]) -> bytes:
    """Return a Word document in which one part is another."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as whole,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for part in whole.namelist():
            if part != name:
                changed.writestr(part, whole.read(part))
        with changed.open(name, "w") as part_file:
            for piece in [content] if isinstance(content, bytes) else content:
                part_file.write(piece)
    return buffer.getvalue()
