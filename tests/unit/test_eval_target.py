"""Evals on a stack: what is asked again, what says nothing of a prompt, what is cleaned up."""

import io
import json
from typing import Any

import boto3
import pytest
from galley.artifacts import Artifacts, s3_client
from galley.citations.findings import Check, Finding, Returned
from galley.contracts import Claim, Summary
from typer.testing import CliRunner

from galley_cli.main import app
from galley_local.evals.cases import Entry, load_cases
from galley_local.evals.library import Library
from galley_local.evals.roles import ROLES
from galley_local.evals.run import Result, run_cases
from galley_local.evals.selection import possible
from galley_local.evals.target import Target, TargetError, deployed
from tests.unit.fakes import aws_error


class FakeLambda:
    """Answers in turn; what it was invoked with is kept."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.events: list[tuple[str, dict[str, Any]]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """Take an event."""
        self.events.append((FunctionName, json.loads(Payload)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(self.events[-1][1])
        failed = {"FunctionError": "Unhandled"} if "errorType" in answer else {}
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **failed}


def fails(name: str) -> dict[str, str]:
    """Return what Lambda answers for a function that has raised an error."""
    return {"errorType": name, "errorMessage": f"it was {name}"}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds that were waited, without waiting them."""
    waited: list[float] = []
    monkeypatch.setattr("galley_local.evals.target.time.sleep", waited.append)
    return waited


@pytest.fixture
def entry() -> Entry:
    """Give a case of the summary role."""
    return next(each for each in load_cases(ROLES["summary"], Library()) if each.name == "a-vote")


def target_of(artifacts: Artifacts, *answers: Any) -> Target:
    """Return a target whose functions answer in turn."""
    functions = {f"{role}_agent": f"stack-{role}" for role in ROLES}
    return Target("stack x", FakeLambda(*answers), s3_client(), artifacts.bucket, functions)


def run(target: Target, entry: Entry) -> Result:
    """Run one case."""
    (result,) = run_cases([entry], Library(), target)
    return result


def test_a_function_gets_a_real_event_and_finds_its_source(
    artifacts: Artifacts, entry: Entry
) -> None:
    target = target_of(artifacts, fails("AgentReplyError"))

    run(target, entry)

    ((name, event),) = target.lambdas.events
    assert "stack-summary" == name
    assert {"workflow_id", "tenant", "topic", "source"} == set(event)
    assert "evals" == event["tenant"]
    key = event["source"]["key"]
    assert f"evals/{event['workflow_id']}/sources/{event['source']['source_id']}.json" == key
    assert b"612 votes for the ferry" in artifacts.read_bytes(key)


def test_what_the_function_keeps_is_graded(artifacts: Artifacts, entry: Entry) -> None:
    quote = "A vote on 15 September 1991 ended with 612 votes for the ferry and 387 for the bridge."

    def summarize(event: dict[str, Any]) -> dict[str, Any]:
        source_id = event["source"]["source_id"]
        key = f"evals/{event['workflow_id']}/summaries/{source_id}.json"
        call = {"tools": [], "template_sha256": "abc"}
        artifacts.keep(key, Summary(source_id, "t", "u", [Claim(quote, quote)], call))
        return {"source_id": source_id, "key": key}

    result = run(target_of(artifacts, summarize), entry)

    assert all(result.passed.values())
    assert {"points", "quotes", "numbers"} <= set(result.passed)
    assert quote == result.shown


def test_a_draft_that_the_gate_does_not_let_pass_is_graded_all_the_same(
    artifacts: Artifacts,
) -> None:
    cases = load_cases(ROLES["writer"], Library())
    entry = next(each for each in cases if each.name == "a-year-that-is-wrong")
    draft = "# T\n\n## Summary\n\nIt began in 1875 [1].\n"

    def write(event: dict[str, Any]) -> dict[str, str]:
        first, second = (
            f"evals/{event['workflow_id']}/drafts/1.attempt-{number}.json" for number in (1, 2)
        )
        assert "in 1874 [1]" in artifacts.read(first, Returned).draft
        wrong = Check([Finding("figure", "1875", cites=[1])])
        artifacts.keep(second, Returned(wrong, {"tools": []}, draft))
        return fails("CitationError")

    result = run(target_of(artifacts, write), entry)

    assert ["“1875” does not stand in [1]."] == result.grades["citations"]
    assert ([], draft) == (result.grades["contract"], result.shown)


