"""Search agent: a topic in, pointers to the sources out; the same search is paid for once."""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from typing import Any

from galley import telemetry
from galley.agents import Agent, agent_from_env
from galley.artifacts import Artifacts, s3_client
from galley.contracts import Source, choices_from_reply
from galley.prompts import prompt_beside
from galley.scope import Scope
from galley.workflows import Workflows, table_named

AGENT = agent_from_env()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
CACHE_SECONDS = int(os.environ["SEARCH_CACHE_SECONDS"])
PROMPT = prompt_beside(__file__)


@dataclass(frozen=True)
class SearchTask:
    """What to look for, and for whom."""

    scope: Scope
    topic: str
    max_sources: int

    @property
    def cache_key(self) -> str:
        """What makes two searches of one tenant the same search."""
        asked = [self.scope.tenant, self.topic, self.max_sources, os.environ["AGENT_ALIAS_ID"]]
        return hashlib.sha256(json.dumps(asked).encode("utf-8")).hexdigest()


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    task = SearchTask(Scope.from_event(event), event["topic"], event["max_sources"])
    return search(task, AGENT, ARTIFACTS, WORKFLOWS)


def search(
    task: SearchTask, agent: Agent, artifacts: Artifacts, workflows: Workflows
) -> dict[str, Any]:
    """Return where the sources lie, best first, and whether they came from the cache."""
    cached = _cached_sources(task, artifacts, workflows)
    sources = _chosen_sources(task, agent, artifacts) if cached is None else cached
    for source in sources:
        artifacts.keep(task.scope.source_key(source.source_id), source)
    if cached is None and sources:
        ids = [source.source_id for source in sources]
        found = {"workflow_id": task.scope.workflow_id, "source_ids": ids}
        workflows.keep_search(task.cache_key, found, CACHE_SECONDS)
    return {
        "sources": [
            {"source_id": source.source_id, "key": task.scope.source_key(source.source_id)}
            for source in sources
        ],
        "cached": cached is not None,
    }


def _chosen_sources(task: SearchTask, agent: Agent, artifacts: Artifacts) -> list[Source]:
    prompt = PROMPT.fill(topic=task.topic, max_sources=task.max_sources)
    answer = agent.ask(prompt, task.scope.session_id("search"), task.scope.attributes())
    found = artifacts.list_keys(task.scope.key("found/"))
    known = {key.rpartition("/")[2].removesuffix(".json") for key in found}
    return [
        replace(
            artifacts.read(task.scope.found_key(choice.source_id), Source), reason=choice.reason
        )
        for choice in choices_from_reply(answer.text, known)[: task.max_sources]
    ]


def _cached_sources(
    task: SearchTask, artifacts: Artifacts, workflows: Workflows
) -> list[Source] | None:
    cached = workflows.find_search(task.cache_key)
    if cached is None:
        return None
    first = Scope(task.scope.tenant, cached["workflow_id"])
    sources = [artifacts.find(first.source_key(each), Source) for each in cached["source_ids"]]
    # The other workflow's artifacts may have reached the end of their lifecycle: search again.
    return None if None in sources else [source for source in sources if source]
