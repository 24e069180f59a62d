"""
What is set for the roles of a stack, read and changed.

What is written here is read by `galley.settings` when a workflow is registered. It is checked
before: a setting that could not work is refused. Every change is written with who made it, and
together with what it changes, or not at all.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from galley.variants import ROLES, Experiment, SettingError, Variant

from galley_cli.aws_words import AWS_ERRORS, in_words
from galley_cli.target import Target, TargetError

PRIMARIES = ("approved_first_round", "rounds", "citation_warnings", "tokens", "cost", "seconds")

Item = dict[str, Any]

_serialize, _read = TypeSerializer().serialize, TypeDeserializer().deserialize


@dataclass(frozen=True)
class Change:
    """A change of a role's setting, and what is put beside it."""

    role: str
    what: str
    setting: Item
    also: Item | None = None  # an experiment's item
    is_new: bool = False  # the experiment must not be there yet


class RoleSettings:
    """The settings of one stack."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._table = target.outputs["TableName"]
        self._dynamodb = target.client("dynamodb")

    def all(self) -> dict[str, Item]:
        """Return what is set, by role."""
        return {each["sk"]: each for each in self._under("ROLES")}

    def history(self, role: str) -> list[Item]:
        """Return the changes of a role's setting, the last first."""
        return [each for each in reversed(self._under("ROLES#HISTORY")) if each["role"] == role]

    def experiments(self) -> list[Item]:
        """Return the experiments that there are and were, by their starts."""
        return sorted(self._under("EXPERIMENTS"), key=lambda each: each["started_at"])

    def members(self, experiment: str) -> list[Item]:
        """Return which workflows take part in an experiment, and as what."""
        return self._under(f"EXPERIMENT#{experiment}")

    def use(self, role: str, variant: Variant) -> None:
        """Have new workflows use a variant; one that is empty is the template's own."""
        setting = self.all().get(role, {})
        if experiment := setting.get("experiment"):
            stop = f"galley ab stop {experiment['name']}"
            raise SettingError(f"{role} is in the experiment {experiment['name']}; first: {stop}")
        given = variant.to_event()
        what = ", ".join(f"{name} {value}" for name, value in given.items())
        self._write(Change(role, f"use {what or 'the default'}", {"variant": given}), setting)

    def start(self, experiment: Experiment, primary: str, shares: list[str]) -> None:
        """Have new workflows take part in an experiment."""
        setting = self.all().get(experiment.role, {})
        if running := setting.get("experiment"):
            raise SettingError(f"{experiment.role} is in the experiment {running['name']} already")
        variants = [
            {"name": each.name, "share": share, **_own(each)}
            for each, share in zip(experiment.variants, shares, strict=True)
        ]
        kept = {"name": experiment.name, "role": experiment.role, "variants": variants}
        began = {"started_at": _now(), "started_by": self._target.caller}
        setting_now: Item = {"variant": setting.get("variant", {}), "experiment": kept}
        change = Change(
            experiment.role,
            f"start {experiment.name}",
            setting_now,
            {"sk": experiment.name, **kept, "primary": primary, **began},
            is_new=True,
        )
        self._write(change, setting)

    def stop(self, name: str) -> str:
        """Have new workflows take no part in an experiment any more; return its role."""
        for role, setting in self.all().items():
            if setting.get("experiment", {}).get("name") == name:
                known = {each["name"]: each for each in self.experiments()}
                ended = {"stopped_at": _now(), "stopped_by": self._target.caller}
                also = {**known[name], **ended}
                change = Change(role, f"stop {name}", {"variant": setting.get("variant", {})}, also)
                self._write(change, setting)
                return role
        running = [each["name"] for each in self.experiments() if "stopped_at" not in each]
        raise SettingError(f"no experiment {name} runs; there runs {', '.join(running) or 'none'}")

    def _write(self, change: Change, before: Mapping[str, Any]) -> None:
        now, who = _now(), self._target.caller
        changed = {"changed_at": now, "changed_by": who}
        setting = {"pk": "ROLES", "sk": change.role, **change.setting, **changed}
        entry: Item = {"pk": "ROLES#HISTORY", "sk": f"{now}#{change.role}", "role": change.role}
        entry |= {"what": change.what, "setting": change.setting, **changed}
        # Two operators at once: the second finds another state than the one that it was based on.
        as_before: Item = {"ConditionExpression": "attribute_not_exists(changed_at)"}
        if "changed_at" in before:
            as_before = {
                "ConditionExpression": "changed_at = :before",
                "ExpressionAttributeValues": {":before": before["changed_at"]},
            }
        puts: list[Item] = [{"Item": setting, **as_before}, {"Item": entry}]
        if change.also:
            is_new = {"ConditionExpression": "attribute_not_exists(pk)"} if change.is_new else {}
            puts.append({"Item": {"pk": "EXPERIMENTS", **change.also}, **is_new})
        try:
            self._dynamodb.transact_write_items(
                TransactItems=[{"Put": {"TableName": self._table, **_typed(put)}} for put in puts]
            )
        except self._dynamodb.exceptions.TransactionCanceledException as error:
            if change.is_new and _failed(error)[2:] == ["ConditionalCheckFailed"]:
                raise SettingError(
                    f"{change.setting['experiment']['name']}: an experiment had this name before; "
                    "give each its own, so that what they found is not mixed"
                ) from error
            raise SettingError(
                "somebody else has changed this meanwhile; look and try again"
            ) from error
        except AWS_ERRORS as error:
            raise TargetError(in_words(error, self._target.access)) from error

    def _under(self, pk: str) -> list[Item]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
        try:
            return [
                {name: _read(value) for name, value in item.items()}
                for page in pages
                for item in page["Items"]
            ]
        except AWS_ERRORS as error:
            raise TargetError(in_words(error, self._target.access)) from error


def check_role(role: str) -> str:
    """Return a role's name; raises `SettingError` for any other."""
    if role not in ROLES:
        raise SettingError(f"{role}: expected one of {', '.join(ROLES)}")
    return role


def _own(variant: Variant) -> dict[str, str]:
    fields = asdict(variant)
    return {name: fields[name] for name in ("agent", "prompt", "model") if fields[name]}


def _typed(put: Item) -> Item:
    values = put.get("ExpressionAttributeValues")
    typed = {name: _serialize(value) for name, value in put["Item"].items()}
    named = {name: _serialize(value) for name, value in values.items()} if values else None
    return {**put, "Item": typed} | ({"ExpressionAttributeValues": named} if named else {})


def _failed(error: Any) -> list[str]:
    return [each.get("Code", "") for each in error.response.get("CancellationReasons", [])]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
