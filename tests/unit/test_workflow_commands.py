"""What commands say of workflows: read, put into words, listed, advised on."""

import io
import json
import re
import traceback
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import InvalidURL
from typing import Any

import pytest
import typer
from galley import errors
from rich.console import Console
from typer.main import get_command
from typer.testing import CliRunner

from galley_cli.history import History
from galley_cli.main import app
from galley_cli.mcp.tools import Tools, _clean
from galley_cli.target import Target
from galley_cli.workflows.advice import ADVICE, Redrive, advice_on
from galley_cli.workflows.ending import why_not
from galley_cli.workflows.gate import Gate, open_gate
from galley_cli.workflows.list_view import show_list
from galley_cli.workflows.listing import listed
from galley_cli.workflows.logs import read_line, short_name
from galley_cli.workflows.options import CommandError
from galley_cli.workflows.page import show_page
from galley_cli.workflows.reader import Reader, UnknownWorkflowError, told
from galley_cli.workflows.reports import last_draft, published
from galley_cli.workflows.seen import AgentCall, Artifact, Failure, Round, State, Vote, Workflow
from galley_cli.workflows.starting import request_of
from galley_cli.workflows.steps import next_steps
from galley_cli.workflows.wanted import Row, Wanted, since_of, status_named
from galley_cli.workflows.watching import watch_to_its_end
from galley_cli.workflows.words import ago, dollars, duration, size
from galley_local.reviewer import Browser, Page
from tests.unit.fakes import ROOT
from tests.unit.test_history import Events
from tests.unit.test_structure import leaves_below

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MACHINE = "arn:aws:states:eu-central-1:1:stateMachine:galley-research"
EXECUTION = "arn:aws:states:eu-central-1:1:execution:galley-research:w1"
OUTPUTS = {
    "StateMachineArn": MACHINE,
    "OutboxArn": MACHINE.replace("research", "outbox"),
    "TableName": "workflows",
    "ArtifactsBucket": "artifacts",
}


def a_workflow(status: str = "RUNNING", **more: Any) -> Workflow:
    """Return a workflow of such a status."""
    known = {"execution": EXECUTION, "tenant": "press", "topic": "Lighthouses", "started_at": NOW}
    return Workflow(workflow_id="w1", status=status, **{**known, **more})


def a_round(*votes: Vote, **more: Any) -> Round:
    """Return a round with such votes."""
    known: dict[str, Any] = {
        "number": 1,
        "rule": "any",
        "reviewers": ["ada@example.com", "bob@example.com"],
        "expires_at": datetime.now(UTC) + timedelta(days=2),
        "draft_sha256": "3bf97bf7",
        "draft_key": "press/w1/drafts/1.md",
        "decision": votes[-1].decision if votes else "",
        "told_at": "",
        "votes": list(votes),
    }
    return Round(**{**known, **more})


def a_row(name: str, **more: Any) -> Row:
    """Return one workflow of a list."""
    known: dict[str, Any] = {
        "tenant": "press",
        "status": "PUBLISHED",
        "started_at": NOW,
        "version": "1",
        "topic": "How lighthouses made their lights seen farther",
        "cost_usd": None,
        "error": "",
    }
    return Row(workflow_id=name, **{**known, **more})


