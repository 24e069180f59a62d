"""Layout: a report's sections as Markdown, each sentence with its citations."""

import re

from galley_local.extractive.facts import Fact, likeness
from galley_local.extractive.outline import Section, runs_of

_PARAGRAPH = 4  # sentences that need no break


def report(title: str, lead: list[Fact], sections: list[Section]) -> str:
    """Return the report as Markdown; it has no list of sources."""
    parts = [f"# {as_heading(title)}"]
    if lead:
        parts += ["## Summary", _paragraph(lead)]
    for section in sections:
        parts.append(f"## {as_heading(section.heading)}")
        parts += [_paragraph(facts) for facts in _paragraphs(section.facts)]
    return "\n\n".join(parts) + "\n"


def as_heading(text: str) -> str:
    """Return a text as a heading's words: one line, no citation, no full stop."""
    bare = " ".join(re.sub(r"\[\d{1,3}\]", " ", text).split()).lstrip("#").strip(" .")
    return bare[:1].upper() + bare[1:]


def _paragraphs(facts: list[Fact]) -> list[list[Fact]]:
    """Cut a long section where the least is lost: between runs of different sources."""
    if len(facts) <= _PARAGRAPH:
        return [facts] if facts else []
    ends = {id(run[-1]) for run in runs_of(facts)}

    def loss(at: int) -> tuple[float, int]:
        inside = 0.0 if id(facts[at - 1]) in ends else 1.0
        near = likeness(facts[at - 1], facts[at])
        same = 0.1 * (facts[at - 1].source == facts[at].source)
        return inside + near + same + 0.05 * abs(at - len(facts) / 2), at

    cut = min(range(2, len(facts) - 1), key=loss)
    return [*_paragraphs(facts[:cut]), *_paragraphs(facts[cut:])]


def _paragraph(facts: list[Fact]) -> str:
    return " ".join(fact.cited() for fact in facts)
