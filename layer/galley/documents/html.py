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
        for sign in tree.xpath("//a[contains(@class, 'headerlink')]"):
            sign.drop_tree()  # the ¶ by which a manual's heading is linked to
        named = _words(tree.findtext(".//title") or "")
        headings = [_words(each.text_content()) for each in tree.iter("h1")]
        text = trafilatura.extract(
            tree, output_format="markdown", include_tables=False, include_comments=False, fast=True
        )
    except RecursionError as error:
        raise UnreadableDocumentError("HTML that is nested too deeply") from error
    return Document(_title(named, headings, text or "")[:LONGEST_HEADING_CHARACTERS], text or "")


def _title(named: str, headings: list[str], text: str) -> str:
    # A page may have its heading outside of its main text, which then begins with "Synopsis".
    if named and len(headings) == 1 and headings[0].startswith(named):
        return headings[0]
    # Else the heading of the main text is a better title than the page's, which names the site too.
    return heading_in(text) or named


def _words(text: str) -> str:
    return " ".join(text.split())
