"""The commands on workflows, against a stack: what an operator does from a start to a report."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from galley_cli.main import app
from galley_local.reviewer import review
from galley_local.stack import Stack
from tests.workflow.conftest import TOPIC, ScriptedMind
from tests.workflow.test_redrive import refuse

REVIEWER = "editor@example.com"
LONGEST_SECONDS = 60


class Operator:
    """Types commands about one stack."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder

    def types(self, *words: str, rc: int = 0, given: str = "") -> Result:
        """Run a command that has to end with an exit code."""
        result = CliRunner().invoke(app, [*words, "--url", self.stack.url], input=given)
        assert result.exit_code == rc, result.output + result.stderr
        return result

    def asks(self, *words: str, rc: int = 0) -> Any:
        """Run a command with --json, and return the object that it prints."""
        return json.loads(self.types(*words, "--json", rc=rc).stdout)

    def waits_for(self, workflow: str, status: str, round_number: int = 0) -> dict[str, Any]:
        """Look at a workflow until it has a status, in a round if one is given."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while True:
            seen: dict[str, Any] = self.asks("show", workflow)
            is_asked = round_number in {0, seen["round"]} and bool(self.letters(workflow, seen))
            if seen["status"] == status and (is_asked or status != "WAITING_FOR_APPROVAL"):
                return seen
            assert time.monotonic() < deadline, seen
            time.sleep(0.1)

    def letters(self, workflow: str, seen: dict[str, Any]) -> list[str]:
        """Return the links that were mailed for the round that waits."""
        path = f"/approvals/{workflow}/{seen['round']}?"
        links = (link for mail in self.stack.mailbox.mails() for link in mail.links)
        return [link for link in links if path in link]


@pytest.fixture
def operator(stack: Stack, mind: ScriptedMind, tmp_path: Path) -> Operator:
    """Give an operator with a folder of their own."""
    return Operator(stack, tmp_path)


def started(operator: Operator, name: str, *words: str, topic: str = TOPIC) -> str:
    """Start a workflow of a tenant that is the test's own."""
    operator.types(
        "start", topic, "--workflow-id", name, "--tenant", name, "--reviewer", REVIEWER, *words
    )
    return name


def test_a_workflow_is_started_decided_on_and_fetched(operator: Operator) -> None:
    workflow = started(operator, "decided")
    waiting = operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    draft = operator.asks("report", workflow, "--draft", "--out", str(operator.folder))

    operator.types("reject", workflow, "--comment", "More on lenses.", "--yes")
    second = operator.waits_for(workflow, "WAITING_FOR_APPROVAL", 2)
    decided = operator.asks("approve", workflow, "--yes")
    ended = operator.asks("watch", workflow)
    files = operator.asks("report", workflow, "--out", str(operator.folder))["files"]

    assert Path(draft["files"][0]).read_text("utf-8").startswith("# ")
    assert waiting["next"][0].startswith(f"{REVIEWER} can decide by the link in the mail until ")
    assert second["rounds"][0]["votes"][0]["comments"] == "More on lenses."
    assert decided["draft_sha256"] == second["rounds"][1]["draft_sha256"]
    assert (ended["status"], ended["rounds"][1]["decision"]) == ("PUBLISHED", "approved")
    names = ["report.md", "report.html", "report.pdf", "report.docx", "evidence.json"]
    assert [Path(each).name for each in files] == names
    page = operator.types("show", workflow).stdout
    assert "“More on lenses.”" in page
    assert f"rejected by {REVIEWER}" in page


def test_a_list_has_what_is_asked_for(operator: Operator) -> None:
    workflow = started(operator, "listed")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")

    def ids(*words: str) -> list[str]:
        return [each["workflow_id"] for each in operator.asks("list", *words)["workflows"]]

    assert ids("--tenant", "listed") == [workflow]
    assert workflow in ids("--status", "waiting", "--topic", "LIGHTHOUSES")
    assert workflow in ids("--since", "1h")
    assert workflow not in ids("--status", "published")
    assert workflow not in ids("--topic", "radium")
    assert ids("--tenant", "listed", "--version", "none") == []
    assert ids("--tenant", "listed", "--since", "2999-01-01") == []
    operator.types("cancel", workflow, "--yes")


def test_a_failed_run_says_what_happened_and_what_to_do(
    operator: Operator, mind: ScriptedMind
) -> None:
    mind.scripts["writer"] = refuse
    workflow = started(operator, "failed")
    seen = operator.waits_for(workflow, "FAILED")
    page = " ".join(operator.types("show", workflow).stdout.split())
    mind.scripts.clear()

    operator.types("redrive", workflow, "--yes")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")

    assert seen["failure"]["name"] == "AgentRefusedError"
    assert seen["failure"]["can_be_redriven"]
    assert "AgentRefusedError in Write draft" in page
    assert "no such agent or alias, no access to the model" in page
    assert f"Once that is mended, redrive: galley redrive {workflow} (possible until" in page
    lines = operator.types("logs", workflow, "--level", "error", "--function", "writer_agent")
    assert "writer_agent AgentRefusedError: " in lines.stdout
    events = operator.asks("events", workflow)["events"]
    announced = [(each["kind"], each["status"], each["to"]) for each in events]
    assert ("Research failed", "sent", "") in announced
    operator.types("cancel", workflow, "--yes")