@pytest.mark.parametrize("error", ["AgentReplyError", "ValueError", "AgentRefusedError"])
def test_a_reply_that_is_refused_fails_the_contract(
    artifacts: Artifacts, entry: Entry, error: str
) -> None:
    result = run(target_of(artifacts, fails(error)), entry)

    assert not any(result.passed.values())
    assert error in result.grades["contract"][0]


def test_what_passes_is_asked_again(artifacts: Artifacts, entry: Entry, waits: list[float]) -> None:
    target = target_of(artifacts, fails("AgentThrottledError"), fails("IrrelevantSourceError"))

    result = run(target, entry)

    assert 2 == len(target.lambdas.events)
    assert "" == result.not_run
    assert [2] == waits


def test_what_does_not_pass_is_told_and_not_graded(
    artifacts: Artifacts, entry: Entry, waits: list[float]
) -> None:
    result = run(target_of(artifacts, *[fails("AgentThrottledError")] * 4), entry)

    assert ("AgentThrottledError: it was AgentThrottledError", {}) == (
        result.not_run,
        result.passed,
    )


@pytest.mark.parametrize(
    "answer",
    [fails("StorageRefusedError"), aws_error("AccessDeniedException")],
    ids=["S3", "Lambda"],
)
def test_a_missing_permission_says_nothing_of_a_prompt(
    artifacts: Artifacts, entry: Entry, answer: Any
) -> None:
    result = run(target_of(artifacts, answer), entry)

    assert result.not_run
    assert {} == result.passed


def test_a_stack_without_the_documents_runs_all_but_the_search(artifacts: Artifacts) -> None:
    library = Library()
    searches, summaries = (load_cases(ROLES[each], library) for each in ("search", "summary"))
    target = target_of(artifacts)

    left, lacks = possible([*searches, *summaries], library, target)

    assert summaries == left
    assert "evals/sources" in lacks
    with pytest.raises(TargetError, match="the search role cannot be run"):
        possible(searches, library, target)


def test_a_stack_with_the_documents_runs_the_search(artifacts: Artifacts) -> None:
    library = Library()
    for path in (library.folder / "sources").iterdir():
        artifacts.keep(f"corpus/{path.name}", path.read_bytes())
    searches = load_cases(ROLES["search"], library)

    assert (searches, "") == possible(searches, library, target_of(artifacts))


class FakeSession:
    """A boto3 session in whose account one stack is deployed."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def client(self, service: str, **_: Any) -> Any:
        """Return this as CloudFormation, and the real client of S3."""
        return s3_client() if service == "s3" else self

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        """Describe the stack; any other is not there."""
        if StackName != "newsroom":
            raise aws_error("ValidationError", f"Stack with id {StackName} does not exist")
        return {
            "Stacks": [{"Outputs": [{"OutputKey": "ArtifactsBucket", "OutputValue": self._bucket}]}]
        }

    def describe_stack_resource(self, **asked: str) -> dict[str, Any]:
        """Name a resource."""
        name = f"{asked['StackName']}-{asked['LogicalResourceId']}"
        return {"StackResourceDetail": {"PhysicalResourceId": name}}


def test_a_deployed_stacks_functions_are_found_and_its_bucket_is_left_as_it_was(
    artifacts: Artifacts,
) -> None:
    artifacts.keep("evals/of-someone-else.json", "{}")

    with deployed("newsroom", FakeSession(artifacts.bucket)) as target:
        place = target.place("summary", "a-vote")
        artifacts.keep(place.scope.source_key("aaaaaaaa"), "{}")
        found = dict(target.functions)

    assert "newsroom-WriterAgentFunction" == found["writer_agent"]
    assert ["evals/of-someone-else.json"] == artifacts.list_keys("")


def test_the_command_says_which_stack_is_not_there(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galley_cli.evals.end_like_an_interrupt", lambda: None)
    monkeypatch.setattr(boto3, "Session", lambda **_: FakeSession(artifacts.bucket))

    done = CliRunner().invoke(app, ["eval", "--stack", "nowhere"])

    assert 2 == done.exit_code
    assert "--stack nowhere" in done.output
    assert "does not exist" in done.output
