"""An evidence bundle of a report, as the tests of its formats use it."""

from galley.approval.decisions import Verdict, Vote
from galley.artifacts import Artifacts
from galley.citations.findings import Check, Checked
from galley.contracts import Claim, Review
from galley.reports.bundle import Bundle
from galley.reports.bundling import bundle_of

from tests.unit.fakes import SCOPE, a_brief, a_review, a_source, a_summary

LENS = "The Fresnel lens gathers light that a mirror would lose."
TEXT = f"# Lights\n\nFirst words of the paragraph. {LENS} And more.\n"
REPORT = """# Lights & <b>lenses</b>

An opening [1].

## What a lens *does*

The Fresnel lens gathers light [1]. See [the maker](https://example.com/?a=b&c=d).

- one
- two

| Lens | Range |
|------|-------|
| big  | far [1] |

## Sources

[1] Lights (lights.md)
"""
CALL = {
    "session_id": "lighthouses-1.writer.2",
    "input_tokens": 11,
    "output_tokens": 7,
    "template": "Write {{topic}}",
    "template_sha256": "1" * 64,
    "prompt_sha256": "2" * 64,
}
RECORD = {"workflow_id": "lighthouses-1", "tenant": "press", "topic": "Lights", "version": "1"}
APPROVER = "editor@example.com"


def keep_evidence(artifacts: Artifacts, digest: str) -> None:
    """Keep what a report of round 2 rests on, as its workflow does."""
    summary = a_summary(
        title="Lights",
        uri="s3://galley-artifacts/corpus/lights.md",
        claims=[Claim("A lens gathers light.", LENS)],
        agent={**CALL, "session_id": "lighthouses-1.summary.1"},
    )
    approved = Vote(APPROVER, Verdict.APPROVED, "", "2026-11-23T09:00:00+00:00")
    review = Review("approved", "", digest, approved.decided_at, [approved])
    artifacts.keep(SCOPE.source_key("fb06f71e"), a_source(title="Lights", text=TEXT))
    artifacts.keep(SCOPE.source_key("0000000a"), a_source("0000000a", title="A gap", text=TEXT))
    artifacts.keep(SCOPE.summary_key("fb06f71e"), summary)
    artifacts.keep(SCOPE.draft_key(1), "# An earlier draft\n")
    artifacts.keep(SCOPE.review_key(1), a_review())
    artifacts.keep(SCOPE.brief_key(1), a_brief())
    artifacts.keep(SCOPE.check_key(2, digest), Checked(Check(sentences=1), CALL))
    artifacts.keep(SCOPE.review_key(2), review)


def a_bundle(artifacts: Artifacts, report: str = REPORT) -> Bundle:
    """Return the bundle of a report."""
    digest = artifacts.keep(SCOPE.draft_key(2), report)
    keep_evidence(artifacts, digest)
    return bundle_of(report.encode(), 2, SCOPE, artifacts, RECORD)
