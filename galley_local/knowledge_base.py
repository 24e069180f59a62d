"""The knowledge base on a laptop: a folder of documents, cut into passages, searched with BM25."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bm25s
import Stemmer
from galley.documents import UnreadableDocumentError, read_document

PASSAGE_CHARACTERS = 900
LARGEST_DOCUMENT_BYTES = 20_000_000
_BREAK = re.compile(r"\n\s*\n")


class CorpusError(ValueError):
    """A corpus cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Passage:
    """A part of a document, small enough to be returned whole."""

    uri: str
    text: str


@dataclass
class Corpus:
    """The documents of a folder: their bytes by key, and what was left out and why."""

    folder: Path
    documents: dict[str, bytes] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Corpus":
        """Read every file below a folder; raises `CorpusError` where there is nothing to read."""
        if not folder.is_dir():
            raise CorpusError(f"{folder} is not a folder; give a folder of documents to --corpus")
        corpus = cls(folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:]):
                corpus._add(path)
        if not corpus.documents:
            raise CorpusError(
                f"{folder} has no document that can be read; Markdown, text and HTML files can"
            )
        return corpus

    def _add(self, path: Path) -> None:
        name = path.relative_to(self.folder).as_posix()
        try:
            if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
                self.left_out[name] = f"larger than {LARGEST_DOCUMENT_BYTES:,} bytes"
            else:
                self.documents[name] = path.read_bytes()
        except OSError as error:
            self.left_out[name] = error.strerror or "cannot be read"


class KnowledgeBase:
    """Passages of documents, and the index over them."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self.left_out: dict[str, str] = {}
        self.passages: list[Passage] = []
        self._stemmer = Stemmer.Stemmer("english")
        for uri, data in documents.items():
            try:
                text = read_document(uri, data).text
            except UnreadableDocumentError as error:
                self.left_out[uri] = str(error)
                continue
            self.passages += [Passage(uri, part) for part in _parts(text)]
        self._index = bm25s.BM25()
        if self.passages:
            self._index.index(
                self._tokens([each.text for each in self.passages]), show_progress=False
            )

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
            texts, stopwords="en", stemmer=self._stemmer, show_progress=False, return_ids=True
        )


def _parts(text: str) -> list[str]:
    parts = [""]
    for paragraph in _BREAK.split(text):
        if parts[-1] and len(parts[-1]) + len(paragraph) > PASSAGE_CHARACTERS:
            parts.append("")
        parts[-1] += ("\n\n" if parts[-1] else "") + paragraph
        while len(parts[-1]) > 2 * PASSAGE_CHARACTERS:
            cut = parts[-1].rfind(" ", 0, PASSAGE_CHARACTERS)
            cut = cut if cut > 0 else PASSAGE_CHARACTERS
            parts[-1:] = [parts[-1][:cut], parts[-1][cut:].lstrip()]
    return [part for part in parts if part.strip()]
