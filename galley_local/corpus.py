"""A folder of documents: what is in it, what can be read, and what was left out and why."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from galley.documents import (
    LARGEST_BYTES,
    Document,
    UnreadableDocumentError,
    is_read_apart,
    read_document,
)

LARGEST_DOCUMENT_BYTES = LARGEST_BYTES
# Reading HTML takes milliseconds a document: many of them are worth a second process.
MANY_DOCUMENTS = 200

Parsed = tuple[Document | None, str]


class CorpusError(ValueError):
    """A corpus cannot be used; the message says why and what to do."""


@dataclass
class Corpus:
    """The documents of a folder by their names in it, `/`-separated."""

    folder: Path
    data: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read every file below a folder; raises `CorpusError` where there is nothing to read."""
        if not folder.is_dir():
            raise CorpusError(f"{folder} is not a folder; give a folder of documents to --corpus")
        corpus = cls(folder)
        for name, path in _files(folder):
            corpus._load(name, path)
        for name, (document, why) in _parsed(corpus.data).items():
            if document is None:
                del corpus.data[name]
                corpus.left_out[name] = why
            else:
                corpus.documents[name] = document
        if not corpus.documents:
            reasons = "".join(f"\n  {name}: {why}" for name, why in corpus.first_left_out())
            raise CorpusError(
                f"{folder} has no document that can be read; "
                f"put Markdown, text, HTML, PDF or DOCX files there{reasons}"
            )
        return corpus

    def first_left_out(self, count: int = 5) -> list[tuple[str, str]]:
        """Return the first few files that were left out, with the reasons."""
        return sorted(self.left_out.items())[:count]

    def _load(self, name: str, path: Path) -> None:
        try:
            if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
                self.left_out[name] = f"larger than {LARGEST_DOCUMENT_BYTES:,} bytes"
            else:
                self.data[name] = path.read_bytes()
        except OSError as error:
            self.left_out[name] = (error.strerror or "cannot be read").lower()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if not hidden and path.is_file():
            yield relative.as_posix(), path


def _parsed(data: Mapping[str, bytes]) -> dict[str, Parsed]:
    # Those that are read in processes of their own are waited for side by side.
    bounded = {name for name, each in data.items() if is_read_apart(name, each)}
    parsed = _parsed_here({name: each for name, each in data.items() if name not in bounded})
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda name: _parse(name, data[name]), sorted(bounded))
        parsed |= dict(zip(sorted(bounded), found, strict=True))
    return {name: parsed[name] for name in data}


def _parsed_here(data: Mapping[str, bytes]) -> dict[str, Parsed]:
    if len(data) < MANY_DOCUMENTS:
        return {name: _parse(name, each) for name, each in data.items()}
    with ProcessPoolExecutor() as pool:
        return dict(zip(data, pool.map(_parse, data, data.values(), chunksize=32), strict=True))


def _parse(name: str, data: bytes) -> Parsed:
    try:
        return read_document(name, data), ""
    except UnreadableDocumentError as error:
        return None, str(error)
