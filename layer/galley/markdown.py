"""Markdown that this application writes itself, without the library that renders it."""

import re
from collections.abc import Mapping

from galley.contracts import Summary
from galley.replies import cited_numbers

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
    return f"{as_text(source.title)} ({as_text(source.uri.rpartition('/corpus/')[2])})"


def as_text(text: str) -> str:
    """Return text that Markdown shows as it is: one line, nothing in it a link or a citation."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
