"""
The main text of a document: Markdown and plain text as they are, others without their layout.

The knowledge base on a laptop and the search tool read documents through here, so that a
passage that was retrieved stands in the text that is kept.
"""

from pathlib import PurePosixPath

from galley.documents import html, plain
from galley.documents.bounded import read_bounded
from galley.documents.model import Document, UnreadableDocumentError

__all__ = [
    "LARGEST_BYTES",
    "SUFFIXES",
    "Document",
    "UnreadableDocumentError",
    "is_read_apart",
    "read_document",
]

TEXT_SUFFIXES = frozenset({".md", ".markdown", ".txt", ".text", ".rst", ""})
HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
BOUNDED_SUFFIXES = frozenset({".pdf", ".docx"})  # read in a process of their own, as large pages
SUFFIXES = TEXT_SUFFIXES | HTML_SUFFIXES | BOUNDED_SUFFIXES

SHORTEST_TEXT_CHARACTERS = 40
LARGEST_BYTES = 50_000_000  # what Bedrock's knowledge bases take, too


def read_document(name: str, data: bytes) -> Document:
    """
    Return the document in `data`; `name` is its file name or URI, whose suffix tells the format.

    Raises `UnreadableDocumentError` for formats and bytes that hold no readable text.
    """
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableDocumentError(f"{suffix} files are not read")
    if not data.strip():
        raise UnreadableDocumentError("an empty file")
    if len(data) > LARGEST_BYTES:
        raise UnreadableDocumentError(f"larger than {LARGEST_BYTES:,} bytes")
    document = _read(".pdf" if data.startswith(b"%PDF-") else suffix, data)
    if len(document.text) < SHORTEST_TEXT_CHARACTERS:
        raise UnreadableDocumentError("no text in it")
    title = document.title or path.stem.replace("-", " ").replace("_", " ")
    return Document(title, document.text, document.pages)


def is_read_apart(name: str, data: bytes) -> bool:
    """Tell whether a document is read in a process of its own, as far as its name tells."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix in BOUNDED_SUFFIXES or (suffix in HTML_SUFFIXES and not html.is_harmless(data))


def _read(suffix: str, data: bytes) -> Document:
    if suffix in BOUNDED_SUFFIXES:
        return read_bounded(suffix, data)
    text = plain.decoded(data) if suffix in TEXT_SUFFIXES else ""
    if text is None or (not text and b"\x00" in data and not plain.has_mark(data)):
        raise UnreadableDocumentError("binary, not text")
    if suffix in HTML_SUFFIXES or html.looks_like_html(text):
        return html.read(data) if html.is_harmless(data) else read_bounded(".html", data)
    return plain.read(text)