def shown(workflow: Workflow, width: int = 80) -> str:
    """Return the page of a workflow as a terminal of some width has it."""
    console = Console(width=width, file=io.StringIO())
    show_page(workflow, console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


# ---- advice --------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", sorted(leaves_below(errors.GalleyError)))
def test_every_error_has_advice(error: str) -> None:
    assert error in ADVICE


def test_advice_is_on_the_errors_that_operations_list() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    table = operations.partition("## When a run fails")[2].partition("\n**Redrive**")[0]

    assert [name for name in ADVICE if f"`{name}`" not in table] == []


@pytest.mark.parametrize("error", sorted(ADVICE))
def test_advice_says_whether_to_redrive(error: str) -> None:
    advice = ADVICE[error]

    assert ("redrive" in advice.action) == (advice.redrive is not Redrive.NEVER)


@pytest.mark.parametrize("error", ["Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"])
def test_what_lambda_reports_has_advice_too(error: str) -> None:
    assert "a function was too slow, crashed" in advice_on(error).meaning


def test_an_error_without_a_name_of_ours_sends_to_the_log() -> None:
    assert "log lines" in advice_on("SomethingElse").action


# ---- what to do next -----------------------------------------------------------------------------


def test_a_failure_that_may_pass_is_redriven_until_it_cannot() -> None:
    failed = a_workflow("FAILED", failure=Failure("AgentUnavailableError", ""), ended_at=NOW)

    steps = next_steps(failed)

    assert "galley redrive w1 (possible until 2026-12-12 12:00:00 UTC)" in " ".join(steps)
    assert why_not(failed) == ""


def test_one_that_aws_does_not_redrive_any_more_is_started_anew() -> None:
    over = "Execution redrivable period exceeded"
    failed = a_workflow("FAILED", failure=Failure("AgentUnavailableError", ""), redrivable=over)

    assert f"Do not redrive: {over}. Start a new one: galley start TOPIC" in next_steps(failed)
    assert over in why_not(failed)


@pytest.mark.parametrize("status", ["RUNNING", "WAITING_FOR_APPROVAL", "PUBLISHED"])
def test_what_has_not_failed_is_not_redriven(status: str) -> None:
    assert why_not(a_workflow(status)) != ""


def test_a_waiting_workflow_says_who_can_decide_until_when() -> None:
    asked = a_round(rule="all")
    waiting = a_workflow("WAITING_FOR_APPROVAL", round=1, rounds=[asked])

    first = next_steps(waiting)[0]

    assert first.startswith("Each of ada@example.com, bob@example.com can decide by the link")
    assert "(in 1 d 23 h)" in first


def test_a_workflow_that_waits_past_its_deadline_is_cancelled() -> None:
    late = a_round(expires_at=NOW - timedelta(days=9000))
    waiting = a_workflow("WAITING_FOR_APPROVAL", round=1, rounds=[late])

    assert "waits past its deadline" in next_steps(waiting)[0]


def test_a_decision_that_the_workflow_was_not_told_is_named() -> None:
    vote = Vote("ada@example.com", "approved", "", "2026-11-28T12:00:00+00:00")
    waiting = a_workflow("WAITING_FOR_APPROVAL", round=1, rounds=[a_round(vote)])

    assert "It is approved, and the workflow was not told" in next_steps(waiting)[0]


def test_a_state_that_is_tried_again_says_why() -> None:
    state = State("Write draft", NOW, 40.0, over=False, retries=3, error="AgentThrottledError")

    steps = next_steps(a_workflow(states=[state]))

    assert "Write draft has failed with AgentThrottledError and is tried again" in steps[0]


def test_a_state_that_takes_longer_than_it_may_is_named() -> None:
    state = State("Register workflow", NOW, 20_000.0, over=False)

    assert "longer than it may" in next_steps(a_workflow(states=[state]))[0]


# ---- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120])
def test_the_page_of_a_failed_run_tells_what_happened_and_what_to_do(width: int) -> None:
    failed = a_workflow(
        "FAILED",
        failure=Failure("CitationError", "Sentence 3 says what no source does."),
        ended_at=NOW + timedelta(minutes=3),
        states=[
            State("Search for sources", NOW, 12.0, over=True, retries=1),
            State("Write draft", NOW, 95.0, over=False, retries=2, error="CitationError"),
        ],
        calls=[
            AgentCall("writer", "1", "2026", "answered", "m1", 9000, 800, 0, 0, 31.0, 0.05),
            AgentCall("writer", "1", "2027", "AgentReplyError", "m1", 100, 0, 0, 0, 1.0, None),
        ],
        cost_usd=0.05,
        budget_usd=2.0,
        at_budget="partial",
    )

    lines = shown(failed, width)

    said = " ".join(lines.split())
    for expected in (
        "w1 failed",
        "CitationError in Write draft",
        "Sentence 3 says what no source does.",
        "It means: three drafts of a round stated or quoted",
        "Redrive: galley redrive w1",
        "tried again 2×, last: CitationError",
        "$0.0500 of $2.00, then a partial report",
        "writer 2 1 9,100 800 0 32 s $0.0500",
    ):
        assert expected in said
    assert max(len(line.rstrip()) for line in lines.splitlines()) <= width


def test_what_was_cancelled_says_nothing_of_an_error() -> None:
    state = State("Ask for approval", NOW, 60.0, over=False, error="States.Timeout")
    aborted = Failure("States.Aborted", "Cancelled (by ann)")

    assert "States.Timeout" not in shown(a_workflow("ABORTED", states=[state], failure=aborted))
    assert "States.Timeout" in shown(a_workflow("TIMED_OUT", states=[state]))


def test_an_execution_can_be_copied() -> None:
    long = f"{EXECUTION}-how-lighthouses-made-their-lights-seen-farther"

    assert f"  execution  {long}" in shown(a_workflow(execution=long), 80).splitlines()


def test_what_a_topic_says_is_no_markup() -> None:
    assert "[red]now[/red]" in shown(a_workflow(topic="[red]now[/red]"))


# ---- the gate ------------------------------------------------------------------------------------

LINK = "https://a.example/approvals/w1/1?expires=1&kid=2&signature=SECRET"
GATE = Target(lambda _: None, {**OUTPUTS, "ApprovalUrl": "https://a.example"})


@pytest.mark.parametrize(
    "link",
    ["", f"{LINK} x", f"{LINK}\nx", f"{LINK}é", "http://[bad?signature=SECRET"],
    ids=["nothing", "a blank", "two lines", "no ASCII", "no address"],
)
def test_what_is_no_link_is_refused_without_being_said(link: str) -> None:
    waiting = a_workflow("WAITING_FOR_APPROVAL", round=1, rounds=[a_round()])

    with pytest.raises(CommandError, match="the link is none") as refused:
        open_gate(GATE, waiting, link)

    assert "SECRET" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize(
    "error",
    [OSError(LINK), InvalidURL(LINK), ValueError(LINK)],
    ids=lambda each: type(each).__name__,
)
def test_what_fails_on_the_way_to_the_gate_does_not_say_the_link(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise error

    waiting = a_workflow("WAITING_FOR_APPROVAL", round=1, rounds=[a_round()])
    opened = Gate(Page(LINK, 200, ""), waiting.rounds[0])
    monkeypatch.setattr(Browser, "open", fails)
    monkeypatch.setattr(Browser, "send", fails)

    for ask in (lambda: open_gate(GATE, waiting, LINK), lambda: opened.decide("approved", "")):
        with pytest.raises(CommandError, match=r"a\.example") as refused:
            ask()
        assert "SECRET" not in "".join(traceback.format_exception(refused.value))


# ---- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120, 200])
def test_an_id_is_never_cut_and_a_topic_takes_what_is_left(width: int) -> None:
    console = Console(width=width, file=io.StringIO())
    name = "how-lighthouses-made-their-lights-seen-f-d8b709"

    show_list([a_row(name), a_row("w2", error="TooFewSourcesError")], console, more=True)

    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert name in text
    assert "TooFewSourcesError" in text
    assert ("seen farther" in text) == (width > 150)
    assert "There are more" in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(tenant="press"), ["w1", "w2"]),
        (Wanted(tenant="press", topic="RADIUM"), ["w2"]),
        (Wanted(tenant="press", status="FAILED"), ["w2"]),
        (Wanted(tenant="press", version="2"), ["w1"]),
        (Wanted(tenant="press", since=NOW - timedelta(hours=1)), ["w1"]),
    ],
)
def test_a_list_is_filtered(
    monkeypatch: pytest.MonkeyPatch, wanted: Wanted, names: list[str]
) -> None:
    rows = [
        a_row("w1", version="2"),
        a_row("w2", topic="Radium", status="FAILED", started_at=NOW - timedelta(days=1)),
    ]
    monkeypatch.setattr("galley_cli.workflows.listing._candidates", lambda *_: iter(rows))

    found, more = listed(Target(lambda _: None, OUTPUTS), wanted)

    assert ([each.workflow_id for each in found], more) == (names, False)


