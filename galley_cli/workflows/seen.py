"""A workflow as an operator sees it: what was recorded, what happened, what lies where."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from galley_cli.workflows.advice import Advice, Redrive, advice_on

OPEN = {"RUNNING", "WAITING_FOR_APPROVAL", "APPROVED", "REJECTED", "PENDING_REDRIVE"}


@dataclass(frozen=True)
class State:
    """One stay in a state; `failures` are attempts that failed, `error` the last one's."""

    name: str
    entered: datetime
    seconds: float
    over: bool
    retries: int = 0
    error: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Source:
    """One source on its way to a summary; `gap` is the error of one that has none."""

    source_id: str
    status: str
    gap: str = ""


@dataclass(frozen=True)
class AgentCall:
    """One call of an agent, as the ledger has it; `outcome` is empty while it is under way."""

    role: str
    item: str
    began_at: str
    outcome: str
    model: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    seconds: float
    usd: float | None  # None: the model has no price, or the call is not settled


@dataclass(frozen=True)
class Vote:
    """What one reviewer decided."""

    reviewer: str
    decision: str
    comments: str
    at: str
    by: str = ""


@dataclass(frozen=True)
class Round:
    """One round of approval: who is asked about which bytes until when, and what was said."""

    number: int
    rule: str
    reviewers: list[str]
    expires_at: datetime
    draft_sha256: str
    draft_key: str
    decision: str  # empty: none yet
    told_at: str
    votes: list[Vote] = field(default_factory=list)

    @property
    def silent(self) -> list[str]:
        """The reviewers who have not voted."""
        voted = {vote.reviewer for vote in self.votes}
        return [each for each in self.reviewers if each not in voted]


@dataclass(frozen=True)
class Visit:
    """What somebody did at the human gate, as the audit has it."""

    at: str
    did: str
    round: int
    reviewer: str
    by: str = ""


@dataclass(frozen=True)
class Artifact:
    """One object under the workflow's prefix."""

    key: str
    bytes: int


@dataclass(frozen=True)
class Failure:
    """How a run ended that did not publish."""

    name: str
    message: str

    @property
    def advice(self) -> Advice:
        """What it means and what to do."""
        return advice_on(self.name)


@dataclass
class Workflow:
    """Everything that is known of one workflow; no link, no token and no key is in it."""

    workflow_id: str
    status: str
    execution: str = ""
    tenant: str = ""
    topic: str = ""
    version: str = ""
    reviewers: list[str] = field(default_factory=list)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    round: int = 0
    redrives: int = 0
    redrivable: str = ""  # why it cannot be redriven; empty where it can, or has not failed
    failure: Failure | None = None
    states: list[State] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    calls: list[AgentCall] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    cost_usd: float | None = None
    budget_usd: float | None = None
    at_budget: str = ""
    partial: bool = False
    transitions: int = 0
    deleted: Visit | None = None  # the last that its audit says, when all else of it is gone

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status in OPEN

    @property
    def waiting(self) -> Round | None:
        """The round that waits for its reviewers."""
        waits = self.status == "WAITING_FOR_APPROVAL"
        return next((each for each in self.rounds if waits and each.number == self.round), None)

    @property
    def state(self) -> State | None:
        """The state that it is in, or has failed in."""
        return next((each for each in reversed(self.states) if not each.over), None)

    @property
    def can_be_redriven(self) -> bool:
        """Whether a redrive is possible, and not bound to fail again."""
        failed = self.failure
        return bool(failed and not self.redrivable and failed.advice.redrive is not Redrive.NEVER)

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        said = plain(asdict(self))
        if self.failure:
            said["failure"] |= asdict(self.failure.advice) | {
                "can_be_redriven": self.can_be_redriven
            }
        return dict(said)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: numbers for decimals, ISO 8601 for times."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def as_json(value: Any) -> str:
    """Return a value as the text that `--json` prints."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n"
