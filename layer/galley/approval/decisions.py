"""
Decisions: what reviewers can say of a round's draft, and what comes of it.

    PENDING  -- a vote that does not decide -->  PENDING
    PENDING  -- the vote that decides        -->  DECIDED, which is the end

Where any reviewer may decide, the first vote does. Where all must approve, the first rejection or
the last approval does. Nobody votes twice.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from galley.mail.addresses import folded
from galley.scope import Scope
from galley.signing import Ticket

PENDING, DECIDED = "PENDING", "DECIDED"


class Verdict(StrEnum):
    """What a reviewer can say; there is no third."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Rule(StrEnum):
    """Whose approval a draft needs."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True)
class Decision:
    """A verdict and the comments that go with it."""

    verdict: Verdict
    comments: str = ""


@dataclass(frozen=True)
class Vote:
    """One reviewer's decision; `by` is who signed in, where that is somebody else."""

    reviewer: str
    decision: Verdict
    comments: str
    decided_at: str
    by: str = ""

    @property
    def voter(self) -> str:
        """Who has voted: the reviewer, or whoever stood in."""
        return self.by or self.reviewer

    def says(self, decision: Decision) -> bool:
        """Tell whether the vote is what a decision says."""
        return (self.decision, self.comments) == (decision.verdict, decision.comments)

    def __str__(self) -> str:
        """Say who decided what, and when."""
        who = f"{self.by} for {self.reviewer}" if self.by else self.reviewer
        return f"{self.decision} by {who} at {self.decided_at}"


@dataclass(frozen=True)
class Approval:
    """One round of a workflow: who is asked about which bytes until when, and what was said."""

    scope: Scope
    round: int
    topic: str
    reviewers: list[str]
    rule: Rule
    draft_key: str
    draft_sha256: str
    expires_at: int  # seconds since the epoch
    task_token: str = field(repr=False)  # sealed
    attempt: int = 0  # which try of the waiting state the token is of; later ones are greater
    votes: list[Vote] = field(default_factory=list)
    told_at: str = ""  # when the workflow learned of the decision
    asked_at: str = field(default="", compare=False)  # when the table had it first
    is_partial: bool = False  # made of what there was when a budget was reached

    @property
    def deciding(self) -> Vote | None:
        """The vote that decided, if one has."""
        return deciding(self.rule, self.reviewers, self.votes)

    @property
    def status(self) -> str:
        """Whether it is decided."""
        return DECIDED if self.deciding else PENDING

    @property
    def silent(self) -> list[str]:
        """The reviewers who have not voted."""
        voted = {vote.reviewer for vote in self.votes}
        return [each for each in self.reviewers if each not in voted]

    @property
    def approvers(self) -> list[str]:
        """Who has approved: reviewers, or whoever stood in for one."""
        return [vote.voter for vote in self.votes if vote.decision is Verdict.APPROVED]

    @property
    def comments(self) -> str:
        """What the reviewers commented, each under their name where several did."""
        said = [vote for vote in self.votes if vote.comments]
        if len(said) < 2:  # noqa: PLR2004  # the only one needs no name
            return "".join(vote.comments for vote in said)
        return "\n\n".join(f"{vote.reviewer}:\n{vote.comments}" for vote in said)

    def vote_of(self, reviewer: str) -> Vote | None:
        """Return what a reviewer has said."""
        return next((vote for vote in self.votes if vote.reviewer == reviewer), None)

    def takes_vote_of(self, reviewer: str, now: float, by: str = "") -> bool:
        """Tell whether a reviewer, or whoever stands in, can still vote."""
        is_open = not self.deciding and reviewer in self.silent and now < self.expires_at
        return is_open and not self.has_part_of(by)

    def has_part_of(self, by: str) -> bool:
        """Tell whether a stand-in has a part already, where each of several has to approve."""
        parts = {folded(each) for each in (*self.reviewers, *(vote.by for vote in self.votes))}
        return self.rule is Rule.ALL and by != "" and folded(by) in parts

    def with_vote(self, vote: Vote) -> Self:
        """Return the approval with one more vote."""
        return replace(self, votes=[*self.votes, vote])

    def ticket_of(self, reviewer: str) -> Ticket:
        """Return what a reviewer's link stands for."""
        return Ticket(
            **asdict(self.scope),
            round=self.round,
            reviewer=reviewer,
            draft_sha256=self.draft_sha256,
            expires_at=self.expires_at,
        )

    def __str__(self) -> str:
        """Say what was decided, by whom, and when."""
        last = self.deciding
        if last is None:
            return f"not decided yet by {in_words(self.silent)}"
        if self.rule is Rule.ANY or last.decision is Verdict.REJECTED:
            return str(last)
        return f"{last.decision} by {in_words(self.approvers)} at {last.decided_at}"

    def to_item(self) -> dict[str, Any]:
        """Return it as the table keeps it."""
        item: dict[str, Any] = asdict(self) | {"status": self.status}
        scope: dict[str, Any] = item.pop("scope")
        return scope | item

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read what `to_item` has made; numbers come back as decimals."""
        votes = [Vote(**{**each, "decision": Verdict(each["decision"])}) for each in item["votes"]]
        return cls(
            scope=Scope.from_event(item),
            round=int(item["round"]),
            rule=Rule(item["rule"]),
            expires_at=int(item["expires_at"]),
            attempt=int(item["attempt"]),
            is_partial=bool(item.get("is_partial", False)),
            votes=votes,
            **{name: item[name] for name in ("topic", "reviewers", "draft_key", "draft_sha256")},
            **{name: item[name] for name in ("task_token", "told_at")},
            asked_at=item.get("asked_at", ""),  # those of an earlier release have none
        )


def deciding(rule: Rule, reviewers: Sequence[str], votes: Sequence[Vote]) -> Vote | None:
    """Return the vote that decides among votes in the order in which they were cast, if any."""
    if rule is Rule.ANY:
        return next(iter(votes), None)
    rejections = (vote for vote in votes if vote.decision is Verdict.REJECTED)
    last = votes[-1] if len(votes) == len(reviewers) else None
    return next(rejections, last)


def in_words(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
