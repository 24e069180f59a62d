"""Close workflow: why an execution did not succeed, recorded and reported once."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from galley.announcements import Announcements
from galley.ends import End
from galley.errors import StorageUnavailableError
from galley.workflows import Workflows

from functions.close_workflow import app
from tests.unit.fakes import REVIEWER, TOPIC, FakeMailer, load_event

EVENT = load_event("close_workflow")
WORKFLOW = "lighthouses-1"
EXECUTION = load_event("register_workflow")["execution"]["id"]
TOLD = {"workflow_id": WORKFLOW, "tenant": "press", "topic": TOPIC}


class FakeBus:
    """Remembers what was put; fails as it is told."""

    def __init__(self, failed: int = 0, error: Exception | None = None) -> None:
        self.entries: list[dict[str, Any]] = []
        self._failed = failed
        self._error = error

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # boto3's
        """Take entries as EventBridge does."""
        if self._error:
            raise self._error
        self.entries += Entries
        return {"FailedEntryCount": self._failed}

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the kind and the detail of each event."""
        return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in self.entries]


def an_end(**detail: Any) -> End:
    """Return an end of the registered workflow's execution."""
    told = {**EVENT["detail"], "executionArn": EXECUTION, **detail}
    return End.from_event({**EVENT, "detail": told})


def close(end: End, workflows: Workflows, bus: FakeBus, mailer: FakeMailer | None = None) -> bool:
    """Close a workflow with a bus that is not AWS's."""
    client: Any = bus
    return app.close(end, workflows, Announcements("galley", client), mailer or FakeMailer())


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
    bus = FakeBus()

    assert close(an_end(**detail), registered, bus)

    record = registered.find(WORKFLOW) or {}
    assert (status, error, cause) == (record["status"], record["error"], record["cause"])
    told = {**TOLD, "execution": EXECUTION, "status": status, "error": error, "cause": cause}
    assert [("Research failed", told)] == bus.told()


def test_a_second_delivery_changes_nothing(registered: Workflows) -> None:
    bus = FakeBus()
    close(an_end(), registered, bus)
    record = registered.find(WORKFLOW)

    assert not close(an_end(cause="Another."), registered, bus)

    assert registered.find(WORKFLOW) == record
    assert len(bus.entries) == 1


def test_a_deadline_that_passed_is_no_fault(registered: Workflows) -> None:
    bus, mailer = FakeBus(), FakeMailer()

    end = an_end(status="FAILED", error="ApprovalExpiredError", cause="Nobody decided.")
    assert close(end, registered, bus, mailer)

    assert [kind for kind, _ in bus.told()] == ["Approval expired"]
    assert [(REVIEWER, f"Expired: {TOPIC}")] == [mail[:2] for mail in mailer.mails]
    assert (registered.find(WORKFLOW) or {})["status"] == "EXPIRED"


def test_an_execution_that_fails_again_after_a_redrive_is_closed_again(
    registered: Workflows,
) -> None:
    bus = FakeBus()
    close(an_end(), registered, bus)

    assert close(an_end(redriveCount=1, cause="Again."), registered, bus)

    assert (registered.find(WORKFLOW) or {})["cause"] == "Again."
    assert len(bus.entries) == 2


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
    ],
)
def test_what_has_no_record_is_reported_and_touches_no_other(
    registered: Workflows, detail: dict[str, Any], name: str
) -> None:
    bus = FakeBus()

    assert close(an_end(**detail), registered, bus)

    assert (registered.find(WORKFLOW) or {})["status"] == "RUNNING"
    ((_, told),) = bus.told()
    assert told["workflow_id"] == name
    assert {"tenant", "topic"}.isdisjoint(told)


def test_a_published_report_stays_published(registered: Workflows) -> None:
    bus = FakeBus()
    registered.set_status(WORKFLOW, "PUBLISHED")

    assert not close(an_end(), registered, bus)

    assert (registered.find(WORKFLOW) or {})["status"] == "PUBLISHED"
    assert bus.entries == []


def test_a_report_that_is_published_meanwhile_stays_published(registered: Workflows) -> None:
    registered.set_status(WORKFLOW, "PUBLISHED")

    registered.close(WORKFLOW, EXECUTION, 0, {"status": "ABORTED"})

    assert (registered.find(WORKFLOW) or {})["status"] == "PUBLISHED"


def test_a_request_without_an_id_is_found_by_the_executions_name() -> None:
    assert an_end(input='{"topic": "Lights"}').workflow_id == WORKFLOW
    assert an_end(input='["no request"]').workflow_id == WORKFLOW


@pytest.mark.parametrize(
    "bus",
    [
        pytest.param(FakeBus(failed=1), id="the entry is refused"),
        pytest.param(
            FakeBus(error=ClientError({"Error": {"Code": "Throttling"}}, "PutEvents")),
            id="the call fails",
        ),
    ],
)
def test_what_cannot_be_reported_stays_open_and_is_tried_again(
    registered: Workflows, bus: FakeBus
) -> None:
    with pytest.raises(StorageUnavailableError, match="'Research failed' could not be announced"):
        close(an_end(), registered, bus)

    assert (registered.find(WORKFLOW) or {})["status"] == "RUNNING"
