"""Variants of roles on the laptop stack: what a workflow gets when it begins, it keeps."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from galley.variants import Experiment
from typer.testing import CliRunner

from galley_cli.main import app
from galley_local.bedrock.session import ServiceError, UseTool
from galley_local.corpus import Corpus
from galley_local.resources.agentcore import Harness
from galley_local.stack import ROOT, Stack

from .conftest import CORPUS, ScriptedMind, Workflow

WRITER_PROMPT = (ROOT / "functions/writer_agent/prompt.md").read_text("utf-8")
MARK = "Prefer short sentences."
SHORT = f"{WRITER_PROMPT}\n{MARK}\n"
SHORT_SHA256 = hashlib.sha256(SHORT.encode()).hexdigest()


HARNESSES = "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness"
SECOND = f"{HARNESSES}/second_writer-*"  # the laptop gives it another id at each start
GONE = f"{HARNESSES}/gone_writer-AbCdEf1234"
UNLISTED = f"{HARNESSES}/stranger-AbCdEf1234"
MODEL = "us.vendor.other-model-v1:0"
MODELS = (
    f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{MODEL}",
    "arn:aws:bedrock:*::foundation-model/vendor.other-model-v1:0",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the application with a second harness in its template, as somebody may create one."""
    folder = tmp_path_factory.mktemp("application")
    for name in ("functions", "layer", "statemachine"):
        (folder / name).symlink_to(ROOT / name)
    text = (ROOT / "template.yaml").read_text("utf-8")
    begin = text.index("  WriterHarness:\n")
    harness = text[begin : text.index("\n\n", begin)].replace("WriterHarness:", "SecondHarness:")
    name = harness[harness.index("      HarnessName:") : harness.index("      ExecutionRoleArn:")]
    harness = harness.replace(name, "      HarnessName: second_writer\n")
    begin_of_system = harness.index("        - Text: *writer_instruction")
    assert begin_of_system > 0
    changed = text.replace("  WriterHarnessRole:\n", f"{harness}\n\n  WriterHarnessRole:\n", 1)
    (folder / "template.yaml").write_text(changed, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def _stack(root: Path) -> Iterator[tuple[Stack, ScriptedMind]]:
    mind, documents = ScriptedMind(), Corpus.read(CORPUS)
    parameters = {
        "WriterVariantAgents": f"{SECOND},{GONE}",
        "VariantModels": ",".join(MODELS),
        "SummaryConcurrency": "2",
    }
    with Stack(documents, mind=mind, parameters=parameters, root=root) as stack:
        yield stack, mind


@pytest.fixture(autouse=True)
def _as_usual(stack: Stack) -> Iterator[None]:
    yield
    put_setting(stack, "writer", {})


def galley(stack: Stack, *arguments: str) -> str:
    """Run the command on the stack; return what it says."""
    done = CliRunner().invoke(app, [*arguments, "--url", stack.url])
    assert done.exit_code == 0, done.output
    return done.output


def refused(stack: Stack, *arguments: str) -> str:
    """Run the command, which must refuse; return why."""
    done = CliRunner().invoke(app, [*arguments, "--url", stack.url])
    assert done.exit_code == 2, done.output
    return " ".join(done.output.split())


def put_setting(stack: Stack, role: str, setting: dict[str, Any]) -> None:
    """Write a setting as no command would."""
    item = {"pk": "ROLES", "sk": role, **setting}
    from boto3.dynamodb.types import TypeSerializer

    typed = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    table = stack.outputs["TableName"]
    stack.client("dynamodb").put_item(TableName=table, Item=typed)


def items_under(stack: Stack, pk: str) -> list[dict[str, Any]]:
    """Return the items under a partition key."""
    from boto3.dynamodb.types import TypeDeserializer

    found = stack.client("dynamodb").query(
        TableName=stack.outputs["TableName"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
    )
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in each.items()} for each in found["Items"]]


