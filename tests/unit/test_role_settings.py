"""What an operator sets for roles: checked against the stack, and written whole or not at all."""

import json
import os
from pathlib import Path

import pytest
from galley.artifacts import Artifacts
from galley.settings import Cast, Settings
from galley.variants import AS_USUAL, SettingError, Variant
from galley.workflows import table_named

from galley_cli.settings import RoleSettings
from galley_cli.target import Target, TargetError, target_of
from galley_cli.variants import Wardrobe, own_prompt
from tests.unit.conftest import client

HARNESS = "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness/my_harness-AbCdEf1234"
ENDPOINT = f"{HARNESS}/harness-endpoint/live"
ALIAS = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345"
MODEL = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.vendor.model-v1:0"
PROMPT = own_prompt("writer").text
OTHER = f"{PROMPT}\nBe brief.\n"


def a_target(**parameters: str) -> Target:
    """Return a stack with such parameters."""
    outputs = {"TableName": "galley-workflows", "ArtifactsBucket": "galley-artifacts"}
    return Target(client, outputs, parameters, caller="arn:aws:iam::1:user/operator")


@pytest.fixture
def settings(aws: None) -> RoleSettings:
    """Give the settings of a stack: none."""
    return RoleSettings(a_target())


# ---- what a stack can run ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "parameters"),
    [
        ({"agent": HARNESS}, {"WriterVariantAgents": f"{ALIAS},{HARNESS}"}),
        ({"agent": ENDPOINT}, {"WriterVariantAgents": ENDPOINT}),
        ({"agent": "AGENT12345/ALIAS12345"}, {"WriterVariantAgents": ALIAS}),
        ({"agent": HARNESS}, {"ExistingWriterAgent": HARNESS}),
        ({"model": "us.vendor.model-v1:0"}, {"VariantModels": MODEL}),
        (
            {"agent": HARNESS, "model": "us.vendor.another"},
            {"WriterVariantAgents": HARNESS, "AgentBackend": "bedrock-agents"},
        ),
    ],
)
def test_what_the_stack_may_ask_is_taken(given: dict[str, str], parameters: dict[str, str]) -> None:
    variant = Wardrobe(a_target(**parameters)).variant("writer", given)

    assert variant == Variant(**given)


@pytest.mark.parametrize(
    ("given", "parameters", "why"),
    [
        ({"agent": HARNESS}, {}, "WriterVariantAgents"),
        ({"agent": HARNESS}, {"WriterVariantAgents": ENDPOINT}, "WriterVariantAgents"),
        ({"agent": HARNESS}, {"SearchVariantAgents": HARNESS}, "WriterVariantAgents"),
        ({"model": "us.vendor.model-v1:0"}, {}, "VariantModels"),
        ({"model": "vendor.model"}, {"VariantModels": MODEL}, "VariantModels"),
        ({"model": "m1"}, {"AgentBackend": "bedrock-agents"}, "has its own"),
        ({"model": "m1"}, {"ExistingWriterAgent": "AGENT12345/ALIAS12345"}, "has its own"),
        ({"prompt": "nowhere.md"}, {}, "cannot be read"),
    ],
)
def test_what_it_may_not_is_refused_with_what_to_do(
    given: dict[str, str], parameters: dict[str, str], why: str
) -> None:
    with pytest.raises(SettingError, match=why):
        Wardrobe(a_target(**parameters)).variant("writer", given)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: [", "cannot be read"),
        ("just words", "expected name, role and variants"),
        ("{name: n, role: editor, variants: []}", "editor: expected one of"),
        ("{name: n, role: writer, variants: [], until: May}", "until: not a field"),
        ("{name: n, role: writer, primary: beauty, variants: []}", "primary: expected"),
        ("{name: n, role: writer, variants: [a, b]}", "a list of objects"),
        ("{name: n, role: writer, variants: [{name: a, share: 0.5}]}", "expected 2 to 8"),
        ("!!python/object/apply:os.getcwd []", "cannot be read"),
    ],
)
def test_a_file_that_is_no_experiment_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "experiment.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(SettingError, match=why):
        Wardrobe(a_target()).experiment(tmp_path / "experiment.yaml", {})


