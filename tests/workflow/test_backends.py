"""The services that agents can run on: what is made for each, and that a report is the same."""

import json
import shutil
from collections.abc import Mapping
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
