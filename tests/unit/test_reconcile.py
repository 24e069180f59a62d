"""Reconcile: what got stuck is mended where that is safe, reported where not, once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from galley import executions as executions_module
from galley.approval.approvals import Approvals
from galley.artifacts import Artifacts
from galley.errors import StorageUnavailableError
from galley.executions import Executions
from galley.reconciliation import Reconciliation
from galley.workflows import WAITING, Workflows

from functions.reconcile import app
from tests.unit.fakes import (
    SCOPE,
    TASK_TOKEN,
    FakeOutbox,
    FakeStepFunctions,
    a_context,
    a_vote,
    an_approval,
    aws_error,
    load_event,
)

ARN = load_event("register_workflow")["execution"]["id"]
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
WORKFLOW = SCOPE.workflow_id


class FakeExecutions(Executions):
    """Knows some executions, as DescribeExecution tells them."""

    def __init__(self, **described: Any) -> None:
        super().__init__("")
        known = {"executionArn": ARN, "name": WORKFLOW, "startDate": LONG_AGO, **described}
        self.known = {known["executionArn"]: known} if described else {}

    def running(self) -> dict[str, datetime]:
        """Return those that run."""
        return {
            arn: each["startDate"]
            for arn, each in self.known.items()
            if each["status"] == "RUNNING"
        }

    def find(self, arn: str) -> dict[str, Any] | None:
        """Return one."""
        return self.known.get(arn)


RUNNING = {"status": "RUNNING"}


@pytest.fixture
def waiting(registered: Workflows) -> Workflows:
    """Give a table with a workflow that waits for its reviewer, and was begun long ago."""
    sealed = app.APPROVALS._tokens.seal(TASK_TOKEN, SCOPE)
    registered.ask_approval(an_approval(task_token=sealed))
    registered.set_status(WORKFLOW, WAITING, round=1, started_at=LONG_AGO.isoformat())
    return registered


def run(workflows: Workflows, artifacts: Artifacts, executions: Executions) -> Reconciliation:
    """Look at everything once."""
    approvals = Approvals(workflows, artifacts, app.APPROVALS._tokens)
    looked = Reconciliation(workflows, executions, approvals, FakeOutbox())
    looked.run()
    return looked


def test_a_decision_that_was_never_sent_is_sent(
    waiting: Workflows, artifacts: Artifacts, step_functions: FakeStepFunctions
) -> None:
    waiting.vote(an_approval(), a_vote())

    looked = run(waiting, artifacts, FakeExecutions(**RUNNING))

    assert [TASK_TOKEN] == [token for token, _ in step_functions.answers]
    assert len(looked.mended) == 1
    assert run(waiting, artifacts, FakeExecutions(**RUNNING)).mended == []


def test_what_waits_in_time_is_left_alone(
    waiting: Workflows, artifacts: Artifacts, step_functions: FakeStepFunctions
) -> None:
    looked = run(waiting, artifacts, FakeExecutions(**RUNNING))

    assert (looked.mended, looked.reported, step_functions.answers) == ([], [], [])


def test_a_decision_that_nobody_takes_yet_is_tried_again_next_time(
    waiting: Workflows, artifacts: Artifacts, step_functions: FakeStepFunctions
) -> None:
    waiting.vote(an_approval(), a_vote())
    step_functions.fails_with = step_functions.exceptions.TaskTimedOut()

    assert run(waiting, artifacts, FakeExecutions(**RUNNING)).mended == []


def measured(capsys: pytest.CaptureFixture[str]) -> float:
    """Return the one figure that a look has measured, in seconds."""
    (line,) = (json.loads(each) for each in capsys.readouterr().out.splitlines())
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert [{"Name": "OldestWaitingSeconds", "Unit": "Seconds"}] == described["Metrics"]
    return float(line["OldestWaitingSeconds"][0])


def test_how_long_the_oldest_draft_waits_is_measured(
    waiting: Workflows, artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    key = {"pk": f"WORKFLOW#{WORKFLOW}", "sk": "APPROVAL#001"}
    waiting._update(key, {"asked_at": an_hour_ago}, "attribute_exists(pk)")

    run(waiting, artifacts, FakeExecutions(**RUNNING))

    assert 3600 == pytest.approx(measured(capsys), abs=60)


def test_a_draft_of_an_earlier_release_waits_since_its_workflow_began(
    waiting: Workflows, artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    key = {"pk": f"WORKFLOW#{WORKFLOW}", "sk": "APPROVAL#001"}
    waiting._update(
        key, {"expires_at": 4_102_444_800}, "#pk = #pk", names=("pk",), forget=("asked_at",)
    )

    run(waiting, artifacts, FakeExecutions(**RUNNING))

    since_then = (datetime.now(UTC) - LONG_AGO).total_seconds()
    assert since_then == pytest.approx(measured(capsys), abs=60)


def test_nothing_that_waits_is_measured_too_so_that_silence_is_a_fault(
    registered: Workflows, artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    run(registered, artifacts, FakeExecutions(**RUNNING))

    assert 0 == measured(capsys)


def test_a_decision_that_only_has_to_be_sent_waits_for_nobody(
    waiting: Workflows,
    artifacts: Artifacts,
    step_functions: FakeStepFunctions,
    capsys: pytest.CaptureFixture[str],
) -> None:
    waiting.vote(an_approval(), a_vote())

    run(waiting, artifacts, FakeExecutions(**RUNNING))

    assert 0 == measured(capsys)


def test_a_line_says_which_of_the_workflows_it_is_about(
    waiting: Workflows, artifacts: Artifacts, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    run(waiting, artifacts, FakeExecutions())

    (line,) = log_lines()
    assert (WORKFLOW, SCOPE.tenant) == (line["workflow_id"], line["tenant"])


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_an_end_that_nobody_recorded_is_recorded_and_told(
    waiting: Workflows, artifacts: Artifacts, status: str
) -> None:
    looked = run(waiting, artifacts, FakeExecutions(status=status))

    assert (waiting.find(WORKFLOW) or {})["status"] == status
    outbox: Any = looked.outbox
    assert [kind for kind, _ in outbox.events] == ["Research failed"]
    assert list(waiting.open_records()) == []


@pytest.mark.parametrize(
    ("known", "finding"),
    [
        pytest.param({}, "has a record and no execution", id="no execution"),
        pytest.param({"status": "SUCCEEDED"}, "not recorded as published", id="not published"),
    ],
)
def test_what_cannot_be_mended_is_reported(
    waiting: Workflows, artifacts: Artifacts, known: dict[str, Any], finding: str
) -> None:
    looked = run(waiting, artifacts, FakeExecutions(**known))

    outbox: Any = looked.outbox
    ((kind, detail),) = outbox.events
    assert (kind, detail["workflow_id"]) == ("Attention needed", WORKFLOW)
    assert finding in detail["finding"]
    assert (waiting.find(WORKFLOW) or {})["status"] == WAITING


def test_what_fails_keeps_nobody_from_looking_at_the_others(
    waiting: Workflows, artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"{ARN}-other"
    executions = FakeExecutions(**RUNNING)
    executions.known[other] = {**executions.known[ARN], "executionArn": other, "name": "other"}
    waiting.vote(an_approval(), a_vote())
    looked = Reconciliation(
        waiting, executions, Approvals(waiting, artifacts, app.APPROVALS._tokens), FakeOutbox()
    )

    def fail(_: Any) -> None:
        raise StorageUnavailableError("no")

    monkeypatch.setattr(looked.approvals, "tell", fail)
    with pytest.raises(StorageUnavailableError, match="no"):
        looked.run()

    assert looked.reported == ["other runs without a record"]


def test_what_waits_past_its_deadline_is_reported(waiting: Workflows, artifacts: Artifacts) -> None:
    waiting.ask_approval(replace(an_approval(), expires_at=1))

    (found,) = run(waiting, artifacts, FakeExecutions(**RUNNING)).reported

    assert found == f"{WORKFLOW} waits past its deadline"


def test_an_execution_without_a_record_is_reported(
    workflows: Workflows, artifacts: Artifacts
) -> None:
    (found,) = run(workflows, artifacts, FakeExecutions(**RUNNING)).reported

    assert found == f"{WORKFLOW} runs without a record"


@pytest.mark.parametrize("status", ["RUNNING", "FAILED"])
def test_what_is_young_may_be_under_way(
    registered: Workflows, workflows: Workflows, artifacts: Artifacts, status: str
) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    registered.set_status(WORKFLOW, "RUNNING", started_at=now.isoformat())
    executions = FakeExecutions(status=status, startDate=now)

    looked = run(registered, artifacts, executions)

    assert (looked.mended, looked.reported) == ([], [])


def test_what_is_published_is_not_looked_at(registered: Workflows, artifacts: Artifacts) -> None:
    registered.set_status(WORKFLOW, "PUBLISHED", started_at=LONG_AGO.isoformat())

    assert run(registered, artifacts, FakeExecutions()).reported == []


class BrokenClient:
    """Step Functions that answers with an error."""

    def __init__(self, code: str) -> None:
        self.code = code

    def describe_execution(self, **_: str) -> None:
        """Fail."""
        raise aws_error(self.code)


def test_an_execution_that_is_forgotten_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BrokenClient("ExecutionDoesNotExist")
    monkeypatch.setattr(executions_module, "step_functions", lambda: broken)

    assert Executions("").find(ARN) is None


def test_step_functions_that_cannot_be_asked_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executions_module, "step_functions", lambda: BrokenClient("Throttling"))

    with pytest.raises(StorageUnavailableError):
        Executions("").find(ARN)


def test_the_function_says_what_it_found(
    monkeypatch: pytest.MonkeyPatch, workflows: Workflows
) -> None:
    monkeypatch.setattr(app, "EXECUTIONS", FakeExecutions())

    assert app.lambda_handler(load_event("reconcile"), a_context()) == {
        "mended": [],
        "reported": [],
    }
