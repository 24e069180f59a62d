"""A reviewer who does not answer: the stack's deadline is four seconds here."""

import time
from collections.abc import Callable

import pytest

from galley_local.reviewer import decide, open_link

from .conftest import Workflow


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return a deadline that a test can wait for."""
    # and no address for the API but the one that it gets, which is how most people deploy
    return {"ApprovalTimeoutSeconds": "4", "ApprovalUrl": ""}


def test_an_approval_that_nobody_gives_expires(start: Callable[..., Workflow]) -> None:
    workflow = start()

    link = workflow.link()
    ended = workflow.end()
    workflow.stack.let_outbox_finish()
    reminder, expiry = workflow.stack.mailbox.mails()[-2:]

    assert ended.status == "FAILED"
    assert ended.error == "ApprovalExpiredError"
    assert workflow.record()["status"] == "EXPIRED"
    assert workflow.events() == ["Approval requested", "Approval expired"]
    assert reminder.subject.startswith("Reminder: ")
    assert reminder.links == [link]  # the one that everybody has already
    assert expiry.subject.startswith("Expired: ")
    time.sleep(1)
    assert link.startswith("https://")
    here = workflow.stack.url + link.partition(".amazonaws.com")[2]
    assert decide(open_link(here), "approved").status == 410
    assert workflow.record()["status"] == "EXPIRED"


def test_a_decision_after_the_reminder_counts(start: Callable[..., Workflow]) -> None:
    workflow = start()

    deadline = time.monotonic() + 30
    while len(workflow.mails()) < len(("asked", "reminded")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    here = workflow.stack.url + workflow.link().partition(".amazonaws.com")[2]

    assert decide(open_link(here), "approved").status == 200
    assert workflow.end().status == "SUCCEEDED"
