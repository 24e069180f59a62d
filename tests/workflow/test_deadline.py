"""A reviewer who does not answer: the stack's deadline is two seconds here."""

import time
from collections.abc import Callable

import pytest

from galley_local.reviewer import decide, open_link

from .conftest import Workflow


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return a deadline that a test can wait for."""
    # and no address for the API but the one that it gets, which is how most people deploy
    return {"ApprovalTimeoutSeconds": "2", "ApprovalUrl": ""}


def test_an_approval_that_nobody_gives_expires(start: Callable[..., Workflow]) -> None:
    workflow = start()

    link = workflow.link()
    ended = workflow.end()

    assert ended.status == "FAILED"
    assert ended.error == "ApprovalExpiredError"
    assert workflow.record()["status"] == "EXPIRED"
    assert workflow.events() == ["Approval requested", "Approval expired"]
    time.sleep(1)
    assert link.startswith("https://")
    here = workflow.stack.url + link.partition(".amazonaws.com")[2]
    assert decide(open_link(here), "approved").status == 410
    assert workflow.record()["status"] == "EXPIRED"
