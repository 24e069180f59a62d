"""Workflows: records that a repeated delivery does not change."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from galley.errors import GalleyError, StorageUnavailableError
from galley.requests import Request
from galley.workflows import Workflows

from tests.unit.fakes import REVIEWER, SCOPE, TASK_TOKEN, TOPIC, aws_error, load_event

APPROVAL = {
    "task_token": TASK_TOKEN,
    "topic": TOPIC,
    "reviewer": REVIEWER,
    "draft_key": SCOPE.draft_key(1),
    "draft_sha256": "0" * 64,
    "expires_at": 4_102_444_800,
}
APPROVED = {"decision": "approved", "comments": "", "decided_at": "2026-11-23T08:00:00+00:00"}
REJECTED = {**APPROVED, "decision": "rejected", "comments": "no"}


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
    registered.ask_approval(SCOPE, 1, APPROVAL)
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

    registered.set_status("lighthouses-1", "WAITING_FOR_APPROVAL", round=1)

    assert record | {"status": "WAITING_FOR_APPROVAL", "round": 1, "closed": 0} == registered.find(
        "lighthouses-1"
    )


def test_a_status_of_an_unknown_workflow_makes_no_record(
    workflows: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    with pytest.raises(GalleyError):
        workflows.set_status("lighthouses-1", "PUBLISHED")

    assert all_items() == []


def test_an_approval_is_found_as_it_was_asked_for(asked: Workflows) -> None:
    approval = asked.find_approval("lighthouses-1", 1)

    expected = {**APPROVAL, "tenant": "press", "workflow_id": "lighthouses-1", "round": 1}
    assert approval is not None
    assert {**expected, "status": "PENDING"}.items() <= approval.items()


def test_rounds_have_approvals_of_their_own(asked: Workflows) -> None:
    asked.decide("lighthouses-1", 1, REJECTED)

    asked.ask_approval(SCOPE, 2, APPROVAL)

    approvals = [asked.find_approval("lighthouses-1", number) for number in (1, 2)]
    assert ["DECIDED", "PENDING"] == [each["status"] for each in approvals if each]


def test_a_decided_approval_is_not_opened_again(asked: Workflows) -> None:
    asked.decide("lighthouses-1", 1, APPROVED)

    decided = asked.ask_approval(SCOPE, 1, {**APPROVAL, "task_token": "another"})

    approval = asked.find_approval("lighthouses-1", 1)
    assert approval is not None
    assert decided == approval
    assert (approval["status"], approval["task_token"]) == ("DECIDED", TASK_TOKEN)


def test_only_the_first_decision_is_written(asked: Workflows) -> None:
    written = [asked.decide("lighthouses-1", 1, each) for each in (REJECTED, APPROVED, REJECTED)]

    approval = asked.find_approval("lighthouses-1", 1)
    assert [True, False, False] == written
    assert approval is not None
    assert REJECTED.items() <= approval.items()


def test_a_decision_on_nothing_is_not_written(
    registered: Workflows, all_items: Callable[[], list[dict[str, Any]]]
) -> None:
    before = all_items()

    assert not registered.decide("lighthouses-1", 7, APPROVED)
    assert before == all_items()


@pytest.mark.parametrize(("seconds", "in_time"), [(-1, False), (0, False), (60, True)])
def test_a_decision_is_taken_until_the_deadline(
    seconds: int, in_time: bool, registered: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000
    monkeypatch.setattr(time, "time", lambda: float(now))
    registered.ask_approval(SCOPE, 1, {**APPROVAL, "expires_at": now + seconds})

    assert in_time == registered.decide("lighthouses-1", 1, APPROVED)


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
