"""
What an operator gives as a variant, checked against the stack that is to run it.

A prompt is given as a file; it is kept under its SHA-256, so that what a workflow has begun with
stays what it was.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from galley.artifacts import sha256
from galley.prompts import PromptTemplate, template_of
from galley.variants import Experiment, SettingError, Variant, prompt_key

from galley_cli.settings import PRIMARIES, check_role
from galley_cli.target import Target

FUNCTIONS = Path(__file__).parent.parent / "functions"
_FILE_FIELDS = {"name", "role", "primary", "variants"}


def own_prompt(role: str) -> PromptTemplate:
    """Return the prompt template of a role's adapter."""
    return PromptTemplate((FUNCTIONS / f"{role}_agent" / "prompt.md").read_text(encoding="utf-8"))


class Wardrobe:
    """Makes variants for one stack; the prompts that they need are kept by `keep_prompts`."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._prompts: dict[str, bytes] = {}  # by key

    def variant(self, role: str, given: Mapping[str, Any], folder: Path = Path()) -> Variant:
        """Return what is given as a checked variant; a prompt is a file below a folder."""
        fields = {name: value for name, value in given.items() if value is not None and value != ""}
        if prompt := fields.get("prompt"):
            if not isinstance(prompt, str):
                raise SettingError("prompt: expected the name of a file")
            fields["prompt"] = self._prompt(role, folder / prompt)
        variant = Variant.of(fields)
        self._check_agent(role, variant)
        return variant

    def experiment(
        self, path: Path, current: Mapping[str, Mapping[str, Any]]
    ) -> tuple[Experiment, str, list[str]]:
        """
        Read an experiment's file; return it, its primary outcome, and its shares as written.

        What a variant does not say is as the role has it now.
        """
        given = _read(path)
        if unknown := sorted(str(name)[:40] for name in given.keys() - _FILE_FIELDS):
            known = ", ".join(sorted(_FILE_FIELDS))
            raise SettingError(f"{', '.join(unknown)}: not a field of an experiment ({known})")
        role, primary = check_role(str(given.get("role"))), given.get("primary", PRIMARIES[0])
        if primary not in PRIMARIES:
            raise SettingError(f"primary: expected one of {', '.join(PRIMARIES)}")
        listed, now = given.get("variants"), current.get(role, {}).get("variant") or {}
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise SettingError("variants: expected a list of objects with name and share")
        shares = [str(each.get("share")) for each in listed]
        variants = []
        for each, share in zip(listed, shares, strict=True):
            own = {name: value for name, value in each.items() if name not in {"name", "share"}}
            kept = self.variant(role, own, path.parent).to_event()
            variants.append({"name": each.get("name"), "share": share, **now, **kept})
        experiment = Experiment.of({"name": given.get("name"), "variants": variants}, role)
        for variant in experiment.variants:
            self._check_agent(role, variant)
        different = {(each.agent, each.prompt, each.model) for each in experiment.variants}
        if len(different) < len(variants):
            raise SettingError("variants: two of them are the same; there is nothing to compare")
        return experiment, primary, shares

    def keep_prompts(self) -> None:
        """Keep the prompts of the variants in the artifacts bucket."""
        s3, bucket = self._target.client("s3"), self._target.outputs["ArtifactsBucket"]
        for key, data in self._prompts.items():
            s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType="text/markdown")

    def _prompt(self, role: str, path: Path) -> str:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SettingError(f"prompt: {path} cannot be read ({error.strerror})") from error
        digest = sha256(data)
        try:
            template_of(data, digest, own_prompt(role))
        except SettingError as error:
            raise SettingError(f"{path}: {error}") from error
        self._prompts[prompt_key(role, digest)] = data
        return digest

    def _check_agent(self, role: str, variant: Variant) -> None:
        """See that the stack's permissions let the role ask the agent; a deployment gives them."""
        parameters, parameter = self._target.parameters, f"{role.capitalize()}VariantAgents"
        existing = parameters.get(f"Existing{role.capitalize()}Agent", "")
        listed = parameters.get(parameter, "").split(",")
        if variant.agent and variant.agent not in {existing, *listed, *map(_as_alias, listed)}:
            raise SettingError(
                f"agent: the stack may not ask {variant.agent} as {role}; add its ARN to the "
                f"parameter {parameter} and deploy"
            )
        by_default = existing.startswith("arn:") if existing else _creates_harnesses(parameters)
        is_harness = variant.agent.startswith("arn:") if variant.agent else by_default
        if variant.model and not is_harness:
            raise SettingError("model: an agent of Bedrock Agents has its own; give another agent")
        # What another harness may use is its own role's business.
        is_own = variant.agent in {"", existing}
        if variant.model and is_own and not _is_listed(variant.model, parameters):
            raise SettingError(
                f"model: the stack may not use {variant.model}; add the ARNs of its inference "
                "profile and of its models to the parameter VariantModels and deploy"
            )


def _read(path: Path) -> dict[str, Any]:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))  # JSON is YAML, too
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingError(f"{path} cannot be read: {error}") from error
    if not isinstance(given, dict):
        raise SettingError(f"{path}: expected name, role and variants")
    return given


def _as_alias(arn: str) -> str:
    """Return the id/alias in the ARN of an agent's alias."""
    return arn.partition(":agent-alias/")[2]


def _creates_harnesses(parameters: Mapping[str, str]) -> bool:
    return parameters.get("AgentBackend", "harness") == "harness"


def _is_listed(model: str, parameters: Mapping[str, str]) -> bool:
    listed = parameters.get("VariantModels", "").split(",")
    return any(each.endswith(f"/{model}") or each == model for each in listed)
