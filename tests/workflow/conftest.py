"""The laptop stack for tests: the real template, state machine and handlers, on loopback."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from galley.errors import message_in

from galley_local.bedrock.session import UseTool
from galley_local.corpus import Corpus
from galley_local.extractive import ExtractiveMind
from galley_local.mailbox import Mail
from galley_local.reviewer import Page, decide, open_link
from galley_local.stack import Stack

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
_TOKEN = re.compile(r'"task_token": *"([^"]+)"')
TOPIC = "How lighthouses made their lights seen farther"
LONGEST_RUN_SECONDS = 60

Answer = Callable[[str, str, UseTool], str]


class ScriptedMind:
    """Thinks as the extractive mind does, except where a test says otherwise."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.scripts: dict[str, Answer] = {}
        self._extractive = ExtractiveMind()

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return the scripted answer of a role, or what the extractive mind says."""
        self.calls.append(role)
        return self.scripts.get(role, self.usual)(role, prompt, use_tool)

    def usual(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return what the extractive mind says."""
        return self._extractive.answer(role, prompt, use_tool)

    def reset(self) -> None:
        """Forget scripts and calls."""
        self.calls.clear()
        self.scripts.clear()


@dataclass
class Ended:
    """An execution that is over."""

    status: str
    output: dict[str, Any]
    error: str
    cause: str
    history: list[dict[str, Any]]

    def states(self) -> list[str]:
        """Return the names of the states entered, in order."""
        entered = (event.get("stateEnteredEventDetails") for event in self.history)
        return [details["name"] for details in entered if details]


class Workflow:
    """One execution on the stack, driven as a reviewer would."""

    def __init__(self, stack: Stack, request: dict[str, Any], name: str) -> None:
        self.stack = stack
        self.name = name
        self.workflow_id = request.get("workflow_id", name)
        self.tenant = request.get("tenant", "default")
        self.reviewer = request.get("reviewer", "")
        self._step_functions = stack.client("stepfunctions")
        self._s3 = stack.client("s3")
        self._pages: dict[int, Page] = {}
        self.arn = stack.start(request, name=name)

    def link(self, round_number: int = 1, reviewer: str = "") -> str:
        """Wait for a round's mail, to its one reviewer or a named one, and return its link."""
        self._until(lambda: bool(self.mails(round_number, reviewer)) or self._is_over())
        return self.mails(round_number, reviewer)[0].links[0]

    def mails(self, round_number: int = 1, reviewer: str = "") -> list[Mail]:
        """Return the mails that ask for a round's decision, oldest first."""
        path = f"/approvals/{self.workflow_id}/{round_number}?"
        return [
            mail
            for mail in self.stack.mailbox.mails()
            if reviewer in {"", *mail.to} and any(path in link for link in mail.links)
        ]

    def approve(self, round_number: int = 1) -> int:
        """Approve a round as the page's form does; return the status."""
        return decide(self.page(round_number), "approved").status

    def reject(self, comments: str, round_number: int = 1) -> int:
        """Reject a round as the page's form does; return the status."""
        return decide(self.page(round_number), "rejected", comments).status

    def page(self, round_number: int = 1) -> Page:
        """Return a round's page as it was when its reviewer opened it."""
        if round_number not in self._pages:
            self._pages[round_number] = open_link(self.link(round_number), self.reviewer)
        return self._pages[round_number]

    def token(self) -> str:
        """Return the task token of the state that waits, from the history, which has it."""
        history = self._step_functions.get_execution_history(executionArn=self.arn, maxResults=1000)
        details = (each.get("taskScheduledEventDetails", {}) for each in history["events"])
        found = (_TOKEN.search(each.get("parameters", "")) for each in details)
        return next(each[1] for each in found if each)

    def answer(self, output: dict[str, Any]) -> None:
        """Answer the state that waits as only whoever has its token can."""
        self._step_functions.send_task_success(taskToken=self.token(), output=json.dumps(output))

    def end(self) -> Ended:
        """Wait for the end, and where it is no success until that is recorded and reported."""
        self._until(self._is_over)
        found = self._step_functions.describe_execution(executionArn=self.arn)
        if found["status"] != "SUCCEEDED":
            self._until(self._is_told)
        history = self._step_functions.get_execution_history(executionArn=self.arn, maxResults=1000)
        return Ended(
            status=found["status"],
            output=json.loads(found.get("output") or "{}"),
            error=found.get("error", ""),
            cause=message_in(found.get("cause", "")),
            history=history["events"],
        )

    def text(self, name: str) -> str:
        """Return one of the workflow's artifacts."""
        key = f"{self.tenant}/{self.name}/{name}"
        found = self._s3.get_object(Bucket=self.stack.outputs["ArtifactsBucket"], Key=key)
        return str(found["Body"].read().decode("utf-8"))

    def record(self) -> dict[str, Any]:
        """Return the workflow's record in the table."""
        key = {"pk": {"S": f"WORKFLOW#{self.name}"}, "sk": {"S": "META"}}
        table = self.stack.outputs["TableName"]
        item = self.stack.client("dynamodb").get_item(TableName=table, Key=key).get("Item", {})
        return {name: next(iter(typed.values())) for name, typed in item.items()}

    def events(self) -> list[str]:
        """Return the kinds of event that this workflow put on the bus."""
        self.stack.let_outbox_finish()
        mine = (e for e in self.stack.events() if e["detail"].get("workflow_id") == self.name)
        return [event["detail-type"] for event in mine]

    def _is_over(self) -> bool:
        found = self._step_functions.describe_execution(executionArn=self.arn)
        return bool(found["status"] != "RUNNING")

    def _is_told(self) -> bool:
        told = {"Research failed", "Approval expired"}.intersection(self.events())
        return bool(told) and ("closed" in self.record() or not self.record())

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LONGEST_RUN_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"nothing happened in {LONGEST_RUN_SECONDS} s")
            time.sleep(0.05)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have what is tried on one backend follow each other: a stack is made once for each."""
    modules = {item.path: number for number, item in reversed(list(enumerate(items)))}

    def place(item: pytest.Item) -> tuple[int, str]:
        params = getattr(getattr(item, "callspec", None), "params", {})
        return modules[item.path], str(params.get("theatre", params.get("backend", "")))

    items.sort(key=place)


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return template parameters that differ from their defaults; modules override this."""
    return {}


