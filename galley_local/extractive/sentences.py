"""Sentences of a source that can stand in a report, each with the words it rests on."""

from collections import deque
from dataclasses import dataclass, field

from sentencex import segment

from galley_local.extractive.form import bare_subject, fitness, without_connective
from galley_local.extractive.markup import clean
from galley_local.extractive.prose import paragraphs
from galley_local.extractive.words import content_stems, stem

_FOLLOWS_FITNESS = 0.6
_INTRODUCED_WITHIN = 3  # sentences
_ITEM_FITNESS = 0.7  # an item of a list leans on its list


@dataclass(frozen=True)
class Sentence:
    """A sentence fit to be quoted: `text` reads cleanly, `quote` is verbatim."""

    text: str
    quote: str
    heading: str
    paragraph: int
    position: int
    fitness: float
    follows: bool  # its subject was introduced just before
    stems: frozenset[str] = field(repr=False)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a source that can stand in a report, in the source's order."""
    found: list[Sentence] = []
    position = 0
    before: deque[frozenset[str]] = deque(maxlen=_INTRODUCED_WITHIN)
    for number, paragraph in enumerate(paragraphs(text)):
        heading = clean(paragraph.heading)
        for raw in split(paragraph.text):
            position += 1
            quote = without_connective(raw)
            readable = clean(quote)
            if quote != raw:
                readable = readable[:1].upper() + readable[1:]
            stems = frozenset(content_stems(readable))
            subject = bare_subject(readable)
            follows = bool(subject) and any(stem(subject) in one for one in before)
            before.append(stems)
            fit = fitness(readable) * (_ITEM_FITNESS if paragraph.is_item else 1.0)
            fit *= _FOLLOWS_FITNESS if follows else 1.0
            if fit:
                found.append(
                    Sentence(readable, quote, heading, number, position, fit, follows, stems)
                )
    return found


def split(text: str) -> list[str]:
    """Return all sentences of a text, as they stand."""
    return [one.strip() for one in segment("en", text) if one.strip()]
