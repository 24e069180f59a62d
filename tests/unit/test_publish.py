"""Publish: exactly the approved bytes, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from galley.artifacts import Artifacts, sha256
from galley.errors import ApprovalMismatchError, ArtifactMissingError
from galley.reports.bundle import Bundle
from galley.reports.exports import made_apart
from galley.reports.publications import PAGE, PDF
from galley.reports.report import MAKERS, make
from galley.workflows import Workflows

from functions.publish import app
from tests.unit.fakes import (
    DRAFT,
    REVIEWER,
    SCOPE,
    SIGNING_KEY,
    FakeKeys,
    FakeOutbox,
    load_event,
)
from tests.unit.reports import REPORT, keep_evidence

EVENT = load_event("publish")
BUNDLE_KEY = "press/lighthouses-1/published/evidence.json"
DRAFT_KEY = SCOPE.draft_key(2)
TASK = app.PublishTask(SCOPE, DRAFT_KEY, sha256(DRAFT.encode()))
REPORT_KEY = "press/lighthouses-1/published/report.md"
PAGE_KEY = "press/lighthouses-1/published/report.html"


def published(artifacts: Artifacts) -> dict[str, bytes]:
    """Return what is published."""
    keys = artifacts.list_keys(SCOPE.key("published/"))
    return {key: artifacts.read_bytes(key) for key in keys}


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> FakeOutbox:
    """Give what letters are put into."""
    outbox = FakeOutbox()
    monkeypatch.setattr(app, "OUTBOX", outbox)
    return outbox


@pytest.fixture(autouse=True)
def making(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make files in this process, Word and PDF only by name; give a list of those that fail."""
    failing: list[str] = []

    def made(names: list[str], bundle: str) -> dict[str, bytes | None]:
        whole = Bundle.from_json(bundle)
        can = {PAGE: lambda: make(PAGE, whole)}
        return {n: None if n in failing else can.get(n, n.encode)() for n in names}

    monkeypatch.setattr(app, "made_apart", made)
    monkeypatch.setattr(app, "KEYS", FakeKeys(SIGNING_KEY))
    monkeypatch.setattr("functions.publish.app.time.time", lambda: 1_796_000_000.5)
    return failing


def test_the_answer_says_where_the_report_lies_and_which_it_is(
    artifacts: Artifacts, registered: Workflows, context: Any
) -> None:
    digest = artifacts.keep(EVENT["draft_key"], DRAFT)

    answer = app.lambda_handler({**EVENT, "approved_sha256": digest}, context)

    link = answer.pop("link")
    assert link.startswith("https://approvals.example.com/reports/press/lighthouses-1?expires=")
    assert {
        "report_key": REPORT_KEY,
        "page_key": PAGE_KEY,
        "sha256": digest,
        "files": ["report.md", "evidence.json", "report.html", "report.pdf", "report.docx"],
        "not_made": [],
        "partial": False,
        "cost_usd": 0.0,
    } == answer


def test_what_is_published_is_byte_for_byte_what_was_approved(
    artifacts: Artifacts, registered: Workflows
) -> None:
    draft = "# Lights\r\n\n\n## Ünïcode 💡\n\ttrailing  \n".encode()
    artifacts.keep(DRAFT_KEY, draft)

    app.publish(app.PublishTask(SCOPE, DRAFT_KEY, sha256(draft)), artifacts, registered)

    assert draft == artifacts.read_bytes(REPORT_KEY)


def test_the_page_is_made_from_the_draft(artifacts: Artifacts, registered: Workflows) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)

    app.publish(TASK, artifacts, registered)

    assert "<title>Lights</title>" in artifacts.read_text(PAGE_KEY)


def test_the_pages_title_is_escaped(artifacts: Artifacts, registered: Workflows) -> None:
    digest = artifacts.keep(DRAFT_KEY, DRAFT.replace("Lights", "</title><script>alert(1)</script>"))

    app.publish(app.PublishTask(SCOPE, DRAFT_KEY, digest), artifacts, registered)

    assert "<script>" not in artifacts.read_text(PAGE_KEY)


def test_the_record_says_that_the_report_is_published(
    artifacts: Artifacts, registered: Workflows
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)

    app.publish(TASK, artifacts, registered)

    record = registered.find("lighthouses-1")
    assert record is not None
    assert ("PUBLISHED", REPORT_KEY) == (record["status"], record["report_key"])


