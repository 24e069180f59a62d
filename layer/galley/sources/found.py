"""Documents that a search has found: kept whole where the adapter reads them, by id."""

import hashlib
from functools import lru_cache

from galley.artifacts import Artifacts
from galley.contracts import TEXT_CHARACTERS, Source
from galley.documents import UnreadableDocumentError, read_document
from galley.errors import ArtifactMissingError
from galley.scope import CORPUS_PREFIX, Scope
from galley.telemetry import logger


class FoundDocuments:
    """What has been found for one workflow, and a way to add to it."""

    def __init__(self, artifacts: Artifacts, scope: Scope) -> None:
        self._artifacts = artifacts
        self._scope = scope
        self._corpus = f"s3://{artifacts.bucket}/{CORPUS_PREFIX}"
        self._known = set(artifacts.list_keys(scope.key("found/")))

    def title_of(self, uri: str, score: float) -> str | None:
        """Keep the document at an S3 URI and return its title; None where nothing can be read."""
        if not uri.startswith(self._corpus):
            return None
        key = self._scope.found_key(self.id_of(uri))
        if key in self._known:
            return _kept_title(self._artifacts, key)
        source = self._read(uri, score)
        self._artifacts.keep(key, source)
        self._known.add(key)
        return source.title if source.text else None

    def _read(self, uri: str, score: float) -> Source:
        """Return what stands at a URI; what cannot be read is a gap for the reviewer to know."""
        name = uri.removeprefix(self._corpus)
        try:
            document = read_document(uri, self._artifacts.read_bytes(CORPUS_PREFIX + name))
        except (ArtifactMissingError, UnreadableDocumentError) as error:
            is_gone = isinstance(error, ArtifactMissingError)
            gap = "it is no longer among the documents" if is_gone else str(error)
            logger.warning("a retrieved document cannot be read: %s", gap)
            return Source(self.id_of(uri), name, uri, "", score, gap=gap)
        text = document.text[:TEXT_CHARACTERS]
        left_out = len(document.text) - len(text)
        pages = [start for start in document.pages if start < len(text)]
        return Source(
            self.id_of(uri), document.title, uri, text, score, left_out=left_out, pages=pages
        )

    def id_of(self, uri: str) -> str:
        """Return a document's id: made from its name, so that it is the same everywhere."""
        return hashlib.sha256(uri.removeprefix(self._corpus).encode("utf-8")).hexdigest()[:8]


@lru_cache(maxsize=1000)
def _kept_title(artifacts: Artifacts, key: str) -> str | None:
    # What was found stays as it is: an environment that is warm reads it once.
    source = artifacts.read(key, Source)
    return source.title if source.text else None
