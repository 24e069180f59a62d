"""A permission that is missing from the template: what the run and the command say of it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from galley_local.corpus import Corpus
from galley_local.stack import Stack

from .conftest import CORPUS, TOPIC, Workflow

ROOT = Path(__file__).parents[2]
APPLICATION = ("functions", "layer", "statemachine")
COMMAND = ("galley_cli", "galley_local", "examples")


def copy_without(permission: str, folder: Path, *names: str) -> None:
    """Copy the application without the permission that a pattern matches in its template."""
    for name in names:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    changed, count = re.subn(permission, r"\1sts:GetCallerIdentity\2", template)
    assert count == 1
    (folder / "template.yaml").write_text(changed, encoding="utf-8")


def galley_run(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command of a copy."""
    command = [sys.executable, "-m", "galley_cli.main", "run", TOPIC, "--approve"]
    return subprocess.run(
        [*command, "--max-sources", "2", "--workflow-id", "denied"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_a_missing_permission_fails_the_run_and_is_named(tmp_path: Path) -> None:
    copy_without(
        r"(Action: )s3:PutObject(\n +Resource:\n +- !Sub \S+/drafts/\*)", tmp_path, *APPLICATION
    )

    with Stack(Corpus.read(CORPUS), root=tmp_path) as stack:
        request = {"topic": TOPIC, "reviewer": "editor@example.com"}
        ended = Workflow(stack, request, name="denied").end()
        denials = list(stack.permissions.denials)

    assert ended.error == "StorageRefusedError"
    assert "checks/1." in ended.cause  # what the gate has said is kept before the draft
    (denial,) = denials
    kept = r"arn:aws:s3:::galley-artifacts-\w+/default/denied/checks/1\.\w+\.json"
    assert re.fullmatch(
        r"galley-WriterAgentFunctionRole-\w+ is not authorized to perform: s3:PutObject "
        rf"on resource: {kept}",
        str(denial),
    )
    assert re.fullmatch(
        r"WriterAgentFunctionRole needs the statement "
        rf"{{Effect: Allow, Action: s3:PutObject, Resource: {kept}}}",
        denial.remedy,
    )


def test_the_command_fails_where_the_workflow_goes_on(tmp_path: Path) -> None:
    machine = r"(?s)(ResearchStateMachine:.*?Action: )events:PutEvents(\n)"
    copy_without(machine, tmp_path, *APPLICATION, *COMMAND)

    done = galley_run(tmp_path)

    assert done.returncode == 1
    assert "Published after 1 round" in done.stdout
    assert re.search(
        r"denied: galley-ResearchStateMachineRole-\w+ is not authorized to perform: "
        r"events:PutEvents on resource: \S+event-bus/galley",
        done.stdout,
    )
    assert "ResearchStateMachineRole needs the statement" in done.stdout
    assert (tmp_path / "reports" / "denied" / "report.md").exists()


def test_the_command_ends_where_the_answer_cannot_be_taken(tmp_path: Path) -> None:
    api = r"(?s)(  ApprovalApiFunction:\n.*?Sid: TellTheWorkflow.*?Action: )"
    telling = rf"{api}states:SendTaskSuccess(\n)"
    copy_without(telling, tmp_path, *APPLICATION, *COMMAND)

    done = galley_run(tmp_path)

    assert done.returncode == 1
    assert "ApprovalDeniedError" in done.stdout
    assert re.search(
        r"ApprovalApiFunctionRole-\w+ is not authorized to perform: states:SendTaskSuccess",
        done.stdout,
    )


def test_the_report_says_of_every_permission_whether_it_is_used() -> None:
    command = [sys.executable, "-m", "galley_cli.main", "permissions", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)

    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert {each["stuck"] for each in report["scenarios"]} == {""}
    publish = report["holders"]["PublishFunctionRole"]
    assert "dynamodb:UpdateItem" in [each["action"] for each in publish["used"]]
    assert all(not holder["denied"] for holder in report["holders"].values())
    assert all(
        each["why"] for holder in report["holders"].values() for each in holder["never_used"]
    )
