"""Close workflow: why an execution did not succeed, recorded and reported once."""

from collections.abc import Callable
from typing import Any

import pytest
from galley.approval.decisions import Rule, Verdict
from galley.ends import End, close
from galley.errors import StorageUnavailableError
from galley.scope import Scope
from galley.workflows import WAITING, Workflows

from tests.unit.fakes import REVIEWER, TOPIC, FakeOutbox, a_vote, an_approval, load_event

EVENT = load_event("close_workflow")
WORKFLOW = "lighthouses-1"
EXECUTION = load_event("register_workflow")["execution"]["id"]
TOLD = {"workflow_id": WORKFLOW, "tenant": "press", "topic": TOPIC}


def an_end(**detail: Any) -> End:
    """Return an end of the registered workflow's execution."""
    told = {**EVENT["detail"], "executionArn": EXECUTION, **detail}
    return End.from_event({**EVENT, "detail": told})


@pytest.mark.parametrize(
    ("detail", "status", "error", "cause"),
    [
        pytest.param({}, "ABORTED", "States.Aborted", "Stopped by an operator.", id="stopped"),
        pytest.param(
            {"status": "TIMED_OUT", "cause": None},
            "TIMED_OUT",
            "States.Timeout",
            "No cause was given.",
            id="timed out",
        ),
        pytest.param(
            {"status": "FAILED", "error": "States.DataLimitExceeded", "cause": "x" * 5000},
            "FAILED",
            "States.DataLimitExceeded",
            "x" * 4000,
            id="failed",
        ),
        pytest.param(
            {
                "status": "FAILED",
                "error": "AgentRefusedError",
                "cause": '{"errorMessage": "No.", "errorType": "AgentRefusedError"}',
            },
            "FAILED",
            "AgentRefusedError",
            "No.",
            id="a function raised",
        ),
    ],
)
def test_an_open_workflow_is_recorded_and_reported(
    registered: Workflows, detail: dict[str, Any], status: str, error: str, cause: str
) -> None:
    outbox = FakeOutbox()

    assert close(an_end(**detail), registered, outbox)

    record = registered.find(WORKFLOW) or {}
    assert (status, error, cause) == (record["status"], record["error"], record["cause"])
    told = {**TOLD, "execution": EXECUTION, "status": status, "error": error, "cause": cause}
    assert [("Research failed", told | {"cost_usd": 0.0})] == outbox.events
    assert record["cost_usd"] == 0


def test_a_second_delivery_changes_nothing(registered: Workflows) -> None:
    outbox = FakeOutbox()
    close(an_end(), registered, outbox)
    record = registered.find(WORKFLOW)

    assert not close(an_end(cause="Another."), registered, outbox)

    assert registered.find(WORKFLOW) == record
    assert len(outbox.events) == 1


@pytest.fixture
def asked(registered: Workflows) -> Workflows:
    """Give a table whose workflow waits for two reviewers, of whom one has approved."""
    approval = an_approval(reviewers=[REVIEWER, "done@example.com"], rule=Rule.ALL)
    registered.ask_approval(approval)
    registered.vote(approval, a_vote(reviewer="done@example.com"))
    registered.set_status(WORKFLOW, WAITING, round=1, redrives=0)
    return registered


def test_an_end_before_a_redrive_does_not_close_what_was_redriven(asked: Workflows) -> None:
    asked.set_status(WORKFLOW, WAITING, round=1, redrives=1)

    close(an_end(redriveCount=0), asked, FakeOutbox())

    assert (asked.find(WORKFLOW) or {})["status"] == WAITING


def test_a_deadline_that_passed_is_no_fault(asked: Workflows) -> None:
    registered, outbox = asked, FakeOutbox()

    end = an_end(status="FAILED", error="ApprovalExpiredError", cause="Nobody decided.")
    assert close(end, registered, outbox)

    assert [kind for kind, _ in outbox.events] == ["Approval expired"]
    assert [(REVIEWER, f"Expired: {TOPIC}")] == [mail[:2] for mail in outbox.mails]
    assert (registered.find(WORKFLOW) or {})["status"] == "EXPIRED"


def test_an_execution_that_fails_again_after_a_redrive_is_closed_again(
    registered: Workflows,
) -> None:
    outbox = FakeOutbox()
    close(an_end(), registered, outbox)

    assert close(an_end(redriveCount=1, cause="Again."), registered, outbox)

    assert (registered.find(WORKFLOW) or {})["cause"] == "Again."
    assert len(outbox.events) == 2


