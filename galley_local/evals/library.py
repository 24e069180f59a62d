"""What cases share: documents, what the summary agent said of each, and drafts that were sent."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from galley.contracts import TEXT_CHARACTERS, Claim, Source, Summary
from galley.documents import Document, UnreadableDocumentError, read_document
from galley.scope import CORPUS_PREFIX
from galley.sources.kinds import kind_of

from galley_local.evals.fields import CaseError, read_fields, read_yaml

ROOT = Path(__file__).parents[2]
EVALS = ROOT / "evals"
EXAMPLES = ROOT / "examples" / "corpus"  # which cases may name, too


@dataclass(frozen=True)
class _Quoted:
    """A claim as a case's author writes it: the quote alone where it says it all."""

    quote: str
    text: str = ""


@dataclass
class Library:
    """The folder of cases, and what they name in it."""

    folder: Path = EVALS
    _documents: dict[str, Document] = field(default_factory=dict)

    def document(self, name: str) -> Document:
        """Return a document by its name in `sources/`, or in the example's corpus."""
        if name not in self._documents:
            path = next((each for each in self._paths(name) if each.is_file()), None)
            if path is None:
                raise CaseError(f"there is no document '{name}' in {self.folder}/sources")
            try:
                self._documents[name] = read_document(name, path.read_bytes())
            except UnreadableDocumentError as error:
                raise CaseError(f"the document '{name}' cannot be read: {error}") from error
        return self._documents[name]

    def _paths(self, name: str) -> tuple[Path, ...]:
        # a name leads nowhere else
        is_plain = name == Path(name).name
        return (self.folder / "sources" / name, EXAMPLES / name) if is_plain else ()

    def source(self, name: str, bucket: str) -> Source:
        """Return a document as the search adapter keeps it."""
        document = self.document(name)
        uri = f"s3://{bucket}/{CORPUS_PREFIX}{name}"
        return Source(
            source_id(name),
            document.title,
            uri,
            document.text[:TEXT_CHARACTERS],
            kind=kind_of(uri),
            reason="A case of the evals names it.",
        )

    def summary(self, name: str, bucket: str) -> Summary:
        """Return what the summary adapter keeps of a document, as `claims.yaml` has it."""
        document = self.document(name)
        if name not in self.claims:
            raise CaseError(f"sources: claims.yaml has no claims of '{name}'")
        uri = f"s3://{bucket}/{CORPUS_PREFIX}{name}"
        return Summary(source_id(name), document.title, uri, self.claims[name])

    @cached_property
    def claims(self) -> dict[str, list[Claim]]:
        """The claims of each document, by its name; every quote stands in its document."""
        shown = f"{self.folder.name}/claims.yaml"
        found: Any = read_yaml(self.folder / "claims.yaml", shown)
        if not isinstance(found, Mapping):
            raise CaseError(f"{shown}: expected documents by their names, each with its claims")
        claims = {}
        for name, each in found.items():
            where = f"{shown}: {name}"
            items = [{"quote": one} if isinstance(one, str) else one for one in each or ()]
            read = [read_fields(_Quoted, one, f"{where}[{n}]") for n, one in enumerate(items)]
            text = " ".join(self.document(name).text.split())
            for place, one in enumerate(read):
                if " ".join(one.quote.split()) not in text:
                    raise CaseError(f"{where}[{place}].quote does not stand in the document")
            claims[name] = [Claim(one.text or one.quote, one.quote) for one in read]
        return claims

    def draft(self, name: str) -> str:
        """Return a draft that a reviewer rejected, by its name in `drafts/`."""
        path = self.folder / "drafts" / Path(name).name
        if not path.is_file():
            raise CaseError(f"draft: there is no draft '{name}' in {self.folder}/drafts")
        return path.read_text(encoding="utf-8")


def source_id(name: str) -> str:
    """Return a document's id, as the search tool makes it from its name."""
    return hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
