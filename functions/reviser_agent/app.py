"""Reviser agent: a reviewer's comments in, a brief for the writer out."""

import os
from dataclasses import asdict, dataclass
from typing import Any

from galley import telemetry
from galley.agents import Agent, agent_from_env
from galley.artifacts import Artifacts, s3_client
from galley.casting import AS_USUAL, NO_BUDGET, Budget, Variant, part_of
from galley.contracts import Brief, Review, Summary
from galley.events import Pointer, read_task
from galley.prompts import prompt_beside
from galley.replies import changes_from_reply
from galley.scope import Scope

AGENT = agent_from_env()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
PROMPT = prompt_beside(__file__)


@dataclass(frozen=True)
class ReviserTask:
    """One rejected round; `summaries` are in the order that numbers the citations."""

    scope: Scope
    topic: str
    round: int
    summaries: list[Pointer]
    variant: Variant = AS_USUAL
    budget: Budget = NO_BUDGET


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return revise(read_task(event, ReviserTask, "reviser_agent"), AGENT, ARTIFACTS)


def revise(task: ReviserTask, agent: Agent, artifacts: Artifacts) -> dict[str, Any]:
    """Return where a round's brief lies; a kept one is not paid for again."""
    key = task.scope.brief_key(task.round)
    brief = artifacts.find(key, Brief)
    if brief is None:
        artifacts.keep_first(key, _brief(task, agent, artifacts))
        brief = artifacts.read(key, Brief)
    return {"key": key, "changes": len(brief.changes)}


def _brief(task: ReviserTask, agent: Agent, artifacts: Artifacts) -> Brief:
    scope = task.scope
    review = artifacts.read(scope.review_key(task.round), Review)
    earlier = artifacts.find(scope.brief_key(task.round - 1), Brief)
    summaries = [artifacts.read(each.key, Summary) for each in task.summaries]
    sources = [
        {"number": number, "title": summary.title}
        for number, summary in enumerate(summaries, start=1)
    ]
    source_ids = [each.source_id for each in task.summaries]
    agent, template = part_of("reviser", task, agent, PROMPT, artifacts)
    prompt = template.fill(
        topic=task.topic,
        draft=artifacts.read_text(scope.draft_key(task.round)),
        sources=sources,
        earlier_changes=[asdict(change) for change in earlier.changes] if earlier else [],
        comments=review.comments,
    )
    answer = agent.ask(
        prompt,
        scope.session_id("reviser", str(task.round)),
        scope.attributes(round=str(task.round), source_ids=",".join(source_ids)),
    )
    changes = changes_from_reply(answer.text, set(range(1, len(sources) + 1)))
    return Brief(changes, answer.evidence() | template.evidence(prompt))
