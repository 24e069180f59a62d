"""HTML: the main text of a page, without what stands around it."""

from galley.documents.model import Document, UnreadableDocumentError
from galley.documents.plain import LONGEST_HEADING_CHARACTERS, decoded, has_mark, heading_in

LARGEST_BYTES = 2_000_000  # parsing takes more than in step with the size
# The worst that can be made of so little takes a second: less than a process of its own may take.
HARMLESS_BYTES = 64_000


def looks_like_html(text: str) -> bool:
    """Tell whether a text is a page, whatever its name says."""
    return text[:200].lstrip().lower().startswith(("<!doctype html", "<html"))


def is_harmless(data: bytes) -> bool:
    """Tell whether a page can be read in this very process, because it is small as it is."""
    # What is no UTF-8 may be packed, which the library would unpack, or makes it guess for long.
    return len(data) <= HARMLESS_BYTES and _in_utf_8(data) is not None


def read(data: bytes) -> Document:
    """Return a page's main text as Markdown."""
    if len(data) > LARGEST_BYTES:
        raise UnreadableDocumentError("an HTML file of more than 2 MB")
    try:
        title, text = _main_text(data)
    except RecursionError as error:
        raise UnreadableDocumentError("HTML that is nested too deeply") from error
    except (UnreadableDocumentError, MemoryError):
        raise
    except Exception as error:  # a page can break its reader in any way
        raise UnreadableDocumentError(f"damaged ({type(error).__name__})") from error
    return Document(title[:LONGEST_HEADING_CHARACTERS], text)


def _main_text(data: bytes) -> tuple[str, str]:
    # Only the search tools' functions carry this library (functions/search_actions).
    import trafilatura

    text = decoded(data) if has_mark(data) else _in_utf_8(data)
    tree = trafilatura.load_html(text or data)
    if tree is None:
        raise UnreadableDocumentError("no HTML in it")
    for sign in tree.xpath("//a[contains(@class, 'headerlink')]"):
        sign.drop_tree()  # the ¶ by which a manual's heading is linked to
    named = _words(tree.findtext(".//title") or "")
    headings = [_words(each.text_content()) for each in tree.iter("h1")]
    text = trafilatura.extract(
        tree, output_format="markdown", include_tables=False, include_comments=False, fast=True
    )
    return _title(named, headings, text or ""), text or ""


def _in_utf_8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _title(named: str, headings: list[str], text: str) -> str:
    # A page may have its heading outside of its main text, which then begins with "Synopsis".
    if named and len(headings) == 1 and headings[0].startswith(named):
        return headings[0]
    # Else the heading of the main text is a better title than the page's, which names the site too.
    return heading_in(text) or named


def _words(text: str) -> str:
    return " ".join(text.split())
