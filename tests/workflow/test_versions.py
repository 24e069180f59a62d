"""A deployment while runs wait: they end as they began, and what starts later is as deployed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from galley_local.reviewer import decide, open_link
from galley_local.stack import ROOT, Stack

from .conftest import TOPIC, Ended, Workflow
from .test_ends import stop, until

THANKS = "Thank the reviewers"
RUNS = ("waiting", "stopped")


def release_two(folder: Path) -> Path:
    """Make the next release: one more state, and a function that returns one more field."""
    for name in ("functions", "layer", "statemachine"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "template.yaml", folder)
    machine = folder / "statemachine" / "research.asl.json"
    definition = json.loads(machine.read_text(encoding="utf-8"))
    states = definition["States"]
    (approved,) = (c for c in states["Approved?"]["Choices"] if c["Next"] == "Publish report")
    approved["Next"] = THANKS
    states[THANKS] = {"Comment": "New.", "Type": "Pass", "Next": "Publish report"}
    machine.write_text(json.dumps(definition), encoding="utf-8")
    publish = folder / "functions" / "publish" / "app.py"
    code = publish.read_text(encoding="utf-8")
    assert code.count('"report_key": key_of') == 1
    code = code.replace('"report_key": key_of', '"release": 2, "report_key": key_of')
    publish.write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def waiting(
    _stack: tuple[Stack, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Workflow]:
    """Return runs that waited for their reviewers while the next release was deployed."""
    stack = _stack[0]
    request = {"tenant": "press", "topic": TOPIC, "reviewer": "editor@example.com"}
    runs = {name: Workflow(stack, request, name) for name in RUNS}
    for run in runs.values():
        run.page()
    stack.update(release_two(tmp_path_factory.mktemp("release-2")))
    return runs


def described(workflow: Workflow) -> dict[str, Any]:
    """Return what DescribeExecution says."""
    client = workflow.stack.client("stepfunctions")
    return dict(client.describe_execution(executionArn=workflow.arn))


def version(workflow: Workflow) -> str:
    """Return the number of the version that a run was started by, through the alias."""
    found = described(workflow)
    assert found["stateMachineArn"] == workflow.stack.outputs["StateMachineArn"]
    assert found["stateMachineAliasArn"] == workflow.stack.outputs["WorkflowArn"]
    return str(found["stateMachineVersionArn"].rpartition(":")[2])


def published_by(ended: Ended) -> Any:
    """Return the release of the function that has published."""
    exits = (each.get("stateExitedEventDetails", {}) for each in ended.history)
    (published,) = (each for each in exits if each.get("name") == "Publish report")
    return json.loads(published["assignedVariables"]["published"]).get("release")


@pytest.mark.parametrize(("qualifier", "is_of_it"), [("", True), (":1", True), (":2", False)])
def test_a_run_that_waits_is_listed_with_its_version(
    waiting: dict[str, Workflow], qualifier: str, is_of_it: bool
) -> None:
    run = waiting["stopped"]
    machine = run.stack.outputs["StateMachineArn"]

    listed = run.stack.client("stepfunctions").list_executions(stateMachineArn=machine + qualifier)

    assert is_of_it == (run.arn in {each["executionArn"] for each in listed["executions"]})


def test_a_run_that_waits_ends_as_it_began(waiting: dict[str, Workflow]) -> None:
    run = waiting["waiting"]

    assert run.approve() == 200  # by the link, and on the page, from before the deployment
    ended = run.end()

    assert ended.output["status"] == "PUBLISHED"
    assert run.text("published/report.md") == run.text("drafts/1.md")
    assert THANKS not in ended.states()
    assert version(run) == "1"
    assert published_by(ended) == 2  # the functions are those of now


def test_a_run_that_is_redriven_goes_on_as_it_began(waiting: dict[str, Workflow]) -> None:
    run = waiting["stopped"]
    stop(run)
    assert run.end().status == "ABORTED"

    run.stack.client("stepfunctions").redrive_execution(executionArn=run.arn)
    until(lambda: len(run.mails()) == 2, "second mail")
    assert decide(open_link(run.mails()[1].links[0]), "approved").status == 200
    ended = run.end()

    assert ended.output["status"] == "PUBLISHED"
    assert THANKS not in ended.states()
    assert version(run) == "1"


def test_what_starts_later_is_as_deployed(waiting: dict[str, Workflow], stack: Stack) -> None:
    request = {"tenant": "press", "topic": TOPIC, "reviewer": "editor@example.com"}
    run = Workflow(stack, request, "later")

    run.approve()
    ended = run.end()

    assert ended.output["status"] == "PUBLISHED"
    assert THANKS in ended.states()
    assert version(run) == "2"
    assert published_by(ended) == 2


# ---- last, because it deploys again --------------------------------------------------------------


@pytest.mark.parametrize("release", sorted((ROOT / "tests" / "released").iterdir()))
def test_the_functions_of_now_finish_what_an_earlier_release_began(
    release: Path, waiting: dict[str, Workflow], stack: Stack, tmp_path: Path
) -> None:
    for name in ("functions", "layer"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "statemachine").mkdir()
    shutil.copy(ROOT / "template.yaml", tmp_path)
    shutil.copy(ROOT / "statemachine" / "outbox.asl.json", tmp_path / "statemachine")
    shutil.copy(release, tmp_path / "statemachine" / "research.asl.json")
    stack.update(tmp_path)
    request = {"tenant": "press", "topic": TOPIC, "reviewer": "editor@example.com"}
    run = Workflow(stack, request, f"release-{release.name.partition('.')[0]}")

    assert run.reject("More on fog signals.") == 200
    assert run.approve(round_number=2) == 200
    ended = run.end()

    assert ended.output["status"] == "PUBLISHED"
    assert run.text("published/report.md") == run.text("drafts/2.md")
