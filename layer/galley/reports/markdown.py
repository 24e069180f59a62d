"""Markdown that this application writes itself, without the library that renders it."""

import re
from collections.abc import Mapping

from galley.contracts import Summary
from galley.replies import cited_numbers

_NO_ADDRESS = re.compile(r"[<>\s\\]")
_SPECIAL = re.compile(r"([\\`*_\[\]<>!#])")


def with_list_of_sources(draft: str, numbered: Mapping[int, Summary]) -> str:
    """Return the draft followed by the sources that it cites: a list that no agent can invent."""
    cited = cited_numbers(draft)
    entries = [
        f"[{number}] {entry_of(source)}" for number, source in numbered.items() if number in cited
    ]
    return "\n\n".join([draft, "## Sources", *entries]) + "\n"


def entry_of(source: Summary) -> str:
    """Return how a source stands in the list, behind its number."""
    name = name_of(source.uri)
    is_address = is_on_the_web(name) and not _NO_ADDRESS.search(name)
    # A page's address as a link that shows where it leads; nothing in it closes it.
    return f"{as_text(source.title)} ({f'<{name}>' if is_address else as_text(name)})"


def name_of(uri: str) -> str:
    """Return what a reader knows a source by: a file's name, a page's address."""
    return uri if is_on_the_web(uri) else uri.rpartition("/corpus/")[2]


def is_on_the_web(uri: str) -> bool:
    """Tell whether a source is a page that a browser may be sent to."""
    return uri.lower().startswith(("https://", "http://"))


def as_text(text: str) -> str:
    """Return text that Markdown shows as it is: one line, nothing in it a link or a citation."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