def test_a_list_ends_and_says_that_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (a_row(f"w{number}") for number in range(10_000_000))
    monkeypatch.setattr("galley_cli.workflows.listing._candidates", lambda *_: rows)
    target = Target(lambda _: None, OUTPUTS)

    assert [len(listed(target, Wanted(most=3))[0]), listed(target, Wanted(most=3))[1]] == [3, True]
    assert listed(target, Wanted(topic="radium")) == ([], True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2d", NOW - timedelta(days=2)),
        ("90m", NOW - timedelta(minutes=90)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T08:00+01:00", datetime(2026, 11, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_time_can_be_said_in_two_ways(text: str, expected: datetime) -> None:
    assert since_of(text, NOW) == expected


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00+14:00", "0001-01-01", "99999w", "1999-12-31", "9999-12-31T23:59-14:00"],
)
def test_a_time_that_no_service_takes_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="since: expected"):
        since_of(text, NOW)


def test_words_for_statuses_are_those_of_the_page() -> None:
    words = {"waiting": "WAITING_FOR_APPROVAL", "cancelled": "ABORTED", "Failed": "FAILED", "": ""}

    assert {word: status_named(word) for word in words} == words
    with pytest.raises(CommandError, match="expected one of running, waiting"):
        status_named("lost")


# ---- reading -------------------------------------------------------------------------------------