@pytest.mark.parametrize("step", ["made_apart", "tell_of_report", "KEYS"])
def test_a_workflow_is_published_when_all_of_it_is_done(
    step: str, artifacts: Artifacts, registered: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)
    monkeypatch.setattr(app, step, None)  # whatever it is, it fails

    with pytest.raises((TypeError, AttributeError)):
        app.publish(TASK, artifacts, registered)

    assert (registered.find("lighthouses-1") or {})["status"] != "PUBLISHED"


def test_a_changed_draft_is_refused_and_nothing_is_written(
    artifacts: Artifacts, registered: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT + " ")
    before = all_items()

    with pytest.raises(ApprovalMismatchError, match="nothing was published"):
        app.publish(TASK, artifacts, registered)

    assert artifacts.list_keys(SCOPE.key("published/")) == []
    assert before == all_items()


def test_a_draft_that_is_gone_is_not_published(artifacts: Artifacts, registered: Workflows) -> None:
    with pytest.raises(ArtifactMissingError, match=DRAFT_KEY):
        app.publish(TASK, artifacts, registered)


def test_publishing_twice_is_the_same(
    artifacts: Artifacts, registered: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)

    def everything() -> tuple[Any, ...]:
        answer = app.publish(TASK, artifacts, registered)
        files = [artifacts.read_bytes(key) for key in (REPORT_KEY, PAGE_KEY)]
        return answer, files, all_items()

    assert everything() == everything()


def test_a_format_that_cannot_be_made_is_named_and_keeps_nothing_back(
    artifacts: Artifacts, registered: Workflows, making: list[str]
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)
    making += [PAGE, PDF]

    answer = app.publish(TASK, artifacts, registered)

    names = {key.rpartition("/")[2] for key in artifacts.list_keys(SCOPE.key("published/"))}
    assert [PAGE, PDF] == answer["not_made"]
    assert names == {"report.md", "evidence.json", "report.docx"} == set(answer["files"])
    assert (registered.find("lighthouses-1") or {})["status"] == "PUBLISHED"


def test_what_could_not_be_made_is_made_when_it_is_published_again(
    artifacts: Artifacts, registered: Workflows, making: list[str]
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)
    making.append(PDF)
    app.publish(TASK, artifacts, registered)
    making.clear()

    answer = app.publish(TASK, artifacts, registered)

    assert [] == answer["not_made"]
    assert artifacts.find_bytes(SCOPE.published_key(PDF))


def test_what_is_published_is_never_replaced(artifacts: Artifacts, registered: Workflows) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)
    app.publish(TASK, artifacts, registered)
    before = {
        key: artifacts.read_bytes(key) for key in artifacts.list_keys(SCOPE.key("published/"))
    }
    digest = artifacts.keep(DRAFT_KEY, "# Another report\n")

    with pytest.raises(ApprovalMismatchError, match=r"published/report\.md has changed"):
        app.publish(app.PublishTask(SCOPE, DRAFT_KEY, digest), artifacts, registered)

    assert before == published(artifacts)


def test_every_file_can_be_made_again_from_what_is_published(
    artifacts: Artifacts, registered: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "made_apart", made_apart)
    digest = artifacts.keep(DRAFT_KEY, REPORT)
    keep_evidence(artifacts, digest)

    app.publish(app.PublishTask(SCOPE, DRAFT_KEY, digest), artifacts, registered)

    bundle = Bundle.from_bytes(artifacts.read_bytes(BUNDLE_KEY))
    for name in MAKERS:
        assert make(name, bundle) == artifacts.read_bytes(SCOPE.published_key(name))


def test_each_reviewer_is_sent_the_link_once(
    artifacts: Artifacts, registered: Workflows, making: list[str], outbox: FakeOutbox
) -> None:
    artifacts.keep(DRAFT_KEY, DRAFT)
    making.append(PDF)

    links = {app.publish(TASK, artifacts, registered)["link"] for _ in range(2)}

    ((to, subject, text),) = outbox.mails
    (link,) = links
    assert (REVIEWER, True) == (to, subject.startswith("Published: "))
    assert link in text
    assert "report.pdf could not be made" in text
