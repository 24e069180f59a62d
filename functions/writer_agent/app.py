"""Writer agent: the summaries and the reviewer's wishes in, a draft with citations out."""

import os
from dataclasses import asdict, dataclass, field
from typing import Any

from galley import telemetry
from galley.agents import Agent, agent_from_env
from galley.artifacts import Artifacts, s3_client, sha256
from galley.casting import AS_USUAL, NO_BUDGET, Budget, Variant, part_of
from galley.citations.gate import Gate
from galley.contracts import Brief, Summary
from galley.errors import BudgetExceededError
from galley.events import Pointer, read_task
from galley.ledger.accounts import Accounts
from galley.ledger.partial import partial_draft
from galley.prompts import prompt_beside
from galley.replies import draft_from_reply
from galley.scope import Scope
from galley.sources.quorum import Gap, check_quorum, not_dropped

AGENT = agent_from_env()
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
ACCOUNTS = Accounts.from_env()
PROMPT = prompt_beside(__file__)


@dataclass(frozen=True)
class WriterTask:
    """One round's draft; `summaries` are in the order that numbers the citations."""

    scope: Scope
    topic: str
    round: int
    summaries: list[Pointer]
    redrives: int = 0
    minimum_sources: int = 0
    refusals: list[str] = field(default_factory=list)  # of sources that no budget had room for
    variant: Variant = AS_USUAL
    gaps: list[Gap] = field(default_factory=list)
    budget: Budget = NO_BUDGET


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return write(read_task(event, WriterTask, "writer_agent"), AGENT, ARTIFACTS)


def write(task: WriterTask, agent: Agent, artifacts: Artifacts) -> dict[str, Any]:
    """Return where a round's draft lies, and its SHA-256; a kept one is not paid for again."""
    key = task.scope.draft_key(task.round)
    kept = artifacts.find_bytes(key)
    digest = sha256(kept) if kept else artifacts.keep_first(key, _draft(task, agent, artifacts))
    told = ACCOUNTS.told(task.scope.workflow_id, is_partial=bool(task.refusals))
    return {"key": key, "sha256": digest, "round": task.round, **told}


def _draft(task: WriterTask, agent: Agent, artifacts: Artifacts) -> str:
    check_quorum(task)
    gate = Gate(artifacts, task.scope, task.round, task.redrives)
    summaries = [artifacts.read(each.key, Summary) for each in task.summaries]
    numbered = dict(enumerate(summaries, start=1))
    brief_key = task.scope.brief_key(task.round - 1)
    changes = artifacts.read(brief_key, Brief).changes if task.round > 1 else []
    usable = not_dropped(numbered, changes)
    agent, template = part_of("writer", task, agent, PROMPT, artifacts)
    prompt = template.fill(
        topic=task.topic,
        sources=[each.offered(number) for number, each in usable.items()],
        changes=[asdict(change) for change in changes],
        returned=gate.offered(),
    )
    session_id = task.scope.session_id("writer", gate.item)
    try:
        answer = agent.ask(prompt, session_id, task.scope.attributes())
    except BudgetExceededError as error:
        return partial_draft(task, numbered, error, gate)
    call = answer.evidence() | template.evidence(prompt)
    given = " ".join([task.topic, *(change.what for change in changes)])
    return gate.passed(draft_from_reply(answer.text), usable, given, call)
