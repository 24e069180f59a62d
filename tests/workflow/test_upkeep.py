"""Operating a stack: lines say whose they are, queries find them, what is deleted is gone."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse
from typer.testing import CliRunner

from galley_cli.deletion.eraser import Eraser
from galley_cli.deletion.stores import Bucket, Table
from galley_cli.deletion.subject import Subject
from galley_cli.main import app
from galley_cli.target import target_of
from galley_local.settings import set_prompts
from galley_local.stack import ROOT, Stack

from .conftest import TOPIC, ScriptedMind, Workflow

IDS = {"workflow_id", "tenant", "version"}
WORKING = (
    *("RegisterWorkflow", "SearchAgent", "SearchActions", "SummaryAgent", "WriterAgent"),
    *("RequestApproval", "ApprovalApi", "ReviserAgent", "Publish", "CloseWorkflow"),
)
RESOURCES: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"]
QUERIES = {
    each["Properties"]["Name"]["Fn::Sub"].partition("/")[2]: each["Properties"]["QueryString"]
    for each in RESOURCES.values()
    if each["Type"] == "AWS::Logs::QueryDefinition"
}


@dataclass
class Past:
    """What has happened on the stack: two tenants' reports, and a run that failed."""

    stack: Stack
    press: Workflow
    museum: Workflow
    failed: Workflow

    def lines(self) -> list[dict[str, Any]]:
        """Return every line of every function, as CloudWatch Logs has them."""
        pages = self.stack.client("logs").get_paginator("filter_log_events")
        asked = {"logGroupName": self.stack.outputs["LogGroupName"]}
        told = [
            (each["logStreamName"], each["message"])
            for page in pages.paginate(**asked)
            for each in page["events"]
        ]
        return [{**json.loads(line), "@stream": stream} for stream, line in told if line[0] == "{"]


@pytest.fixture(scope="module")
def past(_stack: tuple[Stack, ScriptedMind]) -> Past:
    """Let two tenants' workflows be published, one fail, and reconcile look at a third."""
    stack, _ = _stack
    set_prompts(stack, "operating")
    bucket, versioned = stack.outputs["ArtifactsBucket"], {"Status": "Enabled"}
    # as the template has it, which moto's CloudFormation passes over
    stack.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration=versioned)
    request = {"topic": TOPIC, "reviewer": "editor@example.com"}
    press = Workflow(stack, {**request, "tenant": "press"}, name="press-lights")
    museum = Workflow(stack, {**request, "tenant": "museum"}, name="museum-lights")
    other = {"topic": f"{TOPIC} at sea", "options": {"max_revisions": 0}}
    failed = Workflow(stack, {**request, **other, "tenant": "press"}, name="press-rejected")
    failed.link()
    stack.deployment.tick()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(re.sub("signature=.", "signature=x", failed.link()), timeout=10)
    press.reject("Say more on fog signals.")
    press.approve(2)
    museum.approve()
    failed.reject("No.")
    ends = [each.end().status for each in (press, museum, failed)]
    assert ["SUCCEEDED", "SUCCEEDED", "FAILED"] == ends
    stack.let_outbox_finish()
    return Past(stack, press, museum, failed)


# ---- lines and queries ---------------------------------------------------------------------------


def test_every_line_that_is_written_for_a_workflow_says_so(past: Past) -> None:
    lines = past.lines()

    functions = {
        each["used"]["function"].split("-")[1] for each in lines if each.get("message") == "used"
    }
    assert {f"{each}Function" for each in WORKING} <= functions
    written_for = {"press-lights", "museum-lights", "press-rejected"}
    # a link that is not genuine says nothing of whose it is
    refused = {line["request_id"] for line in lines if line.get("message") == "a link was refused"}
    assert len(refused) == 1
    for line in lines:
        # reconcile works for all workflows at once
        if line.get("request_id") in refused or "ReconcileFunction" in line["@stream"]:
            continue
        assert IDS <= line.keys(), line
        assert line["workflow_id"] in written_for
        assert line["workflow_id"].startswith(line["tenant"])


def test_an_end_is_a_line_of_its_workflow(past: Past) -> None:
    (line,) = (each for each in past.lines() if str(each.get("message")).startswith("ended:"))

    assert "ended: FAILED with RevisionLimitError" == line["message"]
    assert ("press-rejected", "press") == (line["workflow_id"], line["tenant"])


def flat(value: Any, path: str = "") -> Iterator[str]:
    """Yield the names of a line's fields as Logs Insights has them."""
    named = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in named:
        yield f"{path}{name}"
        if isinstance(each, dict | list):
            yield from flat(each, f"{path}{name}.")


def fields_of(query: str) -> set[str]:
    """Return the fields that a query reads; those that begin with @ are CloudWatch's own."""
    names = set(re.findall(r"[A-Za-z_@][\w@]*(?:\.\w+)*", re.sub(r'"[^"]*"', "", query)))
    words = "fields filter sort limit stats by as desc and or in like ispresent sum"
    made = set(re.findall(r" as (\w+)", query))
    return {each for each in names - {*words.split()} - made if not each.startswith("@")}


# Where nobody is refused by a pool, nothing says why.
OF_SIGN_IN = {"detail"}