def started(settings: RoleSettings, folder: Path, name: str = "shorter") -> None:
    """Start an experiment with another prompt for the writer."""
    (folder / "short.md").write_text(OTHER, encoding="utf-8")
    variants = [
        {"name": "now", "share": 0.5},
        {"name": "short", "share": 0.5, "prompt": "short.md"},
    ]
    path = folder / "experiment.json"
    path.write_text(json.dumps({"name": name, "role": "writer", "variants": variants}))
    wardrobe = Wardrobe(a_target())
    experiment = wardrobe.experiment(path, settings.all())
    wardrobe.keep_prompts()
    settings.start(*experiment)


def cast(workflow_id: str = "w1") -> Cast:
    """Return a workflow's cast as the deployed function decides it."""
    table = table_named(os.environ["TABLE_NAME"])
    return Cast.of(Settings(table).all(), workflow_id)


# ---- what is written -----------------------------------------------------------------------------


def test_what_the_command_writes_is_what_workflows_get(
    settings: RoleSettings, artifacts: Artifacts, tmp_path: Path
) -> None:
    started(settings, tmp_path)

    names = {cast(f"w{number}").variants["writer"].name for number in range(40)}
    assert names == {"now", "short"}
    (definition,) = settings.experiments()
    prompt = definition["variants"][1]["prompt"]
    assert artifacts.read_text(f"prompts/writer/{prompt}.md") == OTHER
    assert (definition["primary"], definition["started_by"]) == (
        "approved_first_round",
        "arn:aws:iam::1:user/operator",
    )


def test_what_a_variant_does_not_say_is_as_the_role_has_it(
    settings: RoleSettings, tmp_path: Path
) -> None:
    settings.use("writer", Variant(agent=HARNESS))

    (tmp_path / "short.md").write_text(OTHER, encoding="utf-8")
    variants = [
        {"name": "now", "share": 0.5},
        {"name": "short", "share": 0.5, "prompt": "short.md"},
    ]
    path = tmp_path / "experiment.json"
    path.write_text(json.dumps({"name": "n", "role": "writer", "variants": variants}))
    wardrobe = Wardrobe(a_target(WriterVariantAgents=HARNESS))

    experiment, _, _ = wardrobe.experiment(path, settings.all())

    assert [each.agent for each in experiment.variants] == [HARNESS, HARNESS]


def test_when_an_experiment_ends_the_role_is_as_it_was(
    settings: RoleSettings, tmp_path: Path
) -> None:
    settings.use("writer", Variant(prompt="a" * 64))
    started(settings, tmp_path)

    settings.stop("shorter")

    assert cast().variants == {"writer": Variant(prompt="a" * 64)}
    assert settings.experiments()[0]["stopped_by"] == "arn:aws:iam::1:user/operator"
    changes = [each["what"] for each in settings.history("writer")]
    assert changes == ["stop shorter", "start shorter", f"use prompt {'a' * 64}"]


def test_two_operators_at_once_do_not_undo_each_other(
    settings: RoleSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.use("writer", Variant(prompt="a" * 64))
    seen = settings.all()
    settings.use("writer", Variant(prompt="b" * 64))
    late = RoleSettings(a_target())
    monkeypatch.setattr(late, "all", lambda: seen)

    with pytest.raises(SettingError, match="somebody else"):
        late.use("writer", AS_USUAL)

    assert cast().variants == {"writer": Variant(prompt="b" * 64)}
    assert len(settings.history("writer")) == 2


def test_two_stacks_at_once_are_refused() -> None:
    with pytest.raises(TargetError, match="either --stack NAME or --url ADDRESS"):
        target_of("galley", "http://127.0.0.1:9", "", "")
