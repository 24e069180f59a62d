"""Request approval: one link by mail; the task token goes nowhere but the table."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from galley.artifacts import Artifacts
from galley.errors import StorageUnavailableError
from galley.events import read_task
from galley.workflows import Workflows

from functions.request_approval import app
from tests.unit.fakes import (
    DRAFT,
    REVIEWER,
    SCOPE,
    SIGNING_KEY,
    TASK_TOKEN,
    FakeOutbox,
    FakeStepFunctions,
    a_ticket,
    a_vote,
    an_approval,
    load_event,
)

EVENT = load_event("request_approval")
TASK = read_task(EVENT, app.ApprovalTask, "request_approval")
TICKET = replace(a_ticket(), draft_sha256=TASK.draft.sha256, expires_at=TASK.expires_at)
LINK = f"https://approvals.example.com{TICKET.path(SIGNING_KEY)}"


@pytest.fixture(autouse=True)
def _draft(artifacts: Artifacts) -> None:
    artifacts.keep(TASK.draft.key, DRAFT)


def test_the_answer_says_who_was_asked_about_which_round(
    registered: Workflows, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "OUTBOX", FakeOutbox())

    answer = app.lambda_handler(EVENT, context)

    assert {"round": 1, "asked": [REVIEWER]} == answer


def test_the_mail_carries_one_link_to_the_reviewer(registered: Workflows) -> None:
    outbox = FakeOutbox()

    app.request_approval(TASK, SIGNING_KEY, outbox)

    ((to, subject, text),) = outbox.mails
    assert (REVIEWER, f"Approve? {TASK.topic}") == (to, subject)
    assert [LINK] == [word for word in text.split() if "://" in word]


def test_the_task_token_is_in_no_mail_and_no_answer(registered: Workflows) -> None:
    outbox = FakeOutbox()

    answer = app.request_approval(TASK, SIGNING_KEY, outbox)

    assert TASK_TOKEN not in repr((outbox.mails, answer))


def test_the_task_does_not_show_its_token() -> None:
    assert TASK.task_token == TASK_TOKEN
    assert TASK_TOKEN not in repr(TASK)


def test_the_approval_waits_in_the_table_with_the_token_sealed(
    registered: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    app.request_approval(TASK, SIGNING_KEY, FakeOutbox())

    approval = registered.find_approval("lighthouses-1", 1)
    assert approval is not None
    assert approval.ticket_of(REVIEWER) == TICKET
    assert approval.status == "PENDING"
    assert app.TOKENS.open(approval.task_token, SCOPE) == TASK_TOKEN
    assert TASK_TOKEN not in repr(all_items())


def test_the_record_says_that_the_workflow_waits(registered: Workflows) -> None:
    app.request_approval(TASK, SIGNING_KEY, FakeOutbox())

    record = registered.find("lighthouses-1")
    assert record is not None
    assert (record["status"], record["round"]) == ("WAITING_FOR_APPROVAL", 1)


def test_a_state_that_is_tried_again_replaces_the_token_and_sends_no_second_letter(
    registered: Workflows,
) -> None:
    outbox = FakeOutbox()
    app.request_approval(TASK, SIGNING_KEY, outbox)

    second_try = replace(TASK, task_token="token-of-the-second-try")  # made up
    app.request_approval(second_try, SIGNING_KEY, outbox)

    approval = registered.find_approval("lighthouses-1", 1)
    assert approval is not None
    assert app.TOKENS.open(approval.task_token, SCOPE) == "token-of-the-second-try"  # made up
    assert len(outbox.mails) == 1  # the link is the same


def test_a_decision_on_an_earlier_attempt_goes_to_the_token_of_this_one(
    registered: Workflows, step_functions: FakeStepFunctions
) -> None:
    outbox = FakeOutbox()
    app.request_approval(TASK, SIGNING_KEY, outbox)
    registered.vote(an_approval(), a_vote())

    second_try = replace(TASK, task_token="token-of-the-second-try")  # made up
    app.request_approval(second_try, SIGNING_KEY, outbox)

    ((token, output),) = step_functions.answers
    assert (token, output["decision"]) == ("token-of-the-second-try", "approved")
    assert len(outbox.mails) == 1


def test_a_run_that_was_stopped_and_goes_on_is_told_what_was_decided(
    registered: Workflows, step_functions: FakeStepFunctions
) -> None:
    app.request_approval(TASK, SIGNING_KEY, FakeOutbox())
    registered.vote(an_approval(), a_vote())
    execution = (registered.find("lighthouses-1") or {})["execution"]
    stopped = {"status": "ABORTED", "error": "States.Aborted", "cause": "-"}
    registered.close("lighthouses-1", execution, 0, stopped)

    app.request_approval(replace(TASK, redrives=1, attempt=100), SIGNING_KEY, FakeOutbox())

    record = registered.find("lighthouses-1") or {}
    assert (record["status"], "error" in record) == ("APPROVED", False)
    assert len(step_functions.answers) == 1


def test_a_mail_that_cannot_be_sent_is_retried(registered: Workflows) -> None:
    outbox = FakeOutbox(fails_with=StorageUnavailableError("mail could not be sent"))

    with pytest.raises(StorageUnavailableError):
        app.request_approval(TASK, SIGNING_KEY, outbox)
