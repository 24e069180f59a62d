"""Search agent: a topic in, pointers to the sources out; the same search is paid for once."""

import json
import os
from dataclasses import dataclass, replace
from typing import Any

from galley import telemetry
from galley.agents import Agent, agent_from_env
from galley.artifacts import Artifacts, s3_client, sha256
from galley.contracts import Source
from galley.events import read_task
from galley.prompts import prompt_beside
from galley.replies import choices_from_reply
from galley.scope import Scope
from galley.workflows import Workflows, table_named

AGENT = agent_from_env()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
MINIMUM_SOURCES = int(os.environ["MINIMUM_SOURCES"])
CACHE_SECONDS = int(os.environ["SEARCH_CACHE_SECONDS"])
PROMPT = prompt_beside(__file__)


@dataclass(frozen=True)
class SearchTask:
    """What to look for, and for whom."""

    scope: Scope
    topic: str
    max_sources: int


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return search(read_task(event, SearchTask, "search_agent"), AGENT, ARTIFACTS, WORKFLOWS)


def search(
    task: SearchTask, agent: Agent, artifacts: Artifacts, workflows: Workflows
) -> dict[str, Any]:
    """Return where the sources lie, best first, and whether they came from the cache."""
    search_hash = _search_hash(task)
    cached = _cached_sources(task.scope, workflows.find_search(search_hash), artifacts)
    sources = _chosen_sources(task, agent, artifacts) if cached is None else cached
    for source in sources:
        artifacts.keep(task.scope.source_key(source.source_id), source)
    ids = [source.source_id for source in sources]
    if cached is None and len(ids) >= MINIMUM_SOURCES:  # too few are searched for again
        found = {"workflow_id": task.scope.workflow_id, "source_ids": ids}
        workflows.keep_search(search_hash, found, CACHE_SECONDS)
    pointers = [{"source_id": each, "key": task.scope.source_key(each)} for each in ids]
    return {"sources": pointers, "cached": cached is not None}


def _chosen_sources(task: SearchTask, agent: Agent, artifacts: Artifacts) -> list[Source]:
    prompt = PROMPT.fill(topic=task.topic, max_sources=task.max_sources)
    answer = agent.ask(prompt, task.scope.session_id("search"), task.scope.attributes())
    found = artifacts.list_keys(task.scope.key("found/"))
    known = {key.rpartition("/")[2].removesuffix(".json") for key in found}
    return [
        replace(artifacts.read(task.scope.found_key(each.source_id), Source), reason=each.reason)
        for each in choices_from_reply(answer.text, known)[: task.max_sources]
    ]


def _search_hash(task: SearchTask) -> str:
    asked = [task.scope.tenant, task.topic, task.max_sources, telemetry.VERSION]
    return sha256(json.dumps(asked).encode("utf-8"))


def _cached_sources(
    scope: Scope, cached: dict[str, Any] | None, artifacts: Artifacts
) -> list[Source] | None:
    first = Scope(scope.tenant, cached["workflow_id"]) if cached else scope
    ids = cached["source_ids"] if cached else []
    sources = [artifacts.find(first.source_key(each), Source) for each in ids]
    # The other workflow's artifacts may have reached the end of their lifecycle: search again.
    return [each for each in sources if each] if sources and None not in sources else None