@pytest.mark.parametrize(
    ("detail", "name"),
    [
        pytest.param({"executionArn": f"{EXECUTION}-2"}, f"{WORKFLOW}-2", id="its id was taken"),
        pytest.param(
            {"input": None, "name": "new", "executionArn": f"{EXECUTION}-new"},
            f"{WORKFLOW}-new",
            id="never registered",
        ),
        pytest.param(
            {"input": '{"workflow_id": "../x"}', "name": "odd", "executionArn": "a:odd"},
            "odd",
            id="not an id",
        ),
        pytest.param(
            {"input": "[" * 100_000, "name": "deep", "executionArn": "a:deep"},
            "deep",
            id="nested too deeply",
        ),
    ],
)
def test_what_has_no_record_is_reported_and_touches_no_other(
    registered: Workflows, detail: dict[str, Any], name: str
) -> None:
    outbox = FakeOutbox()

    assert close(an_end(**detail), registered, outbox)

    assert (registered.find(WORKFLOW) or {})["status"] == "RUNNING"
    ((_, told),) = outbox.events
    assert told["workflow_id"] == name
    assert {"tenant", "topic"}.isdisjoint(told)


def test_a_published_report_stays_published(registered: Workflows) -> None:
    outbox = FakeOutbox()
    registered.set_status(WORKFLOW, "PUBLISHED")

    assert not close(an_end(), registered, outbox)

    assert (registered.find(WORKFLOW) or {})["status"] == "PUBLISHED"
    assert outbox.events == []


def test_a_report_that_is_published_meanwhile_stays_published(registered: Workflows) -> None:
    registered.set_status(WORKFLOW, "PUBLISHED")

    registered.close(WORKFLOW, EXECUTION, 0, {"status": "ABORTED"})

    assert (registered.find(WORKFLOW) or {})["status"] == "PUBLISHED"


def test_a_request_without_an_id_is_found_by_the_executions_name() -> None:
    assert an_end(input='{"topic": "Lights"}').workflow_id == WORKFLOW
    assert an_end(input='["no request"]').workflow_id == WORKFLOW


def test_what_cannot_be_reported_stays_open_and_is_tried_again(registered: Workflows) -> None:
    broken = FakeOutbox(StorageUnavailableError("the outbox could not be reached"))

    with pytest.raises(StorageUnavailableError):
        close(an_end(), registered, broken)

    assert (registered.find(WORKFLOW) or {})["status"] == "RUNNING"


def test_whoever_dies_after_the_report_reports_once(
    asked: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        """The worker dies."""

    def die(*_: object) -> None:
        raise KilledError

    outbox, end = FakeOutbox(), an_end(status="FAILED", error="ApprovalExpiredError")
    with monkeypatch.context() as dying:
        dying.setattr(asked, "close", die)
        with pytest.raises(KilledError):
            close(end, asked, outbox)

    assert close(end, asked, outbox)

    assert (len(outbox.events), len(outbox.mails)) == (1, 1)


@pytest.mark.parametrize(
    ("vote", "detail", "at_once"),
    [
        pytest.param(
            None, {"status": "FAILED", "error": "ApprovalExpiredError"}, None, id="nobody decided"
        ),
        pytest.param(None, {"status": "ABORTED"}, None, id="stopped"),
        pytest.param(
            Verdict.REJECTED, {"status": "FAILED", "error": "RevisionLimitError"}, False, id="no"
        ),
        pytest.param(
            Verdict.REJECTED, {"status": "FAILED", "error": "ApprovalExpiredError"}, False,
            id="no, and nobody decided on the next",
        ),
        pytest.param(Verdict.REJECTED, {"status": "ABORTED"}, False, id="no, and stopped"),
        pytest.param(
            Verdict.APPROVED, {"status": "FAILED", "error": "StorageRefusedError"}, True,
            id="yes, but not published",
        ),
    ],
)  # fmt: skip
def test_the_outcome_says_what_was_decided_on_the_first_draft_if_anybody_did(
    registered: Workflows, vote: Verdict | None, detail: dict[str, Any], at_once: bool | None
) -> None:
    approval = an_approval(scope=Scope("press", WORKFLOW))
    registered.ask_approval(approval)
    if vote:
        assert registered.vote(approval, a_vote(vote))

    close(an_end(**detail), registered, FakeOutbox())

    outcome = (registered.find(WORKFLOW) or {})["outcome"]
    assert not outcome["approved"]
    assert outcome.get("approved_first_round") == at_once


def test_a_draft_that_reaches_no_reviewer_is_not_approved(registered: Workflows) -> None:
    close(an_end(status="FAILED", error="CitationError"), registered, FakeOutbox())

    outcome = (registered.find(WORKFLOW) or {})["outcome"]
    assert (False, 0) == (outcome["approved_first_round"], outcome["rounds"])


def test_the_line_on_an_end_says_whose_it_is_though_the_request_does_not(
    registered: Workflows, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    assert close(an_end(status="FAILED", error="CitationError"), registered, FakeOutbox())

    (line,) = log_lines()
    assert "ended: FAILED with CitationError" == line["message"]
    assert (WORKFLOW, "press") == (line["workflow_id"], line["tenant"])
