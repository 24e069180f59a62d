"""HTML: the main text of a page, without what stands around it."""

from galley.documents.model import Document, UnreadableDocumentError
from galley.documents.plain import LONGEST_HEADING_CHARACTERS, decoded, has_mark, heading_in

LARGEST_BYTES = 2_000_000  # parsing takes more than in step with the size


def looks_like_html(text: str) -> bool:
    """Tell whether a text is a page, whatever its name says."""
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def read(data: bytes) -> Document:
    """Return a page's main text as Markdown."""
    # Only the search tool's function carries this library (functions/search_actions).
    import trafilatura

    if len(data) > LARGEST_BYTES:
        raise UnreadableDocumentError("an HTML file of more than 2 MB")
    try:
        tree = trafilatura.load_html((has_mark(data) and decoded(data)) or data)
        if tree is None:
            raise UnreadableDocumentError("no HTML in it")
        named = " ".join((tree.findtext(".//title") or "").split())
        text = trafilatura.extract(
            tree, output_format="markdown", include_tables=False, include_comments=False, fast=True
        )
    except RecursionError as error:
        raise UnreadableDocumentError("HTML that is nested too deeply") from error
    # The heading of the main text is a better title than the page's, which names the site too.
    title = heading_in(text or "") or named
    return Document(title[:LONGEST_HEADING_CHARACTERS], text or "")
