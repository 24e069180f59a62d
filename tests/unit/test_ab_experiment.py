"""An experiment from its start to its report, over the table that everything else shares."""

import json
import os
import random
from pathlib import Path
from typing import Any

import boto3
import pytest
from galley.outcomes import ended
from galley.settings import Settings
from galley.workflows import PUBLISHED, Workflows, table_named
from typer.testing import CliRunner

from functions.register_workflow.app import register
from galley_cli.experiments import app
from galley_cli.target import Target
from tests.unit.fakes import ROOT, load_event

EFFECT = 0.25
FILE = """
name: shorter-drafts
role: writer
variants:
  - {name: as-it-is, share: 0.5}
  - {name: brief, share: 0.5, prompt: brief.md}
"""


@pytest.fixture
def galley_ab(aws: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give the command on the stack of this test."""
    outputs = {"TableName": os.environ["TABLE_NAME"], "ArtifactsBucket": os.environ["BUCKET_NAME"]}
    client: Any = boto3.client
    target = Target(client, outputs, caller="editor")
    for module in ("experiments", "ab.commands"):
        monkeypatch.setattr(f"galley_cli.{module}.target_of", lambda *_: target)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_400_workflows_show_a_known_effect_within_the_interval(
    galley_ab: Any, workflows: Workflows, tmp_path: Path
) -> None:
    prompt = (ROOT / "functions" / "writer_agent" / "prompt.md").read_text("utf-8")
    (tmp_path / "brief.md").write_text(prompt + "\nBe brief.\n", "utf-8")
    (tmp_path / "experiment.yaml").write_text(FILE, "utf-8")
    galley_ab("start", str(tmp_path / "experiment.yaml"))
    settings, chance = Settings(table_named(os.environ["TABLE_NAME"])), random.Random(8)
    execution = load_event("register_workflow")["execution"]

    for number in range(400):
        name = f"report-{number}"
        request = load_event("research") | {"workflow_id": name}
        payload = register(request, execution | {"id": name, "name": name}, workflows, settings)
        variant = payload["cast"]["writer"]["name"]
        is_first = chance.random() < 0.5 + EFFECT * (variant == "brief")
        outcome = ended(1 if is_first else 2, approved=True, at_once=is_first)
        workflows.set_status(name, PUBLISHED, outcome=outcome)

    report = json.loads(galley_ab("report", "shorter-drafts", "--json"))
    assert report["assigned"] == report["ended"]
    assert sum(report["ended"].values()) == 400
    assert report["warnings"] == []
    found, *_ = report["comparisons"]
    assert ("as-it-is", "brief") == (found["control"], found["variant"])
    assert found["verdict"] == "better"
    assert 0 < found["low"] < EFFECT < found["high"]
    assert "brief is better than as-it-is" in galley_ab("report", "shorter-drafts")


def test_an_unknown_experiment_is_refused(galley_ab: Any) -> None:
    done = CliRunner().invoke(app, ["report", "nothing"])

    assert done.exit_code == 2
    assert "there is no experiment 'nothing'" in done.stderr
