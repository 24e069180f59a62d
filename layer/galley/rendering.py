"""Drafts as HTML: Markdown through a parser that lets no raw HTML and no script link pass."""

import re
from typing import Any

from jinja2 import Environment
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_CITATION = re.compile(r"\[(\d{1,3})\]")
_SOURCE_ITEM = re.compile(r"<p>\[(\d{1,3})\] ")


def html_from_markdown(markdown: str) -> str:
    """Return the draft as an HTML fragment, each [n] linked to its entry in the list of sources."""
    html = str(_MARKDOWN.render(markdown))
    html = _SOURCE_ITEM.sub(r'<p id="source-\1"><b>\1</b> ', html)
    return _CITATION.sub(r'<a class="citation" href="#source-\1">[\1]</a>', html)


def fill_page(template: str, **values: Any) -> str:
    """Fill a Jinja2 page; every value is escaped unless the template says it is HTML."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(**values)
