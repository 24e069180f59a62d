"""Search agent: a topic in, pointers to the sources out; the same search is paid for once."""

import os
from dataclasses import dataclass, replace
from typing import Any

from galley import telemetry
from galley.agents import Agent, agent_from_env
from galley.artifacts import Artifacts, s3_client
from galley.casting import AS_USUAL, NO_BUDGET, Budget, Variant, part_of
from galley.contracts import Source
from galley.events import read_task
from galley.prompts import prompt_beside
from galley.replies import choices_from_reply
from galley.scope import Scope
from galley.sources import searches
from galley.sources.choosing import asked_for, choose
from galley.workflows import Workflows, table_named

AGENT = agent_from_env()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
MINIMUM_SOURCES = int(os.environ["MINIMUM_SOURCES"])
CACHE_SECONDS = int(os.environ["SEARCH_CACHE_SECONDS"])
PROMPT = prompt_beside(__file__)
_DECIDES = ("AGENT", "AGENT_VERSION", "WEB_SOURCES")  # and so what it searched has to be the same
AGENT_STATE = [*(os.environ[name] for name in _DECIDES), PROMPT.text, telemetry.VERSION]


@dataclass(frozen=True)
class SearchTask:
    """What to look for, and for whom."""

    scope: Scope
    topic: str
    max_sources: int
    fresh: bool = False
    variant: Variant = AS_USUAL
    budget: Budget = NO_BUDGET


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return search(read_task(event, SearchTask, "search_agent"), AGENT, ARTIFACTS, WORKFLOWS)


def search(
    task: SearchTask, agent: Agent, artifacts: Artifacts, workflows: Workflows
) -> dict[str, Any]:
    """Return where the sources lie, best first, and whether they came from the cache."""
    scope = task.scope
    asked = (scope.tenant, task.topic, task.max_sources, *AGENT_STATE, task.variant.to_event())
    kept_as = searches.search_hash(artifacts, *asked)  # each variant searches for itself
    known = searches.remembered(workflows.find_search(kept_as), scope, fresh=task.fresh)
    cached = searches.sources_of(artifacts, scope, known)
    sources = _chosen_sources(task, agent, artifacts) if cached is None else cached
    for source in sources:
        artifacts.keep(scope.source_key(source.source_id), source)
    ids = [source.source_id for source in sources if not source.gap]
    if cached is None and searches.can_be_remembered(sources, MINIMUM_SOURCES):
        found = {"workflow_id": scope.workflow_id, "source_ids": [s.source_id for s in sources]}
        workflows.keep_search(kept_as, found, CACHE_SECONDS)
    pointers = [{"source_id": each, "key": scope.source_key(each)} for each in ids]
    return {"sources": pointers, "cached": cached is not None}


def _chosen_sources(task: SearchTask, agent: Agent, artifacts: Artifacts) -> list[Source]:
    """Return what the agent chose, best first, and after it what no tool could read: gaps."""
    agent, template = part_of("search", task, agent, PROMPT, artifacts)
    prompt = template.fill(topic=task.topic, max_sources=asked_for(task.max_sources))
    answer = agent.ask(prompt, task.scope.session_id("search"), task.scope.attributes())
    found = searches.candidates_in(artifacts, task.scope)
    readable = {each: found[each] for each in found if not found[each].source.gap}
    choices = choices_from_reply(answer.text, set(readable))
    chosen = [replace(readable[each.source_id], reason=each.reason) for each in choices]
    best = choose(chosen, readable.values(), task.max_sources)
    call = answer.evidence() | template.evidence(prompt)
    gaps = [each.source for each in found.values() if each.source.gap]
    return [*searches.sources_from(best, artifacts, task.scope, call), *gaps]
