"""Summary agent: one source in, one summary out, every claim with the words it rests on."""

import os
from dataclasses import dataclass
from typing import Any

from galley import telemetry
from galley.agents import Agent, agent_from_env
from galley.artifacts import Artifacts, s3_client
from galley.casting import AS_USUAL, NO_BUDGET, Budget, Variant, part_of
from galley.contracts import Source, Summary
from galley.errors import IrrelevantSourceError
from galley.events import Pointer, read_task
from galley.prompts import prompt_beside
from galley.replies import claims_from_reply
from galley.scope import Scope
from galley.sources.excerpts import excerpt_of

AGENT = agent_from_env()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
PROMPT = prompt_beside(__file__)

# A report states some thirty facts. So many to choose from are enough, of however many sources:
# each is written by this agent, and read by the writer in every turn.
CLAIMS_OF_ALL = 70
FEWEST_CLAIMS, MAX_CLAIMS = 4, 12


@dataclass(frozen=True)
class SummaryTask:
    """One source to summarise for a topic."""

    scope: Scope
    topic: str
    source: Pointer
    sources: int = 1  # how many there are of them
    variant: Variant = AS_USUAL
    budget: Budget = NO_BUDGET


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return summarize(read_task(event, SummaryTask, "summary_agent"), AGENT, ARTIFACTS)


def summarize(task: SummaryTask, agent: Agent, artifacts: Artifacts) -> dict[str, Any]:
    """Return where the summary of one source lies; a kept one is not paid for again."""
    source_id = task.source.source_id
    key = task.scope.summary_key(source_id)
    if artifacts.find(key, Summary) is None:
        source = artifacts.read(task.source.key, Source)
        artifacts.keep_first(key, _summary(task, source, agent, artifacts))
    return {"source_id": source_id, "key": key}


def _summary(task: SummaryTask, source: Source, agent: Agent, artifacts: Artifacts) -> Summary:
    agent, template = part_of("summary", task, agent, PROMPT, artifacts)
    most = most_claims(task.sources)
    offered = _offered(source, task.topic)
    prompt = template.fill(topic=task.topic, source=offered, max_claims=most)
    answer = agent.ask(
        prompt,
        task.scope.session_id("summary", source.source_id),
        task.scope.attributes(source_id=source.source_id),
    )
    claims = claims_from_reply(answer.text, source.text)[:most]
    if not claims:
        raise IrrelevantSourceError(f"source {source.source_id} says nothing on the topic")
    evidence = answer.evidence() | template.evidence(prompt)
    return Summary(source.source_id, source.title, source.uri, claims, evidence)


def most_claims(sources: int) -> int:
    """Return how many claims a summary has at most, where so many sources are summarised."""
    return min(MAX_CLAIMS, max(FEWEST_CLAIMS, CLAIMS_OF_ALL // max(1, sources)))


def _offered(source: Source, topic: str) -> dict[str, Any]:
    about = {"source_id": source.source_id, "title": source.title, "uri": source.uri}
    return {**about, "characters": len(source.text), **excerpt_of(source.text, topic)}
