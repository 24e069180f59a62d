"""Documents that a search has found: kept whole where the adapter reads them, by id."""

import hashlib
from functools import lru_cache

from galley.artifacts import Artifacts
from galley.contracts import Source
from galley.documents import UnreadableDocumentError, read_document
from galley.errors import ArtifactMissingError
from galley.scope import Scope
from galley.telemetry import logger

CORPUS_PREFIX = "corpus/"
TEXT_CHARACTERS = 500_000  # a reviewer's page reads forty of them


class FoundDocuments:
    """What has been found for one workflow, and a way to add to it."""

    def __init__(self, artifacts: Artifacts, scope: Scope) -> None:
        self._artifacts = artifacts
        self._scope = scope
        self._corpus = f"s3://{artifacts.bucket}/{CORPUS_PREFIX}"
        self._known = set(artifacts.list_keys(scope.key("found/")))

    def title_of(self, uri: str, score: float) -> str | None:
        """Keep the document at an S3 URI and return its title; None where it is no document."""
        if not uri.startswith(self._corpus):
            return None
        key = self._scope.found_key(self.id_of(uri))
        if key in self._known:
            return _kept_title(self._artifacts, key)
        name = CORPUS_PREFIX + uri.removeprefix(self._corpus)
        try:
            document = read_document(uri, self._artifacts.read_bytes(name))
        except (ArtifactMissingError, UnreadableDocumentError) as error:
            logger.warning("a retrieved document cannot be read: %s", error)
            return None
        text = document.text[:TEXT_CHARACTERS]
        left_out = len(document.text) - len(text)
        source = Source(self.id_of(uri), document.title, uri, text, score, left_out=left_out)
        self._artifacts.keep(key, source)
        return document.title

    def id_of(self, uri: str) -> str:
        """Return a document's id: made from its name, so that it is the same everywhere."""
        return hashlib.sha256(uri.removeprefix(self._corpus).encode("utf-8")).hexdigest()[:8]


@lru_cache(maxsize=1000)
def _kept_title(artifacts: Artifacts, key: str) -> str:
    # What was found stays as it is: an environment that is warm reads it once.
    return artifacts.read(key, Source).title
