"""Collect decision: what was decided in time counts, whoever could not be told."""

from typing import Any

import pytest
from galley.approval.decisions import Rule, Verdict
from galley.artifacts import Artifacts
from galley.contracts import Review
from galley.workflows import WAITING, Workflows

from functions.collect_decision import app
from tests.unit.fakes import SCOPE, a_vote, an_approval

TASK = app.CollectTask(SCOPE, 1)
BOTH = {"reviewers": ["a@example.com", "b@example.com"], "rule": Rule.ALL}


@pytest.fixture
def waiting(registered: Workflows) -> Workflows:
    """Give a table whose workflow waits."""
    registered.set_status(SCOPE.workflow_id, WAITING, round=1)
    return registered


def collect(workflows: Workflows, artifacts: Artifacts) -> dict[str, Any]:
    """Look for a decision of the first round."""
    return app.collect(TASK, workflows, artifacts)


def test_a_decision_that_could_not_be_told_is_taken(
    waiting: Workflows, artifacts: Artifacts
) -> None:
    waiting.ask_approval(an_approval())
    waiting.vote(an_approval(), a_vote(Verdict.REJECTED, "More on fog."))

    told = collect(waiting, artifacts)

    assert (told["decision"], told["draft_sha256"]) == ("rejected", an_approval().draft_sha256)
    assert artifacts.read(told["review_key"], Review).comments == "More on fog."
    assert (waiting.find(SCOPE.workflow_id) or {})["status"] == "REJECTED"
    approval = waiting.find_approval(SCOPE.workflow_id, 1)
    assert approval is not None
    assert approval.told_at


def test_without_a_decision_there_is_none(waiting: Workflows, artifacts: Artifacts) -> None:
    waiting.ask_approval(an_approval(**BOTH))
    waiting.vote(an_approval(**BOTH), a_vote(reviewer="a@example.com"))

    assert collect(waiting, artifacts) == {"decision": "none"}
    assert (waiting.find(SCOPE.workflow_id) or {})["status"] == WAITING


def test_an_approval_that_was_never_opened_has_none(
    waiting: Workflows, artifacts: Artifacts
) -> None:
    assert collect(waiting, artifacts) == {"decision": "none"}
