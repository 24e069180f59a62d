"""What a document is once it is read, and what is said where it cannot be."""

from dataclasses import dataclass, field


class UnreadableDocumentError(ValueError):
    """A document has no text that can be read; the message says why."""


@dataclass(frozen=True)
class Document:
    """A document's title and main text; `pages` says where in the text each page begins, if any."""

    title: str
    text: str
    pages: list[int] = field(default_factory=list)
