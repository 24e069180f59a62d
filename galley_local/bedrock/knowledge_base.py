"""The knowledge base on a laptop: documents cut into passages and searched with BM25."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bm25s
from galley.documents import Document

from galley_local.extractive.words import stem

PASSAGE_CHARACTERS = 900
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Passage:
    """A part of a document, small enough to be returned whole."""

    uri: str
    text: str


class KnowledgeBase:
    """Passages of documents by URI, and the index over them."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.passages = [
            Passage(uri, part)
            for uri, document in documents.items()
            for part in _parts(document.text)
        ]
        self._index = bm25s.BM25()
        if self.passages:
            tokens = self._tokens([passage.text for passage in self.passages])
            self._index.index(tokens, show_progress=False)

    def retrieve(self, query: str, limit: int) -> list[dict[str, Any]]:
        """Return retrieval results as Retrieve's API words them, best first."""
        if not self.passages:
            return []
        count = min(limit, len(self.passages))
        found, scores = self._index.retrieve(self._tokens([query]), k=count, show_progress=False)
        return [
            {
                "content": {"type": "TEXT", "text": self.passages[index].text},
                "location": {"type": "S3", "s3Location": {"uri": self.passages[index].uri}},
                "score": float(score),
            }
            for index, score in zip(found[0], scores[0], strict=True)
            if score > 0
        ]

    def _tokens(self, texts: list[str]) -> Any:
        return bm25s.tokenize(
            texts,
            stopwords="en",
            stemmer=lambda words: [stem(word) for word in words],
            show_progress=False,
            return_ids=True,
        )


def _parts(text: str) -> list[str]:
    parts = [""]
    for paragraph in _BREAK.split(text):
        if parts[-1] and len(parts[-1]) + len(paragraph) > PASSAGE_CHARACTERS:
            parts.append("")
        parts[-1] += ("\n\n" if parts[-1] else "") + paragraph
        if len(parts[-1]) > 2 * PASSAGE_CHARACTERS:
            parts[-1:] = _pieces(parts[-1])
    return [part for part in parts if part.strip()]


def _pieces(text: str) -> list[str]:
    pieces, start = [], 0
    while len(text) - start > 2 * PASSAGE_CHARACTERS:
        end = start + PASSAGE_CHARACTERS
        space = text.rfind(" ", start, end)
        end = space if space > start else end
        pieces.append(text[start:end].lstrip())
        start = end
    return [*pieces, text[start:].lstrip()]
