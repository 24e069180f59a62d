"""Least privilege: a run needs every permission that the template gives, and no other."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from galley_local.corpus import Corpus
from galley_local.permissions import Permissions, Statement
from galley_local.stack import Stack

from .conftest import CORPUS, TOPIC, Workflow

ROOT = Path(__file__).parents[2]

# What only failures, races and other systems need.
SPARE = {
    ("RequestApprovalFunction", "SendADecisionAgain"),
    ("RequestApprovalFunction", "KeepTheReview"),
    ("RequestApprovalFunction", "OpenTheApproval", "dynamodb:GetItem"),
    ("ResearchStateMachine", "RecordFailures"),
    ("ResearchRequestedRule", "StartThisWorkflow"),  # test_triggers.py
}
# S3 says "no such key" only to those who may list; moto says it to all.
LISTING = "SeeWhatIsThere"

Grant = tuple[str, Statement, str]


@pytest.fixture(scope="module")
def used() -> Permissions:
    """Return what a run asked for that was rejected once, then approved."""
    with Stack(Corpus.read(CORPUS)) as stack:
        request = {"topic": TOPIC, "reviewer": "editor@example.com"}
        workflow = Workflow(stack, request, name="permissions")
        workflow.reject("More on fog signals.")
        workflow.approve(round_number=2)
        assert workflow.end().status == "SUCCEEDED"
    return stack.permissions


def grants(permissions: Permissions) -> list[Grant]:
    """Return every action that a statement of a role allows."""
    return [
        (role, statement, action)
        for role, statements in permissions.statements.items()
        for statement in statements
        for action in statement.actions
    ]


def of(role: str) -> str:
    """Return whose role it is."""
    return re.sub(r"^galley-(\w+)Role-\w+$", r"\1", role)


def test_a_run_is_denied_nothing(used: Permissions) -> None:
    assert [str(denial) for denial in used.denials] == []


def test_without_any_one_permission_a_call_would_be_denied(used: Permissions) -> None:
    needless = []
    for role, statement, action in grants(used):
        others = [each for each in used.statements[role] if each is not statement]
        rest = tuple(each for each in statement.actions if each != action)
        left = [*others, *([replace(statement, actions=rest)] if rest else [])]
        if all(any(each.allows(call) for each in left) for call in used.calls.get(role, ())):
            needless.append((of(role), statement.sid, action))

    assert [
        grant
        for grant in needless
        if grant[1] != LISTING and grant not in SPARE and grant[:2] not in SPARE
    ] == []


def test_a_missing_permission_fails_the_run_and_is_named(tmp_path: Path) -> None:
    for name in ("functions", "layer", "statemachine"):
        shutil.copytree(ROOT / name, tmp_path / name)
    template = (ROOT / "template.yaml").read_text()
    put_drafts = re.compile(r"(Action: )s3:PutObject(\n +Resource: !Sub \S+/drafts/\*)")
    template, changed = put_drafts.subn(r"\1s3:GetObject\2", template)
    (tmp_path / "template.yaml").write_text(template)

    with Stack(Corpus.read(CORPUS), root=tmp_path) as stack:
        request = {"topic": TOPIC, "reviewer": "editor@example.com"}
        workflow = Workflow(stack, request, name="denied")
        ended = workflow.end()
        denials = [str(denial) for denial in stack.permissions.denials]

    assert changed == 1
    assert ended.error == "StorageRefusedError"
    assert "drafts/1.md" in ended.cause
    (denial,) = denials
    assert re.fullmatch(
        r"galley-WriterAgentFunctionRole-\w+ is not authorized to perform: s3:PutObject "
        r"on resource: arn:aws:s3:::galley-artifacts-\w+/default/denied/drafts/1.md",
        denial,
    )
