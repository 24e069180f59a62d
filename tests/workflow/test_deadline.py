"""A reviewer who does not answer: the stack's deadline is two seconds here."""

import time
from collections.abc import Callable

import pytest

from .conftest import Workflow, post


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return a deadline that a test can wait for."""
    return {"ApprovalTimeoutSeconds": "2"}


def test_an_approval_that_nobody_gives_expires(start: Callable[..., Workflow]) -> None:
    workflow = start()

    link = workflow.link()
    ended = workflow.end()

    assert ended.status == "FAILED"
    assert ended.error == "ApprovalExpiredError"
    assert workflow.record()["status"] == "EXPIRED"
    assert workflow.events() == ["Approval requested", "Approval expired"]
    time.sleep(1)
    assert post(link, decision="approved", comments="") == 410
    assert workflow.record()["status"] == "EXPIRED"