def record_of(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow's record with its maps."""
    under = items_under(workflow.stack, f"WORKFLOW#{workflow.name}")
    return next(each for each in under if each["sk"] == "META")


def writer_calls(workflow: Workflow) -> list[dict[str, Any]]:
    """Return the calls of the writer that are in a report's evidence."""
    bundle = json.loads(workflow.text("published/evidence.json"))
    return [each for each in bundle["calls"] if each["role"] == "writer"]


def measured(stack: Stack, function: str, dimensions: dict[str, str]) -> list[dict[str, Any]]:
    """Return the metrics that a function has logged, of these dimensions."""
    paths = stack.work.glob(f"*{function}*.log")
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    logged = (json.loads(line) for line in lines if line.startswith("{"))
    return [each for each in logged if "_aws" in each and dimensions.items() <= each.items()]


def experiment_file(folder: Path, name: str, *variants: dict[str, Any]) -> Path:
    """Write an experiment on the writer, and the prompt that it tries."""
    (folder / "short.md").write_text(SHORT, encoding="utf-8")
    path = folder / "experiment.yaml"
    path.write_text(json.dumps({"name": name, "role": "writer", "variants": variants}))
    return path


def test_a_workflow_keeps_its_variant_through_a_retry_a_revision_and_the_end_of_the_experiment(
    stack: Stack, mind: ScriptedMind, start: Callable[..., Workflow], tmp_path: Path
) -> None:
    control, short = {"name": "control", "share": "1/3"}, {"name": "short", "share": "2/3"}
    file = experiment_file(tmp_path, "shorter", control, {**short, "prompt": "short.md"})
    prompts: list[str] = []

    def first_breaks_off(role: str, prompt: str, use_tool: UseTool) -> str:
        prompts.append(prompt)
        return "half a" if len(prompts) == 1 else mind.usual(role, prompt, use_tool)

    mind.scripts["writer"] = first_breaks_off
    galley(stack, "ab", "start", str(file))
    (setting,) = (each for each in items_under(stack, "ROLES") if each["sk"] == "writer")
    decided = Experiment.of(setting["experiment"], "writer")
    names = (f"w{number}" for number in range(1000))
    workflow_id = next(each for each in names if decided.variant_of(each).name == "short")
    workflow = Workflow(stack, {"topic": "Lights", "reviewer": "a@example.com"}, workflow_id)
    workflow.page()

    galley(stack, "ab", "stop", "shorter")
    stack.client("dynamodb").delete_item(  # so that nobody could look it up any more
        TableName=stack.outputs["TableName"], Key={"pk": {"S": "ROLES"}, "sk": {"S": "writer"}}
    )
    workflow.reject("More on fog signals.")
    workflow.approve(round_number=2)
    ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert len(prompts) >= 3
    assert all(MARK in each for each in prompts)
    known = {(each["experiment"], each["variant"]) for each in writer_calls(workflow)}
    assert known == {("shorter", "short")}
    assert {each["template_sha256"] for each in writer_calls(workflow)} == {SHORT_SHA256}
    record = record_of(workflow)
    assert record["cast"]["writer"]["prompt"] == SHORT_SHA256
    (member,) = items_under(stack, "EXPERIMENT#shorter")
    assert (member["sk"], member["variant"]) == (f"WORKFLOW#{workflow_id}", "short")
    outcome = record["outcome"]
    assert (outcome["rounds"], outcome["approved_first_round"]) == (2, False)
    assert outcome["by_role"]["writer"]["calls"] == 2
    assert outcome["output_tokens"] > 0
    later = start()
    later.approve()
    later.end()
    assert {each["experiment"] for each in writer_calls(later)} == {""}
    assert "cast" not in record_of(later)


def test_metrics_of_an_experiment_are_in_the_functions_logs(
    stack: Stack, start: Callable[..., Workflow], tmp_path: Path
) -> None:
    control, short = {"name": "control", "share": "0.5"}, {"name": "short", "share": "0.5"}
    file = experiment_file(tmp_path, "measured", control, {**short, "prompt": "short.md"})
    galley(stack, "ab", "start", str(file))
    workflow = start()
    workflow.approve()
    workflow.end()
    galley(stack, "ab", "stop", "measured")

    named = {"role": "writer", "experiment": "measured"}
    (call,) = measured(stack, "WriterAgentFunction", named)
    assert call["variant"] == record_of(workflow)["cast"]["writer"]["name"]
    assert (call["Failures"], call["FellBack"]) == ([0.0], [0.0])
    (whole,) = measured(stack, "PublishFunction", named)
    assert (whole["variant"], whole["ApprovedInFirstRound"]) == (call["variant"], [1.0])


def test_a_role_that_is_changed_is_so_for_workflows_that_begin_later(
    stack: Stack, start: Callable[..., Workflow], tmp_path: Path
) -> None:
    before = start("-1")
    before.page()
    (tmp_path / "short.md").write_text(SHORT, encoding="utf-8")

    galley(stack, "role", "use", "writer", "--prompt", str(tmp_path / "short.md"))
    after = start("-2")
    for each in (before, after):
        each.approve()
        each.end()

    own = hashlib.sha256(WRITER_PROMPT.encode()).hexdigest()
    assert [{each["template_sha256"] for each in writer_calls(w)} for w in (before, after)] == [
        {own},
        {SHORT_SHA256},
    ]
    assert SHORT_SHA256 in galley(stack, "role", "show", "writer")
    galley(stack, "role", "use", "writer", "--default")
    assert "the template's own" in galley(stack, "role", "show", "writer")


def test_another_harness_plays_the_role_with_the_roles_tools(
    stack: Stack, mind: ScriptedMind, start: Callable[..., Workflow]
) -> None:
    def looks_up(role: str, prompt: str, use_tool: UseTool) -> str:
        use_tool("find_passages", {"source_id": "00000000", "words": "light"})
        return mind.usual(role, prompt, use_tool)

    mind.scripts["writer"] = looks_up
    harnesses = (each.attributes["Arn"] for each in stack.deployment.of_type(Harness))
    (second,) = (each for each in harnesses if "/second_writer-" in each)
    put_setting(stack, "writer", {"variant": {"agent": second}})
    workflow = start()
    workflow.approve()
    workflow.end()

    (call,) = writer_calls(workflow)
    assert (call["agent"], call["fell_back"]) == (second, "")


def test_another_model_takes_the_place_of_the_harnesss_own(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    galley(stack, "role", "use", "writer", "--model", MODEL)
    workflow = start()
    workflow.approve()
    workflow.end()

    (call,) = writer_calls(workflow)
    assert (call["model"], call["fell_back"]) == (MODEL, "")


@pytest.mark.parametrize(
    ("variant", "why"),
    [
        pytest.param({"agent": GONE}, "ResourceNotFoundException", id="agent-gone"),
        pytest.param(
            {"agent": f"{GONE}/harness-endpoint/live"}, "ResourceNotFound", id="endpoint-gone"
        ),
        pytest.param({"agent": UNLISTED}, "AccessDeniedException", id="agent-unlisted"),
        pytest.param({"model": "us.vendor.unlisted"}, "AccessDeniedException", id="model-unlisted"),
    ],
)
def test_where_a_variant_is_gone_the_templates_own_goes_on(
    stack: Stack, start: Callable[..., Workflow], variant: dict[str, str], why: str
) -> None:
    put_setting(stack, "writer", {"variant": variant})
    workflow = start()
    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    (call,) = writer_calls(workflow)
    assert why in call["fell_back"]
    assert call["agent"] not in {GONE, UNLISTED}
    assert record_of(workflow)["outcome"]["fell_back"] == 1


def test_a_model_that_bedrock_does_not_know_stops_no_workflow(
    stack: Stack, mind: ScriptedMind, start: Callable[..., Workflow]
) -> None:
    def refuses_at_first(role: str, prompt: str, use_tool: UseTool) -> str:
        if mind.calls.count("writer") == 1:
            message = "The provided model identifier is invalid."
            raise ServiceError(400, "ValidationException", message)
        return mind.usual(role, prompt, use_tool)

    mind.scripts["writer"] = refuses_at_first
    galley(stack, "role", "use", "writer", "--model", MODEL)
    workflow = start()
    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    (call,) = writer_calls(workflow)
    assert "its model cannot be had" in call["fell_back"]
    assert call["model"] != MODEL


def test_a_prompt_that_is_gone_is_replaced_by_the_templates_own(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    put_setting(stack, "writer", {"variant": {"prompt": "0" * 64}})
    workflow = start()
    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    (call,) = writer_calls(workflow)
    assert call["instead_of_template"] == "0" * 64


def test_a_setting_that_cannot_be_used_stops_no_workflow(
    stack: Stack, start: Callable[..., Workflow]
) -> None:
    variants = [{"name": "a", "share": "0.5"}, {"name": "b", "share": "0.4"}]
    put_setting(stack, "writer", {"experiment": {"name": "short", "variants": variants}})
    workflow = start()
    workflow.approve()

    assert workflow.end().status == "SUCCEEDED"
    record = record_of(workflow)
    assert record["ignored"] == {"writer": "variants: the shares add up to 0.9, expected 1"}
    assert "cast" not in record
    assert items_under(stack, "EXPERIMENT#short") == []


def test_the_command_refuses_what_could_not_work(stack: Stack, tmp_path: Path) -> None:
    control, other = {"name": "control", "share": 0.5}, {"name": "other", "share": 0.4}
    (tmp_path / "bad.md").write_text("Write about {{topic}}.", encoding="utf-8")

    short = {**other, "prompt": "short.md"}
    uneven = experiment_file(tmp_path, "uneven", control, short)
    assert "the shares add up to 0.9, expected 1" in refused(stack, "ab", "start", str(uneven))
    alike = experiment_file(tmp_path, "alike", control, {**other, "share": 0.5})
    assert "nothing to compare" in refused(stack, "ab", "start", str(alike))
    listed = experiment_file(tmp_path, "listed", control, {**short, "prompt": ["short.md"]})
    assert "expected the name of a file" in refused(stack, "ab", "start", str(listed))
    bad = ["role", "use", "writer", "--prompt", str(tmp_path / "bad.md")]
    assert "placeholders are topic; expected changes, returned" in refused(stack, *bad)
    unlisted = ["role", "use", "writer", "--agent", UNLISTED]
    assert "add its ARN to the parameter WriterVariantAgents" in refused(stack, *unlisted)
    model = ["role", "use", "writer", "--model", "us.vendor.unlisted"]
    assert "parameter VariantModels" in refused(stack, *model)
    assert "expected one of search" in refused(stack, "role", "show", "editor")
    assert "no experiment never runs" in refused(stack, "ab", "stop", "never")


def test_a_name_is_used_once_and_a_role_is_in_one_experiment(stack: Stack, tmp_path: Path) -> None:
    control, other = {"name": "control", "share": 0.5}, {"name": "other", "share": 0.5}
    file = experiment_file(tmp_path, "once", control, {**other, "prompt": "short.md"})
    galley(stack, "ab", "start", str(file))

    assert "in the experiment once already" in refused(stack, "ab", "start", str(file))
    use = ["role", "use", "writer", "--default"]
    assert "first: galley ab stop once" in refused(stack, *use)
    assert "once (writer: control 0.5, other 0.5)" in galley(stack, "ab", "list")
    galley(stack, "ab", "stop", "once")
    assert "had this name before" in refused(stack, "ab", "start", str(file))
    galley(stack, "role", "use", "writer", "--variant", "once/other")
    assert SHORT_SHA256 in galley(stack, "role", "show")
