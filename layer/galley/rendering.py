"""Drafts as HTML: Markdown through a parser that lets no raw HTML and no script link pass."""

import re
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

_CITATION = re.compile(r"\[(\d{1,3})\]")
_LINKED = r'<a class="citation" href="#source-\1">[\1]</a>'
_LIST_OF_SOURCES = "<h2>Sources</h2>"
_LINK = re.compile(r'<a class="citation" href="#source-\d+">(\[\d+\])</a>')
_ENTRY = re.compile(r"<p>\[(\d+)\] ")
_PAGES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def html_from_markdown(markdown: str) -> str:
    """Return the draft as an HTML fragment, each [n] linked to its entry in the list of sources."""
    html = str(_MARKDOWN.render(markdown))
    body, heading, entries = html.rpartition(_LIST_OF_SOURCES)
    if not heading:
        return html
    # A bracketed number in a title is part of the title.
    entries = _ENTRY.sub(r'<p id="source-\1"><b>\1</b> ', _LINK.sub(r"\1", entries))
    return body + heading + entries


def fill_page(template: str, **values: Any) -> str:
    """Fill a Jinja2 page; every value is escaped unless the template says it is HTML."""
    return _PAGES.from_string(template).render(**values)


def _text(
    _: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _environment: Any
) -> str:
    # Only text is searched for citations, never an attribute or a URL.
    return _CITATION.sub(_LINKED, escapeHtml(tokens[index].content))


# No images: one in a draft would tell its server who reads it, and when.
# No link definitions: `[1]: https://…` would turn citations into links to elsewhere.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "reference"])
)
_MARKDOWN.add_render_rule("text", _text)
