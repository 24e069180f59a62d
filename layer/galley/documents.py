"""
The main text of a document: Markdown and plain text as they are, HTML without its page.

The knowledge base on a laptop and the search tool read documents through here, so that a
passage that was retrieved stands in the text that is kept.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

TEXT_SUFFIXES = frozenset({".md", ".markdown", ".txt", ".text", ".rst", ""})
HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
SUFFIXES = TEXT_SUFFIXES | HTML_SUFFIXES

SHORTEST_TEXT_CHARACTERS = 40
LARGEST_HTML_BYTES = 2_000_000  # parsing takes more than in step with the size
LONGEST_TITLE_CHARACTERS = 120  # of a line that is not marked as one
LONGEST_HEADING_CHARACTERS = 200

_TITLE_LINE = re.compile(r"^#{1,2}\s+(.+?)\s*#*$")
_RULE_LINE = re.compile(r"^\s*[=\-~*#_]{3,}\s*$")


class UnreadableDocumentError(ValueError):
    """A document has no text that can be read; the message says why."""


@dataclass(frozen=True)
class Document:
    """A document's title and main text."""

    title: str
    text: str


def read_document(name: str, data: bytes) -> Document:
    """
    Return the document in `data`; `name` is its file name or URI, whose suffix tells the format.

    Raises `UnreadableDocumentError` for formats and bytes that hold no readable text.
    """
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableDocumentError(f"{suffix} files are not read")
    if b"\x00" in data:
        raise UnreadableDocumentError("binary, not text")
    document = (
        _from_html(data) if suffix in HTML_SUFFIXES or _looks_like_html(data) else _from_text(data)
    )
    if len(document.text) < SHORTEST_TEXT_CHARACTERS:
        raise UnreadableDocumentError("no text in it")
    return Document(document.title or path.stem.replace("-", " ").replace("_", " "), document.text)


def _from_text(data: bytes) -> Document:
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n").strip()
    if (document := _titled(text)).title:
        return document
    first = next((line.strip() for line in text.splitlines() if not _RULE_LINE.match(line)), "")
    # A first line that ends like a sentence is prose, not a title.
    return Document(
        first if 0 < len(first) <= LONGEST_TITLE_CHARACTERS and first[-1] not in ".,;:" else "",
        text,
    )


def _from_html(data: bytes) -> Document:
    # Only the search tool's function carries this library (functions/search_actions).
    import trafilatura

    if len(data) > LARGEST_HTML_BYTES:
        raise UnreadableDocumentError("an HTML file of more than 2 MB")
    tree = trafilatura.load_html(data)
    if tree is None:
        raise UnreadableDocumentError("no HTML in it")
    named = " ".join((tree.findtext(".//title") or "").split())
    text = trafilatura.extract(
        tree, output_format="markdown", include_tables=False, include_comments=False, fast=True
    )
    # The heading of the main text is a better title than the page's, which names the site too.
    document = _titled(text or "")
    return Document((document.title or named)[:LONGEST_HEADING_CHARACTERS], document.text)


def _titled(text: str) -> Document:
    for line in text.splitlines()[:12]:
        if heading := _TITLE_LINE.match(line[:LONGEST_HEADING_CHARACTERS]):
            return Document(heading[1], text)
    return Document("", text)


def _looks_like_html(data: bytes) -> bool:
    return data[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Windows-1252 is what "plain text" in an unknown encoding most often is; its five
        # unassigned bytes become U+FFFD instead of an error.
        return data.decode("cp1252", errors="replace")