class FakeAws:
    """Answers as DynamoDB, Step Functions and S3 do of one workflow that waits."""

    def __init__(self, items: list[dict[str, Any]], execution: dict[str, Any] | None) -> None:
        self.items = items
        self.execution = execution
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def client(self, _: str) -> Any:
        return self

    def query(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(("query", asked))
        pk = asked["ExpressionAttributeValues"][":pk"]["S"]
        return {"Items": [each for each in self.items if each["pk"]["S"] == pk]}

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def describe_execution(self, **asked: Any) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        if self.execution is None:
            said: Any = {"Error": {"Code": "ExecutionDoesNotExist", "Message": "gone"}}
            raise ClientError(said, "DescribeExecution")
        return self.execution

    def get_paginator(self, operation: str) -> Any:
        self.operation = operation
        return self

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        self.asked.append((self.operation, asked))
        return [{"events": [], "Contents": [{"Key": "press/w1/drafts/1.md", "Size": 5}]}]


def typed(**fields: Any) -> dict[str, Any]:
    """Return an item as DynamoDB writes it."""
    from boto3.dynamodb.types import TypeSerializer

    return {name: TypeSerializer().serialize(value) for name, value in fields.items()}


META = typed(
    pk="WORKFLOW#w1",
    sk="META",
    status="RUNNING",
    tenant="press",
    topic="Lighthouses",
    execution=EXECUTION,
    started_at="2026-11-28T12:00:00.000Z",
)


def read(fake: FakeAws, **more: Any) -> Workflow:
    """Return what the reader makes of it."""
    return Reader(Target(fake.client, OUTPUTS), **more).read("w1")


def test_an_execution_that_is_forgotten_leaves_the_record() -> None:
    seen = read(FakeAws([META], None))

    assert (seen.status, seen.tenant, seen.states) == ("RUNNING", "press", [])
    assert [each.key for each in seen.artifacts] == ["drafts/1.md"]


DELETED = typed(
    pk="AUDIT#w1", sk="2026-11-29#deleted", did="deleted", at="2026-11-29T08:00:00Z", by="ann"
)
ENDED = {
    "executionArn": EXECUTION,
    "name": "w1",
    "status": "FAILED",
    "error": "AgentUnavailableError",
    "startDate": NOW,
}


@pytest.mark.parametrize("execution", [ENDED, None], ids=["kept", "forgotten"])
def test_a_workflow_that_was_deleted_says_when_and_by_whom(execution: Any) -> None:
    seen = read(FakeAws([DELETED], execution))

    assert (seen.status, seen.failure, seen.is_open) == ("DELETED", None, False)
    assert "Deleted at 2026-11-29 08:00:00 UTC by ann" in " ".join(shown(seen).split())
    assert "redrive" not in shown(seen)
    assert "by ann" in why_not(seen)


def test_one_that_was_begun_anew_is_not_called_deleted() -> None:
    assert read(FakeAws([DELETED, META], {**ENDED, "status": "RUNNING"})).status == "RUNNING"


def test_what_was_registered_and_has_no_record_is_not_redriven() -> None:
    states = [
        State("Register workflow", NOW, 1.0, over=True),
        State("Write draft", NOW, 1.0, over=False),
    ]
    failed = a_workflow("FAILED", failure=Failure("AgentUnavailableError", ""), states=states)

    assert why_not(failed) == ""
    assert "has no record any more" in why_not(replace(failed, tenant=""))
    assert why_not(replace(failed, tenant="", states=states[:1])) == ""


def test_a_list_says_of_what_was_deleted_that_it_is() -> None:
    class Listing(FakeAws):
        def list_executions(self, **_: Any) -> dict[str, Any]:
            return {"executions": [ENDED]}

        def batch_get_item(self, **_: Any) -> dict[str, Any]:
            return {"Responses": {}}

    def statuses(*items: Any) -> list[str]:
        aws = Listing(list(items), ENDED)
        return [each.status for each in listed(Target(aws.client, OUTPUTS), Wanted())[0]]

    assert (statuses(), statuses(DELETED)) == (["FAILED"], ["DELETED"])


@pytest.mark.parametrize(
    ("status", "shown"),
    [("WAITING_FOR_APPROVAL", "waiting"), ("ABORTED", "cancelled"), ("RUNNING", "running")],
)
def test_a_status_is_shown_in_the_word_that_asks_for_it(status: str, shown: str) -> None:
    row = Row("w", "press", status, NOW, "2", "Lights", None, "")
    console = Console(width=120, file=io.StringIO())

    show_list([row], console, more=False)

    assert f" {shown} " in console.file.getvalue()  # type: ignore[attr-defined]


def test_an_end_counts_before_it_is_recorded() -> None:
    ended = {"executionArn": EXECUTION, "status": "FAILED", "error": "CitationError", "cause": "x"}

    seen = read(FakeAws([META], ended))

    assert (seen.status, seen.failure) == ("FAILED", Failure("CitationError", "x"))


def test_a_workflow_of_nobody_is_refused() -> None:
    with pytest.raises(UnknownWorkflowError, match="galley list"):
        read(FakeAws([], None))


def test_no_task_token_is_read() -> None:
    running = {"executionArn": EXECUTION, "status": "RUNNING"}
    fake = FakeAws([META], running)

    read(fake, with_data=False)

    names = [set(asked.get("ExpressionAttributeNames", {}).values()) for _, asked in fake.asked]
    histories = [asked for name, asked in fake.asked if name == "get_execution_history"]
    assert "status" in names[0]
    assert "task_token" not in names[0]
    assert [each["includeExecutionData"] for each in histories] == [False]


def test_a_timeout_that_says_nothing_is_named() -> None:
    seen = told("w1", {}, {"executionArn": EXECUTION, "status": "TIMED_OUT"})

    assert seen.failure == Failure("States.Timeout", "")


def test_a_history_knows_failures_and_announcements() -> None:
    put = {"Entries": [{"DetailType": "Approval requested", "Detail": {"round": 1}}]}
    on_bus = {"resourceType": "events"}
    events = (
        Events()
        .enter("Write draft")
        .add("TaskScheduled")
        .add("TaskFailed", taskFailedEventDetails={"error": "CitationError", "cause": "no source"})
        .add("TaskScheduled")
        .leave("Write draft")
        .enter("Announce approval request")
        .add("TaskScheduled", taskScheduledEventDetails={**on_bus, "parameters": json.dumps(put)})
        .add("TaskSucceeded", taskSucceededEventDetails=on_bus)
    )
    history = History()

    history.read(events.all)

    assert (history.states[0].error, history.states[0].cause) == ("CitationError", "no source")
    (announced,) = history.announced
    assert (announced.kind, announced.is_put) == ("Approval requested", True)


# ---- requests, drafts, lines ---------------------------------------------------------------------


def test_options_go_over_what_a_request_says() -> None:
    asked = {"topic": "Old", "reviewer": "a@example.com", "options": {"fresh": True}}

    request = request_of(asked, {"topic": "New", "reviewers": ["b@x"]}, {"max_sources": 4})

    assert request == {
        "topic": "New",
        "reviewers": ["b@x"],
        "options": {"fresh": True, "max_sources": 4},
    }


def test_the_last_draft_is_that_of_the_last_round() -> None:
    names = ["drafts/1.md", "drafts/2.md", "drafts/10.md", "drafts/10.attempt-1.json"]
    seen = a_workflow(artifacts=[Artifact(name, 1) for name in names])

    assert last_draft(seen) == "drafts/10.md"
    with pytest.raises(CommandError, match="fetches the last draft"):
        published(seen)


def test_a_format_that_was_not_made_is_named() -> None:
    seen = a_workflow("PUBLISHED", artifacts=[Artifact("published/report.md", 1)])

    assert published(seen) == ["published/report.md"]
    with pytest.raises(CommandError, match="has no pdf"):
        published(seen, "pdf")


def test_a_line_is_read_from_json_and_from_what_is_none() -> None:
    record = {
        "level": "ERROR",
        "message": "no",
        "function_name": "galley-WriterAgentFunction-1ABC",
        "workflow_id": "w1",
        "attempt": 2,
    }
    line = read_line({"timestamp": 1000, "message": json.dumps(record)})
    stream = "2026/11/28/galley-PublishFunction-9ZYX[$LATEST]abc"
    other = read_line({"timestamp": 1000, "message": "Traceback\n", "logStreamName": stream})

    assert (line.level, line.function, line.rest) == ("ERROR", "writer_agent", "attempt=2")
    assert (other.message, other.function) == ("Traceback", "publish")
    assert short_name("something") == "something"


@pytest.mark.parametrize(
    ("arguments", "hours"),
    [([], 1), (["--since", "2026-11-28"], None)],
    ids=["the workflow's own time", "a time that is given"],
)
def test_lines_of_what_has_ended_are_not_looked_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], hours: int | None
) -> None:
    fake = FakeAws([META], {**ENDED, "stopDate": NOW})
    target = Target(fake.client, {**OUTPUTS, "LogGroupName": "galley"})
    monkeypatch.setattr("galley_cli.workflows.options.target_of", lambda *_: target)

    CliRunner().invoke(app, ["logs", "w1", *arguments])

    (asked,) = (asked for name, asked in fake.asked if name == "filter_log_events")
    until = NOW + timedelta(hours=hours or 0)
    assert asked.get("endTime") == (until.timestamp() * 1000 if hours else None)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"_aws": {"Timestamp": 1}, "CostUsd": [0.1]}, True),
        ({"level": "INFO", "message": "used", "used": {"seconds": 1}}, True),
        ({"level": "INFO", "message": "hello"}, False),
    ],
)
def test_metrics_and_counts_are_for_programs(record: dict[str, Any], expected: bool) -> None:
    line = read_line({"timestamp": 1000, "message": json.dumps(record)})

    assert line.is_for_programs is expected


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.4 s"), (12, "12 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (180_000, "2 d 2 h")],
)
def test_times_have_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_amounts_are_short() -> None:
    assert [dollars(each) for each in (None, 0, 0.0123, 2)] == ["–", "$0.00", "$0.0123", "$2.00"]
    assert [size(each) for each in (12, 4096, 3_000_000)] == ["12 B", "4 KB", "2.9 MB"]
    assert ago(NOW + timedelta(hours=2), NOW) == "in 2 h"


