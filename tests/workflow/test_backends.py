"""The services that agents can run on: what is made for each, and that a report is the same."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from galley_local.playing import short_corpus
from galley_local.resources.agentcore import Harness
from galley_local.resources.bedrock import BedrockAgent, BedrockAgentAlias
from galley_local.stack import Stack

from .conftest import CORPUS, TOPIC, Workflow
from .test_denials import APPLICATION, ROOT

ROLES = {"search", "summary", "writer", "reviser"}
SAID = ("draft", "sources", "claims", "report")


def published(root: Path = ROOT, **parameters: str) -> tuple[bytes, dict[str, Any], Stack]:
    """Reject a draft and approve the next; return the report, its evidence and the stack."""
    with Stack(short_corpus(CORPUS), parameters=parameters, root=root) as stack:
        request = {"topic": TOPIC, "tenant": "press", "reviewer": "editor@example.com"}
        workflow = Workflow(stack, request, name="same")
        workflow.reject("More on reflectors.")
        workflow.approve(2)
        ended = workflow.end()
        assert ended.status == "SUCCEEDED", ended.cause
        assert stack.permissions.denials == []
        files = (workflow.text(f"published/{name}") for name in ("report.md", "evidence.json"))
        report, evidence = files
        return report.encode(), json.loads(evidence), stack


def backends(evidence: Mapping[str, Any]) -> dict[str, set[tuple[str, str]]]:
    """Return by role which backend and which version of an agent its calls were answered by."""
    found: dict[str, set[tuple[str, str]]] = {}
    for call in evidence["calls"]:
        found.setdefault(call["role"], set()).add((call["backend"], call["agent_version"]))
    return found


@pytest.fixture(scope="module")
def by_default() -> tuple[bytes, dict[str, Any], Stack]:
    """Return what is published where every parameter has its default."""
    return published()


def test_with_every_default_nothing_is_made_that_a_new_account_is_refused(
    by_default: tuple[bytes, dict[str, Any], Stack],
) -> None:
    deployment = by_default[2].deployment

    assert deployment.of_type(BedrockAgent) + deployment.of_type(BedrockAgentAlias) == []
    assert len(deployment.of_type(Harness)) == len(ROLES)


def test_both_backends_publish_the_same_report(
    by_default: tuple[bytes, dict[str, Any], Stack],
) -> None:
    report, evidence, _ = by_default
    other_report, other_evidence, stack = published(AgentBackend="bedrock-agents")

    assert report == other_report
    assert stack.deployment.of_type(Harness) == []
    assert len(stack.deployment.of_type(BedrockAgent)) == len(ROLES)
    assert backends(evidence) == {role: {("harness", "1")} for role in ROLES}
    assert backends(other_evidence) == {role: {("bedrock-agents", "1")} for role in ROLES}
    tokens = ("model", "input_tokens", "output_tokens")
    assert [[call[name] for name in ("role", *tokens)] for call in evidence["calls"]] == [
        [call[name] for name in ("role", *tokens)] for call in other_evidence["calls"]
    ]
    assert all(call["model"] for call in evidence["calls"])


def test_one_role_can_run_on_another_backend_than_the_others(
    by_default: tuple[bytes, dict[str, Any], Stack], tmp_path: Path
) -> None:
    for name in APPLICATION:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    template = (ROOT / "template.yaml").read_text("utf-8")
    # as if a writer were given that this stack happens to make
    given = '!And\n    - !Equals [!Ref ExistingWriterAgent, ""]\n'
    for kind, asked in (
        ("Harness", "!Condition CreatesHarnesses"),
        ("Agent", "!Not [!Condition CreatesHarnesses]"),
    ):
        condition = f"  CreateWriter{kind}: {given}    - {asked}\n"
        assert condition in template
        made = f'!Equals [{kind}, "Agent"]'
        template = template.replace(condition, f"  CreateWriter{kind}: {made}\n")
    (tmp_path / "template.yaml").write_text(template, "utf-8")

    report, evidence, _ = published(tmp_path)

    assert report == by_default[0]
    assert backends(evidence) == {role: {("harness", "1")} for role in ROLES - {"writer"}} | {
        "writer": {("bedrock-agents", "1")}
    }


# ---- A stack whose agents were Bedrock's, as its update finds it ---------------------------------


def with_agents_of_before(folder: Path) -> None:
    """Copy the application; beside its harnesses it has the agents that an update would remove."""
    for name in APPLICATION:
        (folder / name).symlink_to(ROOT / name)
    template = (ROOT / "template.yaml").read_text("utf-8")
    for role in (each.capitalize() for each in ROLES):
        given = f'!And\n    - !Equals [!Ref Existing{role}Agent, ""]\n'
        condition = f"  Create{role}Agent: {given}    - !Not [!Condition CreatesHarnesses]\n"
        lets_bedrock_in = f"    Condition: {role}IsAgent\n"
        assert template.count(condition) == template.count(lets_bedrock_in) == 1
        template = template.replace(condition, f"  Create{role}Agent: !Equals [made, made]\n")
        template = template.replace(lets_bedrock_in, "")
    (folder / "template.yaml").write_text(template, "utf-8")


def names_of_before(stack: Stack) -> dict[str, str]:
    """Return by role the ids of the agents that an update removes, and of their aliases."""
    aliases = {
        each.properties["AgentId"]: each.identifier
        for each in stack.deployment.of_type(BedrockAgentAlias)
    }
    agents = {each.identifier: each for each in stack.deployment.of_type(BedrockAgent)}
    return {
        agents[agent].properties["AgentName"].rpartition("-")[2]: f"{agent}/{alias}"
        for agent, alias in aliases.items()
    }


@pytest.fixture
def of_before(tmp_path: Path) -> Iterator[Stack]:
    """Give a stack whose functions still ask the agents of before."""
    with_agents_of_before(tmp_path)
    every = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/*"
    parameters = {f"{role.capitalize()}VariantAgents": every for role in sorted(ROLES)}
    with Stack(short_corpus(CORPUS), parameters=parameters, root=tmp_path) as stack:
        point(stack, names_of_before(stack))
        yield stack


def point(stack: Stack, names: Mapping[str, str]) -> None:
    """Have functions ask other agents, as a deployment does; those that are warm are replaced."""
    for function in list(stack.lambdas.functions.values()):
        for role, name in names.items():
            if f"-{role.capitalize()}AgentFunction" in function.name:
                environment = {**function.environment, "AGENT": name, "AGENT_VERSION": ""}
                stack.lambdas.add(replace(function, environment=environment))
    stack.lambdas.cool()


def update(stack: Stack) -> None:
    """Have functions ask the harnesses, as after an update that took the default."""
    arns = (each.attributes["Arn"] for each in stack.deployment.of_type(Harness))
    point(stack, {arn.rpartition("-")[0].rpartition("_")[2]: arn for arn in arns})


def test_a_run_that_waits_while_the_backend_changes_goes_on_with_the_other(
    of_before: Stack,
) -> None:
    request = {"topic": TOPIC, "tenant": "press", "reviewer": "editor@example.com"}
    run = Workflow(of_before, request, name="waits")
    run.page()

    update(of_before)
    run.reject("More on reflectors.")
    run.approve(2)
    ended = run.end()

    assert ended.status == "SUCCEEDED", ended.cause
    assert of_before.permissions.denials == []
    answered = backends(json.loads(run.text("published/evidence.json")))
    assert {role: {name for name, _ in versions} for role, versions in answered.items()} == {
        "search": {"bedrock-agents"},
        "summary": {"bedrock-agents"},
        "writer": {"bedrock-agents", "harness"},
        "reviser": {"harness"},
    }


def test_a_call_that_comes_after_the_agent_has_gone_fails_a_run_that_can_be_redriven(
    of_before: Stack,
) -> None:
    gone = names_of_before(of_before)["writer"][:-4] + "0000"
    point(of_before, {"writer": gone})
    request = {"topic": TOPIC, "tenant": "press", "reviewer": "editor@example.com"}
    run = Workflow(of_before, request, name="late")
    assert (run.end().status, run.end().error) == ("FAILED", "AgentRefusedError")

    update(of_before)
    of_before.client("stepfunctions").redrive_execution(executionArn=run.arn)
    run.approve()

    assert run.end().status == "SUCCEEDED"
    answered = backends(json.loads(run.text("published/evidence.json")))
    assert {name for name, _ in answered["writer"]} == {"harness"}
    assert {name for name, _ in answered["summary"]} == {"bedrock-agents"}  # not asked again