@pytest.fixture(scope="module")
def corpus() -> Path:
    """Return the folder that is researched; modules override this."""
    return CORPUS


@pytest.fixture(scope="module")
def with_sign_in() -> bool:
    """Return whether reviewers sign in; modules override this."""
    return False


@pytest.fixture(scope="module")
def _stack(
    parameters: dict[str, str], corpus: Path, with_sign_in: bool, pytestconfig: pytest.Config
) -> Iterator[tuple[Stack, ScriptedMind]]:
    mind, documents = ScriptedMind(), Corpus.read(corpus)
    given = {"AgentBackend": pytestconfig.getoption("backend"), **parameters}
    with Stack(documents, mind=mind, parameters=given, sign_in=with_sign_in) as stack:
        yield stack, mind


@pytest.fixture
def stack(_stack: tuple[Stack, ScriptedMind]) -> Stack:
    """Return the module's stack."""
    return _stack[0]


@pytest.fixture
def mind(_stack: tuple[Stack, ScriptedMind]) -> Iterator[ScriptedMind]:
    """Return the stack's mind, to be scripted for one test."""
    yield _stack[1]
    _stack[1].reset()


@pytest.fixture
def start(
    stack: Stack, mind: ScriptedMind, request: pytest.FixtureRequest
) -> Callable[..., Workflow]:
    """Return a function that starts a workflow of a tenant that is the test's own."""
    test_name = request.node.name.replace("_", "-").replace("[", "-").replace("]", "")[-60:]

    def started(suffix: str = "", **fields: Any) -> Workflow:
        event = {
            "tenant": test_name.lower()[-40:].strip("-"),
            "topic": TOPIC,
            "reviewer": "editor@example.com",
            **fields,
        }
        event = {name: value for name, value in event.items() if value is not None}
        return Workflow(stack, event, name=f"{test_name}{suffix}")

    return started