# ---- the commands --------------------------------------------------------------------------------

_PAGE = (ROOT / "docs" / "command.md").read_text("utf-8").partition("## Which stack")[0]
COMMANDS = [
    name
    for row in re.findall(r"^\| (`.*?`) \|", _PAGE, re.M)
    for name in re.findall(r"`([a-z ]+)`", row)
]


@pytest.mark.parametrize("name", [each for each in COMMANDS if each != "mcp"])
def test_the_commands_that_the_page_lists_speak_json(name: str) -> None:
    command: Any = get_command(app)
    for part in name.split():
        command = command.commands[part]

    assert "--json" in [option for each in command.params for option in each.opts]


@pytest.mark.parametrize("name", ["cost", "delete", "tenant show", "tenant budget", "logs"])
def test_the_page_lists_what_operators_use(name: str) -> None:
    assert name in COMMANDS


# ---- watching ------------------------------------------------------------------------------------


class Waiting(FakeAws):
    """A workflow that waits for so many looks, and then ends."""

    def __init__(self, looks: int) -> None:
        super().__init__([META], {"executionArn": EXECUTION, "status": "RUNNING"})
        self.looks = looks

    def describe_execution(self, **asked: Any) -> dict[str, Any]:
        self.looks -= 1
        if self.looks == 0:
            self.execution = {"executionArn": EXECUTION, "status": "ABORTED"}
        return super().describe_execution(**asked)

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": META}

    def paginate(self, **asked: Any) -> list[dict[str, Any]]:
        (page,) = super().paginate(**asked)
        return [{**page, "events": Events().enter("Ask for approval").all}]


