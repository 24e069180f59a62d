"""
The evidence bundle: all that a published report rests on, in one JSON text (docs/evidence.md).

Every format of the report is made from it and from nothing else, so that whoever has the bundle can
make them again, to the same bytes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from galley.approval.decisions import Verdict, in_words
from galley.contracts import Contract, Review
from galley.pages import moment
from galley.reports.evidence import Evidence, Quoted, Use
from galley.reports.markdown import is_on_the_web
from galley.sources.passages import Passage

UNKNOWN_TIME = "1980-01-01T00:00:00+00:00"
SCHEMA = "galley-evidence-1"

Record = dict[str, Any]


class BundleError(ValueError):
    """A text is no bundle that can be read; the message says why."""


@dataclass(frozen=True)
class Bundle(Contract):
    """
    What is kept of a publication.

    `report` is the Markdown that was approved. `citations` are the anchors that its citations lead
    to, in their order, and `evidence` what stands at those anchors.
    """

    schema: str
    workflow: Record  # whose it is, its execution, and when that began
    report: str
    report_sha256: str
    round: int
    citations: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    sources: list[Record] = field(default_factory=list)
    drafts: list[Record] = field(default_factory=list)
    approvals: list[Record] = field(default_factory=list)
    briefs: list[Record] = field(default_factory=list)
    calls: list[Record] = field(default_factory=list)  # of agents
    prompts: list[Record] = field(default_factory=list)  # the templates of those calls
    cost: Record = field(default_factory=dict)  # of all agent calls, those that failed included
    missing: list[str] = field(default_factory=list)  # what could not be read for the bundle

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the bundle and what it shows of its sources."""
        return cls(**{**data, "evidence": [_evidence(each) for each in data["evidence"]]})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a bundle that somebody gives; raises `BundleError` for anything else."""
        try:
            fields = json.loads(data)
            schema = str(fields["schema"])
            bundle = cls.from_dict(fields) if schema == SCHEMA else None
        except Exception as error:
            raise BundleError("this is no evidence bundle of Galley") from error
        if bundle is None:
            raise BundleError(f"its schema is {schema!r}; this release reads {SCHEMA!r}")
        if hashlib.sha256(bundle.report.encode("utf-8")).hexdigest() != bundle.report_sha256:
            raise BundleError("its report has not the SHA-256 that the bundle says was approved")
        return bundle

    @property
    def approval(self) -> Review | None:
        """The review that approved the report, if it is known."""
        of_round = (each for each in self.approvals if each["round"] == self.round)
        found = next(of_round, None)
        if found is None:
            return None
        return Review.from_dict({name: found[name] for name in found if name != "round"})

    @property
    def approved(self) -> str:
        """Say who approved the report, and when."""
        review = self.approval
        if review is None:
            return ""
        voters = [vote.voter for vote in review.votes if vote.decision == Verdict.APPROVED]
        return f"{in_words(voters)}, {moment(review.decided_at)}" if voters else ""

    @property
    def decided_at(self) -> str:
        """When the report was approved (ISO 8601), or, if nobody knows, when work on it began."""
        review = self.approval
        known = review.decided_at if review else self.workflow.get("started_at")
        return str(known or UNKNOWN_TIME)


def _evidence(data: Mapping[str, Any]) -> Evidence:
    quotes = [
        Quoted(**{**each, "passage": Passage(*each["passage"]), "uses": _uses(each["uses"])})
        for each in data["quotes"]
    ]
    link = data["link"] if is_on_the_web(data["link"]) else ""  # a bundle may be anybody's
    return Evidence(**{**data, "link": link, "quotes": quotes, "uses": _uses(data["uses"])})


def _uses(data: list[dict[str, str]]) -> list[Use]:
    return [Use(**each) for each in data]
