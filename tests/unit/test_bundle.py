"""The evidence bundle: all that a report rests on, gathered from what its workflow has kept."""

import json
from decimal import Decimal
from typing import Any

import pytest
from galley.artifacts import Artifacts, sha256
from galley.errors import GalleyError, StorageRefusedError, StorageUnavailableError
from galley.reports.bundle import Bundle, BundleError
from galley.reports.bundling import kept_bundle

from tests.unit.fakes import SCOPE
from tests.unit.reports import APPROVER, LENS, RECORD, REPORT, TEXT, a_bundle


def test_it_says_which_text_of_which_source_every_citation_rests_on(artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts)

    cited, gap = sorted(bundle.sources, key=lambda each: each["is_gap"])
    (shown,) = bundle.evidence
    assert bundle.citations == ["source-1", "source-1-1", "source-1"]
    assert [each.passage.quote for each in shown.quotes] == [LENS]
    assert (1, sha256(TEXT.encode())) == (cited["number"], cited["text_sha256"])
    assert (None, True) == (gap["number"], gap["is_gap"])
    assert "text" not in cited


def test_it_says_who_approved_which_bytes_and_when(artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts)

    digest = sha256(REPORT.encode())
    assert bundle.approved == f"{APPROVER}, 23 November 2026, 09:00 UTC"
    assert bundle.report_sha256 == digest == bundle.approvals[-1]["draft_sha256"]
    assert [each["sha256"] for each in bundle.drafts][-1] == digest
    assert [each["round"] for each in bundle.briefs] == [1]


def test_it_says_what_each_agent_was_asked_and_took(artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts)

    written = next(call for call in bundle.calls if call["role"] == "writer")
    assert (11, 7, "2" * 64) == (
        written["input_tokens"],
        written["output_tokens"],
        written["prompt_sha256"],
    )
    assert [each["template"] for each in bundle.prompts] == ["Write {{topic}}"]
    assert not any("template" in call for call in bundle.calls)


def test_it_says_what_the_agents_have_cost_and_whether_that_was_too_little(
    artifacts: Artifacts,
) -> None:
    artifacts.keep(SCOPE.draft_key(1), REPORT)
    record = {**RECORD, "cost_usd": Decimal("0.12"), "budget_usd": Decimal("0.2"), "partial": True}

    bundle = kept_bundle(REPORT.encode(), SCOPE.draft_key(1), SCOPE, artifacts, record)

    assert bundle.cost == {"usd": 0.12, "budget_usd": 0.2, "partial": True}


def test_it_is_read_as_it_was_written(artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts)

    assert bundle == Bundle.from_bytes(bundle.to_json().encode())


def test_what_is_missing_is_named(artifacts: Artifacts) -> None:
    digest = artifacts.keep(SCOPE.draft_key(1), REPORT)

    bundle = kept_bundle(REPORT.encode(), SCOPE.draft_key(1), SCOPE, artifacts, RECORD)

    assert digest == bundle.report_sha256
    assert [each.title for each in bundle.evidence] == ["Lights (lights.md)"]
    assert any("reviews/1.json" in each for each in bundle.missing)


def test_evidence_that_cannot_be_gathered_does_not_keep_a_report_back(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("claims")

    monkeypatch.setattr("galley.reports.bundling.bundle_of", fail)

    bundle = kept_bundle(REPORT.encode(), SCOPE.draft_key(2), SCOPE, artifacts, RECORD)

    assert (REPORT, 2) == (bundle.report, bundle.round)
    assert bundle.missing == ["the evidence could not be gathered: KeyError"]


@pytest.mark.parametrize("error", [StorageUnavailableError, StorageRefusedError])
def test_what_a_retry_or_a_permission_mends_is_raised(
    error: type[GalleyError], artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error("S3")

    monkeypatch.setattr("galley.reports.bundling.bundle_of", fail)

    with pytest.raises(error):
        kept_bundle(REPORT.encode(), SCOPE.draft_key(2), SCOPE, artifacts, RECORD)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"schema": "other"}, "schema"),
        ({"report": "another"}, "SHA-256"),
        ({"evidence": [{}]}, "no evidence bundle"),
    ],
    ids=["another schema", "another report", "no evidence"],
)
def test_what_is_no_bundle_is_refused(
    change: dict[str, Any], why: str, artifacts: Artifacts
) -> None:
    known = json.loads(a_bundle(artifacts).to_json())

    with pytest.raises(BundleError, match=why):
        Bundle.from_bytes(json.dumps(known | change).encode())