def test_who_watches_a_wait_reads_its_history_no_more_often_than_something_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("galley_cli.workflows.watching.time.sleep", lambda _: None)
    fake = Waiting(looks=50)

    with pytest.raises(typer.Exit):
        watch_to_its_end(Target(fake.client, OUTPUTS), "w1", as_json=True)

    asked = Counter(name for name, _ in fake.asked)
    assert asked["get_execution_history"] == 6  # two looks, and four times all that is known
    assert asked["list_objects_v2"] == asked["query"] / 3 == 4


# ---- the assistant -------------------------------------------------------------------------------


def test_an_assistant_of_one_tenant_does_not_learn_which_ids_others_have() -> None:
    def said(*items: Any) -> str:
        fake = FakeAws(list(items), None)
        with pytest.raises(UnknownWorkflowError) as refused:
            Tools(lambda: Target(fake.client, OUTPUTS), tenant="museum").show_workflow("w1")
        return str(refused.value)

    assert said() == said(META) == "there is no workflow w1 of museum"


def test_an_assistant_is_for_a_tenant_that_there_can_be() -> None:
    result = CliRunner().invoke(app, ["mcp", "--tenant", "Press!"])

    assert (result.exit_code, "no tenant can have this name" in result.output) == (2, True)


def test_a_link_that_somebody_has_pasted_does_not_reach_an_assistant() -> None:
    link = "https://a.example/approvals/w1/1?expires=1&kid=2&signature=3"

    cleaned = _clean({"topic": f"See {link} now", "votes": [{"comments": f"({link})"}], "at": NOW})

    assert cleaned["topic"] == "See [link] now"
    assert "signature" not in json.dumps(cleaned)