def test_what_would_fail_again_is_not_redriven(operator: Operator) -> None:
    workflow = started(operator, "fruitless", topic="The taxation of medieval wool exports")
    operator.waits_for(workflow, "FAILED")

    refused = operator.types("redrive", workflow, "--yes", rc=2)

    assert "TooFewSourcesError. Add documents on the topic" in refused.stderr
    assert "galley start" in refused.stderr


def test_a_cancelled_workflow_says_why_and_can_go_on(operator: Operator) -> None:
    workflow = started(operator, "cancelled")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")

    operator.types("cancel", workflow, rc=2)  # nobody can be asked
    operator.types("cancel", workflow, "--reason", "Wrong topic", "--yes")
    seen = operator.waits_for(workflow, "ABORTED")

    assert seen["failure"]["message"].startswith("Wrong topic (by ")
    assert "has ended already" in operator.types("cancel", workflow, "--yes", rc=2).stderr
    operator.types("redrive", workflow, "--yes")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    operator.types("cancel", workflow, "--yes")


def test_a_decision_goes_through_the_gate_and_no_link_is_shown(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = started(operator, "gated")
    seen = operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    (link,) = operator.letters(workflow, seen)
    elsewhere = link.replace("127.0.0.1", "127.0.0.2")
    forged = f"{link[:-4]}0000"

    def refused(given: str) -> str:
        monkeypatch.setenv("GALLEY_LINK", given)
        return operator.types("approve", workflow, "--yes", rc=2).stderr

    assert "not one of this stack" in refused(elsewhere)
    assert "not that of round 1" in refused(link.replace("/gated/1?", "/gated/2?"))
    assert "This link is not valid" in refused(forged)
    monkeypatch.delenv("GALLEY_LINK")
    taken = operator.types("approve", workflow, "--yes", "--link", "-", given=f"{link}\n")
    operator.waits_for(workflow, "PUBLISHED")
    everything = [operator.types(each, workflow).output for each in ("show", "events", "logs")]
    assert "signature=" not in taken.output + taken.stderr
    assert not [said for said in everything if "/approvals/" in said or "task_token" in said]


def test_what_was_decided_elsewhere_is_said(operator: Operator) -> None:
    workflow = started(operator, "elsewhere")
    seen = operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    review(operator.letters(workflow, seen)[0], "approved", "Good.")
    operator.waits_for(workflow, "PUBLISHED")

    refused = operator.types("approve", workflow, "--yes", rc=2)

    assert "waits for nobody" in refused.stderr


def test_events_are_those_that_were_put(operator: Operator) -> None:
    workflow = started(operator, "announced")
    operator.waits_for(workflow, "WAITING_FOR_APPROVAL")
    operator.types("approve", workflow, "--yes")
    operator.asks("watch", workflow)
    operator.stack.let_outbox_finish()

    found = operator.asks("events", workflow)["events"]

    put = [each for each in operator.stack.events() if each["detail"]["workflow_id"] == workflow]
    on_bus = [(each["kind"], each["detail"]) for each in found if not each["to"]]
    assert on_bus == [(each["detail-type"], each["detail"]) for each in put]
    letters = [each["kind"] for each in found if each["to"] == REVIEWER]
    assert letters == ["round 1: asked to decide", "told of the report"]


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nobody"),
        ("watch", "nobody"),
        ("report", "nobody"),
        ("approve", "nobody", "--yes"),
        ("cancel", "nobody", "--yes"),
        ("redrive", "nobody", "--yes"),
        ("events", "nobody"),
        ("logs", "nobody"),
    ],
    ids=lambda words: words[0],
)
def test_an_unknown_workflow_is_said_with_where_to_look(
    operator: Operator, words: tuple[str, ...]
) -> None:
    assert "there is no workflow nobody here; `galley list`" in operator.types(*words, rc=2).stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("start", "?"), "topic: expected"),
        (("start", TOPIC, "--max-sources", "99"), "options.max_sources: expected"),
        (("start", TOPIC, "--request", "/nowhere.json"), "cannot be read as JSON"),
        (("list", "--status", "odd"), "status: expected one of running"),
        (("list", "--since", "yesterday"), "since: expected such as 30m"),
        (("show", "../META"), "a workflow's id has"),
    ],
)
def test_bad_input_is_refused_with_what_is_expected(
    operator: Operator, words: tuple[str, ...], why: str
) -> None:
    assert why in operator.types(*words, rc=2).stderr


def test_an_id_that_is_taken_starts_nothing(operator: Operator) -> None:
    workflow = started(operator, "taken")

    refused = operator.types("start", "Another topic", "--workflow-id", workflow, rc=2)

    assert f"{workflow} is taken" in refused.stderr
    operator.types("cancel", workflow, "--yes")
