"""What a search has found for a workflow, and what an earlier one of the same kind has chosen."""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from galley.artifacts import Artifacts, sha256
from galley.contracts import Source
from galley.scope import CORPUS_PREFIX, Scope
from galley.sources.choosing import Candidate
from galley.variants import fell_back

READERS = 10  # as many connections as a client keeps


def candidates_in(artifacts: Artifacts, scope: Scope) -> dict[str, Candidate]:
    """Return what the tools have found for a workflow, by id; gaps included, texts left there."""
    keys = artifacts.list_keys(scope.key("found/"))
    with ThreadPoolExecutor(READERS) as pool:
        found = list(pool.map(lambda key: Candidate.of(artifacts.read(key, Source)), keys))
    return {each.source_id: each for each in found}


def sources_from(
    chosen: Iterable[Candidate], artifacts: Artifacts, scope: Scope, call: dict[str, Any]
) -> list[Source]:
    """Return what was chosen as the sources that are kept, each with its text and its call."""
    found = (artifacts.read(scope.found_key(each.source_id), Source) for each in chosen)
    return [each.as_source(source.text, call) for each, source in zip(chosen, found, strict=True)]


def search_hash(artifacts: Artifacts, *asked: Any) -> str:
    """Return what a search is remembered by: all that is asked, and the state of the corpus."""
    return sha256(json.dumps([*asked, artifacts.state_of(CORPUS_PREFIX)]).encode("utf-8"))


def remembered(
    cached: Mapping[str, Any] | None, scope: Scope, *, fresh: bool
) -> Mapping[str, Any] | None:
    """Return a remembered search if it may be used; one that asks for `fresh` uses its own only."""
    # What an earlier attempt of this very workflow has found is fresh.
    is_own = cached and cached["workflow_id"] == scope.workflow_id
    return cached if is_own or not fresh else None


def can_be_remembered(sources: Iterable[Source], fewest: int) -> bool:
    """Tell whether other workflows may have a search's sources; too few are searched for again."""
    readable = [each for each in sources if not each.gap]
    # What another agent or prompt has found in place of a variant's is not the variant's.
    return len(readable) >= fewest and not any(fell_back(each.agent) for each in readable)


def sources_of(
    artifacts: Artifacts, scope: Scope, cached: Mapping[str, Any] | None
) -> list[Source] | None:
    """Return the sources of a remembered search; None where it has to be done again."""
    if cached is None:
        return None
    first = Scope(scope.tenant, cached["workflow_id"])
    sources = [artifacts.find(first.source_key(each), Source) for each in cached["source_ids"]]
    # The other workflow's artifacts may have reached the end of their lifecycle: search again.
    return [each for each in sources if each] if sources and None not in sources else None
