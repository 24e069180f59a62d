"""
What `sam package` and CloudFormation do to the template before resources are made.

Local paths become objects in a bucket, the state machine's file becomes its definition, and the
SAM translator (the library that runs on AWS) turns the rest into plain CloudFormation.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

# The managed policies that SAM names in the roles it makes.
_MANAGED_POLICIES = {
    name: f"arn:aws:iam::aws:policy/{name}"
    for name in (
        "service-role/AWSLambdaBasicExecutionRole",
        "AWSXrayWriteOnlyAccess",
        "AWSXRayDaemonWriteAccess",
    )
}


@dataclass(frozen=True)
class Package:
    """A template ready for CloudFormation, and where each function's code lies on this machine."""

    template: dict[str, Any]
    code: Mapping[str, Path]  # by logical id
    layers: tuple[Path, ...]


def package(
    root: Path, parameters: Mapping[str, str], region: str, upload: Callable[[str, bytes], str]
) -> Package:
    """
    Package `template.yaml` of an application.

    `upload` keeps bytes under a key and returns their S3 URI, as `sam package` has it done.
    """
    template = yaml_parse((root / "template.yaml").read_text(encoding="utf-8"))
    code: dict[str, Path] = {}
    layers: list[Path] = []
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            code[logical_id] = root / properties["CodeUri"]
            properties["CodeUri"] = upload(f"{logical_id}.zip", _zipped(code[logical_id]))
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            layers.append(root / properties["ContentUri"])
            properties["ContentUri"] = upload(f"{logical_id}.zip", _zipped(layers[-1]))
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            # A placeholder for the translator, which takes either text or a place in S3.
            definition = root / properties.pop("DefinitionUri")
            resource.setdefault("Metadata", {})["DefinitionFile"] = str(definition)
            properties["Definition"] = {"StartAt": "", "States": {}}
    session = boto3.Session(region_name=region)
    translator = Translator(_MANAGED_POLICIES, Parser(), boto_session=session)
    plain = translator.translate(template, dict(parameters))
    for resource in plain["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            _put_definition(resource)
    return Package(plain, code, tuple(layers))


def _put_definition(resource: dict[str, Any]) -> None:
    # CloudFormation fills DefinitionSubstitutions as Fn::Sub fills its variables.
    text = Path(resource["Metadata"]["DefinitionFile"]).read_text(encoding="utf-8")
    properties = resource["Properties"]
    substitutions = properties.pop("DefinitionSubstitutions", {})
    properties["DefinitionString"] = {"Fn::Sub": [text, substitutions]}


def _zipped(directory: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(directory.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(directory))
    return buffer.getvalue()
