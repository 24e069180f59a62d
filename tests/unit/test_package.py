"""What `sam package` does to the template, done on a laptop."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import cfnlint.api as cfnlint
import pytest

from galley_local.package import Package, package

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def uploads() -> dict[str, bytes]:
    """Return what was uploaded, by key."""
    return {}


@pytest.fixture(scope="module")
def packaged(uploads: dict[str, bytes]) -> Package:
    """Return the packaged template."""

    def upload(key: str, data: bytes) -> str:
        uploads[key] = data
        return f"s3://code/{key}"

    return package(ROOT, {"KnowledgeBaseId": "KB12345678"}, "us-east-1", upload)


def resources(packaged: Package, kind: str) -> dict[str, Any]:
    """Return the resources of a type."""
    everything = packaged.template["Resources"].items()
    return {name: resource for name, resource in everything if resource["Type"] == kind}


@pytest.mark.parametrize("name", ["research", "outbox"])
def test_the_state_machine_that_runs_is_the_file_that_is_deployed(
    packaged: Package, name: str
) -> None:
    machines = resources(packaged, "AWS::StepFunctions::StateMachine")
    machine = machines[f"{name.capitalize()}StateMachine"]

    text, substitutions = machine["Properties"]["DefinitionString"]["Fn::Sub"]

    assert (ROOT / "statemachine" / f"{name}.asl.json").read_text() == text
    assert substitutions["EventBusName"] == {"Ref": "EventBus"}
    assert "DefinitionSubstitutions" not in machine["Properties"]


def test_every_function_is_uploaded_whole(packaged: Package, uploads: dict[str, bytes]) -> None:
    functions = resources(packaged, "AWS::Lambda::Function")

    assert functions.keys() == packaged.code.keys()
    for name, directory in packaged.code.items():
        with zipfile.ZipFile(io.BytesIO(uploads[f"{name}.zip"])) as archive:
            assert archive.read("app.py") == (directory / "app.py").read_bytes()
            assert not [each for each in archive.namelist() if "__pycache__" in each]


def test_nothing_of_sam_is_left(packaged: Package) -> None:
    kinds = {resource["Type"] for resource in packaged.template["Resources"].values()}

    assert not [kind for kind in kinds if kind.startswith("AWS::Serverless::")]


def test_the_layers_are_where_the_template_says(packaged: Package) -> None:
    assert packaged.layers == (ROOT / "layer",)


def test_the_plain_template_has_no_circle_and_no_error() -> None:
    # What is left to its default is what most people deploy; and only in the plain template does
    # the linter see which resource waits for which.
    plain = package(ROOT, {}, "us-east-1", lambda key, _: f"s3://code/{key}").template
    found = cfnlint.lint(json.dumps(plain), regions=["us-east-1"])

    assert [str(match) for match in found if match.rule.id.startswith("E")] == []