@pytest.mark.parametrize("name", QUERIES)
def test_a_saved_query_reads_fields_that_lines_have(past: Past, name: str) -> None:
    there = {field for line in past.lines() for field in flat(line)}

    assert fields_of(QUERIES[name])
    assert fields_of(QUERIES[name]) <= there | OF_SIGN_IN


@pytest.mark.parametrize("name", QUERIES)
def test_what_a_saved_query_looks_for_is_what_lines_or_code_say(past: Past, name: str) -> None:
    said = {str(line.get(field)) for line in past.lines() for field in ("message", "level")}
    code = "".join(path.read_text("utf-8") for path in (ROOT / "layer/galley").rglob("*.py"))
    code += (ROOT / "functions/sign_in/app.py").read_text("utf-8")

    for text in re.findall(r'"([^"]+)"', QUERIES[name]):
        is_example = text.startswith("put the workflow") or text == "CRITICAL"
        assert is_example or any(text in each for each in said) or text in code


def test_how_long_the_oldest_draft_waits_is_measured_for_this_stack(past: Past) -> None:
    (line,) = (each for each in past.lines() if "OldestWaitingSeconds" in each)

    assert ("galley", "2") == (line["service"], line["version"])
    assert line["OldestWaitingSeconds"][0] < 600


def test_what_agents_cost_is_found_by_tenant_and_role(past: Past) -> None:
    costs = [each for each in past.lines() if "CostUsd" in each and "role" in each]

    assert {"search", "summary", "writer"} <= {each["role"] for each in costs}
    assert {"press", "museum"} == {each["tenant"] for each in costs}


# ---- deletion ------------------------------------------------------------------------------------


def items(stack: Stack) -> list[dict[str, Any]]:
    """Return the whole table."""
    pages = stack.client("dynamodb").get_paginator("scan")
    return [
        item
        for page in pages.paginate(TableName=stack.outputs["TableName"])
        for item in page["Items"]
    ]


def versions(stack: Stack, prefix: str = "") -> list[dict[str, str]]:
    """Return all versions and delete markers under a prefix."""
    target = target_of("", stack.url, "", "")
    return [each for page in Bucket(target).versions(prefix) for each in page]


def about(name: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what names a workflow or a tenant."""
    return [each for each in found if name in json.dumps(each, default=str)]


def galley_delete(stack: Stack, *arguments: str) -> tuple[int, str]:
    """Run the command as a script does."""
    done = CliRunner().invoke(app, ["delete", *arguments, "--yes", "--url", stack.url])
    return done.exit_code, done.output


def test_one_workflow_is_gone_but_for_its_audit_and_others_are_untouched(past: Past) -> None:
    stack = past.stack
    kept = about("museum", items(stack)), versions(stack, "museum/"), versions(stack, "corpus/")
    kinds = {each["pk"]["S"].partition("#")[0] for each in about("press-lights", items(stack))}
    assert {"WORKFLOW", "AUDIT", "EXPERIMENT", "CACHE"} <= kinds
    assert versions(stack, "press/press-lights/")

    code, said = galley_delete(stack, "--workflow", "press-lights", "--json")

    done = json.loads(said)
    assert (0, 1) == (code, done["workflows"])
    assert done["objects"] > 10
    left = about("press-lights", items(stack))
    assert {"AUDIT#press-lights", "DELETIONS"} == {each["pk"]["S"] for each in left}
    assert "editor@example.com" not in json.dumps(left)
    assert ["rejected", "approved"] == [
        each["did"]["S"]
        for each in left
        if each.get("did", {}).get("S") in {"approved", "rejected"}
    ]
    assert [] == about("press-lights", versions(stack))
    assert versions(stack, "press/press-rejected/")
    now = about("museum", items(stack)), versions(stack, "museum/"), versions(stack, "corpus/")
    assert kept == now


def test_a_tenants_deletion_that_was_interrupted_goes_on(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack, subject = past.stack, Subject(tenant="press")
    target = target_of("", stack.url, "", "")
    with monkeypatch.context() as patched:
        patched.setattr(Table, "delete", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Eraser(target, subject).run(print)
    assert about("press-rejected", items(stack))
    assert not versions(stack, "press/press-rejected/")

    code, _ = galley_delete(stack, "--tenant", "press")

    assert 0 == code
    left = {each["pk"]["S"].partition("#")[0] for each in about("press", items(stack))}
    assert {"AUDIT", "DELETIONS"} == left
    assert [] == versions(stack, "press/")
    (entry,) = (each for each in items(stack) if each.get("what", {}).get("S") == "tenant press")
    assert "ended_at" in entry
    assert about("museum", items(stack))


def test_a_run_that_waits_is_refused_until_it_is_stopped(past: Past) -> None:
    stack = past.stack
    request = {"topic": TOPIC, "reviewer": "editor@example.com", "tenant": "press"}
    waiting = Workflow(stack, request, name="press-waiting")
    link = waiting.link()

    code, said = galley_delete(stack, "--tenant", "press")
    assert 2 == code
    assert "not ended yet: press-waiting" in " ".join(said.split())
    stack.client("stepfunctions").stop_execution(executionArn=waiting.arn)
    waiting.end()

    assert 0 == galley_delete(stack, "--tenant", "press")[0]
    with pytest.raises(urllib.error.HTTPError, match="403"):  # as any link that is not genuine
        urllib.request.urlopen(link, timeout=10)
    assert [] == versions(stack, "press/")
