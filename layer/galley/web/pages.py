"""What the web has given one workflow: searches, and the pages that they named, kept whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from galley.artifacts import Artifacts, sha256
from galley.contracts import TEXT_CHARACTERS, Source
from galley.documents import UnreadableDocumentError, read_document
from galley.scope import Scope
from galley.web.address import Address
from galley.web.failures import AddressError, NoTextError, WebError
from galley.web.fetching import Fetcher, Page
from galley.web.providers import Hit
from galley.web.search import PASSAGE_CHARACTERS, Found, Named, WebSearch, search_name

SHORTEST_TEXT_CHARACTERS = 200  # of what a provider itself has, to be a source by itself


@dataclass(frozen=True)
class FoundPages:
    """
    What has been found for one workflow, and a way to add to it.

    Only pages that a search has named are fetched: the addresses in a text that an agent reads, or
    that it is told to make up, lead nowhere, and carry nothing out.
    """

    artifacts: Artifacts
    scope: Scope

    def search(self, query: str, web: WebSearch) -> Found:
        """Return what a search names; the same search of a workflow is made once."""
        key = self.scope.key("searches", f"{search_name(query)}.json")
        if kept := self.artifacts.find(key, Found):
            return kept
        hits, failed = web.search(query)
        results = [self._named(provider, hit) for provider, hit in hits]
        found = Found(query, results, failed)
        # Whom nobody could ask may answer the next time: then it is searched again.
        names = sha256(found.to_json().encode("utf-8"))[:16]
        self.artifacts.keep(key.replace(".json", f".{names}.json") if failed else key, found)
        return found

    def fetch(self, url: str, fetcher: Fetcher) -> Source:
        """
        Return the page that a search has named, whole.

        Raises a `WebError` where it cannot be had, and keeps that for the reviewer to know.
        """
        address = Address.parse(url)
        named = self._naming(str(address))
        if named is None:
            raise AddressError("no search has named this address: search first, then fetch")
        key = self.scope.found_key(id_of(named.url))
        kept = self.artifacts.find(key, Source)
        if kept and not kept.gap:
            return kept
        try:
            page = fetcher.fetch(address)
            source = _read(page, named)
        except WebError as error:
            gap = Source(id_of(named.url), named.title or named.url, named.url, "", gap=str(error))
            self.artifacts.keep_first(key, gap)
            raise
        self.artifacts.keep_first(key, source)
        if self.artifacts.read(key, Source).gap:  # until now it could not be had
            self.artifacts.keep(key, source)
        return source

    def _named(self, provider: str, hit: Hit) -> Named:
        source_id = ""
        if len(hit.text) >= SHORTEST_TEXT_CHARACTERS:
            # The abstract of a paper, at the address where it stands: it is whole as it is.
            source_id = id_of(f"{hit.text_at}#abstract")
            abstract = _source(source_id, hit.title, hit.text_at, hit.text)
            self.artifacts.keep_first(self.scope.found_key(source_id), abstract)
        passage = hit.passage[:PASSAGE_CHARACTERS]
        return Named(hit.url, hit.title, passage, provider, source_id)

    def _naming(self, url: str) -> Named | None:
        for key in self.artifacts.list_keys(self.scope.key("searches/")):
            for named in self.artifacts.read(key, Found).results:
                if named.url == url:
                    return named
        return None


def id_of(url: str) -> str:
    """Return a page's id: long enough that nobody finds an address with the id of another."""
    return hashlib.sha256(url.encode("utf-8")).hexdigest()[:16]


def _source(source_id: str, title: str, uri: str, text: str, pages: Sequence[int] = ()) -> Source:
    kept = text[:TEXT_CHARACTERS]
    return Source(
        source_id,
        title,
        uri,
        kept,
        left_out=len(text) - len(kept),
        pages=[start for start in pages if start < len(kept)],
        retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _read(page: Page, named: Named) -> Source:
    name = PurePosixPath(page.address.target.partition("?")[0]).stem or page.address.host
    try:
        document = read_document(f"{name.replace('/', '-')}{page.suffix}", page.data)
    except UnreadableDocumentError as error:
        raise NoTextError(f"the page cannot be read: {error}") from error
    untitled = name.replace("-", " ").replace("_", " ")
    title = named.title if document.title == untitled else document.title
    return _source(id_of(named.url), title, str(page.address), document.text, document.pages)
