"""PDF: the lines of its pages as PDFium tells them, and from them paragraphs (`layout.py`)."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator

import pypdfium2
from pypdfium2 import raw

from galley.documents.layout import Line, Page, document_of
from galley.documents.model import Document, UnreadableDocumentError

MOST_PAGES = 2000
FEWEST_CHARACTERS = 20  # a page on average, below which pages are pictures
END_BYTES = 65_536  # at the end of the file, where the mark of its end stands
MOST_UNKNOWN = 0.1  # of the characters: fonts that do not say which letters they have
BOLD = 600

_UNKNOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd\ue000-\uf8ff]")
# PDFium has a mark instead of a hyphen and a line's end.
_LINE = re.compile(r"([^\r\n\ufffe]*)(\r\n|\ufffe|\Z)")
_HYPHEN = {"\r\n": "", "\ufffe": "-", "": ""}
# Ligatures and the forms that letters take inside of words.
_FORMS = re.compile(r"[\ufb00-\ufdff\ufe70-\ufefc]+")
_NO_TITLE = re.compile(r"untitled|microsoft word|powerpoint|\.\w{2,4}$|^[\W\d_]*$", re.IGNORECASE)


def read(data: bytes) -> Document:
    """Return a PDF's text as Markdown."""
    pdf = _opened(data)
    if len(pdf) > MOST_PAGES:
        raise UnreadableDocumentError(
            f"a PDF of {len(pdf):,} pages; at most {MOST_PAGES:,} are read"
        )
    pages = [_page(pdf, number) for number in range(len(pdf))]
    text = "".join(line.text for page in pages for line in page.lines)
    if len(text) < FEWEST_CHARACTERS * len(pages):
        raise UnreadableDocumentError("scanned: its pages are pictures without text")
    if len(_UNKNOWN.findall(text)) > MOST_UNKNOWN * len(text):
        raise UnreadableDocumentError("its fonts do not say which letters they show")
    named = " ".join(pdf.get_metadata_value("Title").split())
    return document_of(pages, "" if _NO_TITLE.search(named) else named[:200])


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    if b"%PDF-" not in data[:1024]:
        raise UnreadableDocumentError("not a PDF, whatever its name says")
    if b"%%EOF" not in data[-END_BYTES:]:
        raise UnreadableDocumentError("cut off: the end of the file is missing")
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise UnreadableDocumentError("encrypted: it opens with a password only") from error
        raise UnreadableDocumentError("damaged: it cannot be opened") from error
    if len(pdf) == 0:
        raise UnreadableDocumentError("damaged: it has no pages")
    return pdf


def _page(pdf: pypdfium2.PdfDocument, number: int) -> Page:
    try:
        page = pdf[number]
        text = page.get_textpage()
        found = Page(list(_lines(text)), page.get_height())
    except pypdfium2.PdfiumError:
        return Page([], 1.0)  # one broken page: the others have text of their own
    text.close()
    page.close()
    return found


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    start = 0  # in UTF-16, which is how PDFium counts
    for found in _LINE.finditer(page.get_text_range()):
        whole, end = found.groups()
        stripped = whole.strip()
        if stripped:
            first = start + len(whole) - len(whole.lstrip())
            last = start + _units(whole.rstrip()) - 1
            left, right = _Character(page, first), _Character(page, last)
            yield Line(
                text=_FORMS.sub(_plain_form, " ".join(stripped.split())) + _HYPHEN[end],
                left=min(left.box.left, right.box.left),
                right=max(left.box.right, right.box.right),
                top=left.box.top,
                bottom=left.box.bottom,
                is_bold=left.is_bold and right.is_bold,
            )
        start += _units(whole) + len(end)


class _Character:
    def __init__(self, page: pypdfium2.PdfTextPage, place: int) -> None:
        index = max(0, raw.FPDFText_GetCharIndexFromTextIndex(page.raw, place))
        self.box = raw.FS_RECTF()
        # The box of the line's height, not of the letter's.
        raw.FPDFText_GetLooseCharBox(page.raw, index, self.box)
        name = ctypes.create_string_buffer(80)
        raw.FPDFText_GetFontInfo(page.raw, index, name, len(name), ctypes.c_int())
        self.is_bold = (
            b"bold" in name.value.lower() or raw.FPDFText_GetFontWeight(page.raw, index) >= BOLD
        )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _plain_form(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])
