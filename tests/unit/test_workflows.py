"""Workflows: records that a repeated delivery does not change."""

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from galley.approval.decisions import Rule, Verdict
from galley.errors import GalleyError, StorageUnavailableError
from galley.requests import Request
from galley.workflows import PUBLISHED, WAITING, Workflows

from tests.unit.fakes import REVIEWER, TOPIC, a_vote, an_approval, aws_error, load_event

APPROVAL = an_approval()
APPROVED, REJECTED = a_vote(), a_vote(Verdict.REJECTED, "no")


class BrokenTable:
    """A table whose every operation fails with one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def fail(**_arguments: Any) -> Any:
            raise self.error

        return fail


@pytest.fixture
def registered(workflows: Workflows) -> Workflows:
    """Give a table with one workflow."""
    execution = load_event("register_workflow")["execution"]
    workflows.register(Request.from_event(load_event("research"), "x"), execution)
    return workflows


@pytest.fixture
def asked(registered: Workflows) -> Workflows:
    """Give a table with one approval that waits."""
    registered.ask_approval(APPROVAL)
    return registered


def test_what_is_not_there_is_none(workflows: Workflows) -> None:
    assert workflows.find("lighthouses-1") is None
    assert workflows.find_approval("lighthouses-1", 1) is None
    assert workflows.find_search("0" * 64) is None


def test_a_status_is_set_with_what_goes_with_it(registered: Workflows) -> None:
    registered.set_status("lighthouses-1", "PUBLISHED", report_key="a/report.md")

    record = registered.find("lighthouses-1")
    assert record is not None
    assert ("PUBLISHED", "a/report.md", TOPIC) == (
        record["status"],
        record["report_key"],
        record["topic"],
    )


def test_a_workflow_that_goes_on_has_no_failure(registered: Workflows) -> None:
    record = registered.find("lighthouses-1") or {}
    said = {"status": "FAILED", "error": "CitationError", "cause": "a claim without a source"}
    registered.close("lighthouses-1", record["execution"], 0, said)

    registered.note_waiting("lighthouses-1", 1, redrives=1)

    waiting = {"status": WAITING, "round": 1, "redrives": 1, "closed": 0}
    assert record | waiting == registered.find("lighthouses-1")


def test_a_workflow_that_has_gone_on_does_not_wait_again(registered: Workflows) -> None:
    registered.note_waiting("lighthouses-1", 2, redrives=0)
    second = registered.find("lighthouses-1")
    registered.note_waiting("lighthouses-1", 1, redrives=0)
    assert registered.find("lighthouses-1") == second

    registered.set_status("lighthouses-1", PUBLISHED)
    published = registered.find("lighthouses-1")
    registered.note_waiting("lighthouses-1", 2, redrives=0)
    assert registered.find("lighthouses-1") == published


def test_a_workflow_that_has_ended_does_not_wait_until_it_is_redriven(
    registered: Workflows,
) -> None:
    registered.note_waiting("lighthouses-1", 1, redrives=0)
    execution = (registered.find("lighthouses-1") or {})["execution"]
    registered.close("lighthouses-1", execution, 0, {"status": "EXPIRED", "error": "", "cause": ""})
    ended = registered.find("lighthouses-1")

    registered.note_waiting("lighthouses-1", 1, redrives=0)
    assert registered.find("lighthouses-1") == ended

    registered.note_waiting("lighthouses-1", 1, redrives=1)
    redriven = registered.find("lighthouses-1") or {}
    assert (redriven["status"], redriven["redrives"]) == (WAITING, 1)

    registered.note_waiting("lighthouses-1", 1, redrives=0)
    assert registered.find("lighthouses-1") == redriven


def test_a_run_that_was_redriven_and_waits_says_nothing_of_what_its_first_end_cost(
    registered: Workflows,
) -> None:
    ended = {"status": "FAILED", "error": "States.Timeout", "cost_usd": Decimal("0.5")}
    registered.close("lighthouses-1", load_event("register_workflow")["execution"]["id"], 0, ended)

    registered.note_waiting("lighthouses-1", 1, redrives=1)

    assert not {"error", "cost_usd"} & (registered.find("lighthouses-1") or {}).keys()


def test_an_unknown_workflow_does_not_wait(
    workflows: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    with pytest.raises(GalleyError, match="has no record"):
        workflows.note_waiting("lighthouses-1", 1, redrives=0)

    assert all_items() == []


def test_a_status_of_an_unknown_workflow_makes_no_record(
    workflows: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    with pytest.raises(GalleyError):
        workflows.set_status("lighthouses-1", "PUBLISHED")

    assert all_items() == []


def test_an_approval_is_found_as_it_was_asked_for(asked: Workflows) -> None:
    assert asked.find_approval("lighthouses-1", 1) == APPROVAL


def test_rounds_have_approvals_of_their_own(asked: Workflows) -> None:
    asked.vote(APPROVAL, REJECTED)

    asked.ask_approval(replace(APPROVAL, round=2))

    approvals = [asked.find_approval("lighthouses-1", number) for number in (1, 2)]
    assert ["DECIDED", "PENDING"] == [each.status for each in approvals if each]


def test_a_decided_approval_is_not_opened_again(asked: Workflows) -> None:
    asked.vote(APPROVAL, APPROVED)

    decided = asked.ask_approval(replace(APPROVAL, task_token="another"))

    assert decided == asked.find_approval("lighthouses-1", 1) == APPROVAL.with_vote(APPROVED)


def test_a_second_attempt_keeps_the_votes_and_brings_its_token(registered: Workflows) -> None:
    both = replace(APPROVAL, reviewers=[REVIEWER, "b@example.com"], rule=Rule.ALL)
    registered.ask_approval(both)
    registered.vote(both, APPROVED)

    again = registered.ask_approval(replace(both, task_token="another", expires_at=5_000_000_000))

    assert again == replace(both, votes=[APPROVED], task_token="another", expires_at=5_000_000_000)


def test_a_slow_attempt_does_not_replace_the_token_of_a_later_one(registered: Workflows) -> None:
    registered.ask_approval(replace(APPROVAL, attempt=1, task_token="later"))

    registered.ask_approval(replace(APPROVAL, attempt=0, task_token="slow"))

    approval = registered.find_approval("lighthouses-1", 1)
    assert approval is not None
    assert approval.task_token == "later"  # made up


def test_only_the_first_decision_is_written(asked: Workflows) -> None:
    written = [asked.vote(APPROVAL, each) for each in (REJECTED, APPROVED, REJECTED)]

    assert [True, False, False] == written
    assert asked.find_approval("lighthouses-1", 1) == APPROVAL.with_vote(REJECTED)


def test_votes_that_meet_are_both_written(
    registered: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = replace(APPROVAL, reviewers=[REVIEWER, "b@example.com"], rule=Rule.ALL)
    other = a_vote(reviewer="b@example.com")
    registered.ask_approval(both)
    find = registered.find_approval

    def meanwhile(workflow_id: str, round_number: int) -> Any:
        found = find(workflow_id, round_number)
        monkeypatch.setattr(registered, "find_approval", find)
        registered.vote(both, other)
        return found

    monkeypatch.setattr(registered, "find_approval", meanwhile)

    assert registered.vote(both, APPROVED)
    assert find("lighthouses-1", 1) == both.with_vote(other).with_vote(APPROVED)


def test_a_decision_on_nothing_is_not_written(
    registered: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    before = all_items()

    assert not registered.vote(replace(APPROVAL, round=7), APPROVED)
    assert before == all_items()


@pytest.mark.parametrize(("seconds", "in_time"), [(-1, False), (0, False), (60, True)])
def test_a_decision_is_taken_until_the_deadline(
    seconds: int, in_time: bool, registered: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000
    monkeypatch.setattr(time, "time", lambda: float(now))
    registered.ask_approval(replace(APPROVAL, expires_at=now + seconds))

    assert in_time == registered.vote(APPROVAL, APPROVED)


def test_a_search_is_found_until_it_expires(
    workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows.keep_search("abc", {"workflow_id": "w", "source_ids": ["a"]}, seconds=60)
    found = workflows.find_search("abc")
    assert found is not None
    assert (found["workflow_id"], found["source_ids"]) == ("w", ["a"])

    later = time.time() + 61
    monkeypatch.setattr("galley.workflows.time.time", lambda: later)

    assert workflows.find_search("abc") is None


@pytest.mark.parametrize(
    "error",
    [
        aws_error("ThrottlingException", "secret"),
        aws_error("ProvisionedThroughputExceededException", "secret"),
        EndpointConnectionError(endpoint_url="https://secret"),
        ReadTimeoutError(endpoint_url="https://secret"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda broken: broken.find("w"), id="read"),
        pytest.param(lambda broken: broken.set_status("w", "FAILED"), id="update"),
        pytest.param(lambda broken: broken.keep_search("a", {}, 1), id="write"),
    ],
)
def test_a_table_that_fails_is_retried(use: Callable[[Workflows], Any], error: Exception) -> None:
    table: Any = BrokenTable(error)

    with pytest.raises(StorageUnavailableError, match="could not be reached") as failed:
        use(Workflows(table))

    assert "secret" not in str(failed.value)
