"""
Variants: what runs for a role where it is not what the template says.

A variant is data: an agent, a prompt template (by its SHA-256) and a model; what is empty is the
template's own. A role has one because an operator has set it, or because the workflow takes part in
an experiment, which has two or more of them, each with its share of the workflows.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

ROLES = ("search", "summary", "writer", "reviser")

# Names stand in keys, log lines, trace annotations and dimensions of metrics.
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_FORMS = {
    "agent": (
        re.compile(
            r"[0-9A-Z]{10}/[0-9A-Z]{10}"
            r"|arn:[a-z-]+:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:harness/"
            r"[A-Za-z][A-Za-z0-9_]{0,39}-[A-Za-z0-9]{10}"
            r"(?:/harness-endpoint/[A-Za-z][A-Za-z0-9_]{0,47})?"
        ),
        "an agent's id/alias, or the ARN of a harness or of one of its endpoints",
    ),
    "prompt": (re.compile(r"[0-9a-f]{64}"), "the SHA-256 of a prompt template"),
    "model": (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/_-]{1,199}"),
        "the id of a model or of an inference profile",
    ),
}
_SHARE = re.compile(r"(?:0|1)?\.[0-9]{1,6}|0|1|[0-9]{1,3}/[1-9][0-9]{0,2}")
FEWEST_VARIANTS, MOST_VARIANTS = 2, 8


class SettingError(ValueError):
    """A setting that cannot be used; the message says what is wrong and what is expected."""


@dataclass(frozen=True)
class Variant:
    """What runs for a role in one workflow; with an experiment, which of its variants it is."""

    experiment: str = ""
    name: str = ""
    agent: str = ""
    prompt: str = ""
    model: str = ""

    @classmethod
    def of(cls, given: Any, **names: str) -> Self:
        """Check what somebody has set; raises `SettingError`."""
        if not isinstance(given, Mapping):
            raise SettingError("a variant: expected an object")
        _no_others(given, {*_FORMS}, "a variant")
        for field, (form, expected) in _FORMS.items():
            value = given.get(field, "")
            if value and not (isinstance(value, str) and form.fullmatch(value)):
                raise SettingError(f"{field}: expected {expected}")
        return cls(**names, **{field: given.get(field) or "" for field in _FORMS})

    def to_event(self) -> dict[str, str]:
        """Return what is not empty, as states hand it on."""
        return {name: value for name, value in asdict(self).items() if value}


AS_USUAL = Variant()


@dataclass(frozen=True)
class Experiment:
    """Variants of one role, each with its share of the workflows."""

    name: str
    role: str
    variants: list[Variant]
    shares: list[Any]  # fractions, whose sum is one

    @classmethod
    def of(cls, given: Any, role: str) -> Self:
        """Check an experiment as it is kept; raises `SettingError`."""
        if not isinstance(given, Mapping):
            raise SettingError("an experiment: expected an object")
        _no_others(given, {"name", "role", "variants"}, "an experiment")
        name, listed = given.get("name"), given.get("variants")
        _check_name(name, "an experiment's name")
        if given.get("role", role) != role:
            raise SettingError(f"role: expected {role}")
        if not isinstance(listed, list) or not FEWEST_VARIANTS <= len(listed) <= MOST_VARIANTS:
            raise SettingError(f"variants: expected {FEWEST_VARIANTS} to {MOST_VARIANTS} of them")
        variants, shares = [], []
        for each in listed:
            own = dict(each) if isinstance(each, Mapping) else {}
            named, share = own.pop("name", None), own.pop("share", None)
            _check_name(named, "a variant's name")
            variants.append(Variant.of(own, experiment=str(name), name=str(named)))
            shares.append(_share(share))
        if len({each.name for each in variants}) < len(variants):
            raise SettingError("variants: expected each name once")
        if (total := sum(shares)) != 1:
            raise SettingError(f"variants: the shares add up to {_told(total)}, expected 1")
        return cls(str(name), role, variants, shares)

    def variant_of(self, workflow_id: str) -> Variant:
        """Return the variant of a workflow: always the same one, and independent of others'."""
        digest = hashlib.sha256(f"{self.name}\n{workflow_id}".encode()).digest()
        left = int.from_bytes(digest[:8]) / 2**64
        for variant, share in zip(self.variants, self.shares, strict=True):
            left -= share
            if left < 0:
                return variant
        return self.variants[-1]  # what a rounding may leave over


def prompt_key(role: str, digest: str) -> str:
    """Return where a prompt template lies that is not the adapter's own."""
    return f"prompts/{role}/{digest}.md"


def fell_back(call: Mapping[str, Any]) -> bool:
    """Tell whether the template's own did what a call's variant was to do, by its evidence."""
    return bool(call.get("fell_back") or "instead_of_template" in call)


def _share(value: Any) -> Any:
    from fractions import Fraction  # which only an experiment needs

    if isinstance(value, bool) or not _SHARE.fullmatch(str(value)) or not Fraction(str(value)):
        raise SettingError("share: expected a number above 0 and up to 1, such as 0.5 or 1/3")
    return Fraction(str(value))


def _told(total: Any) -> str:
    return f"{float(total):.6f}".rstrip("0").rstrip(".")


def _check_name(value: Any, what: str) -> None:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise SettingError(f"{what}: expected 1 to 40 lower-case letters, digits or inner '-'")


def _no_others(given: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    if unknown := sorted(str(name)[:40] for name in given.keys() - set(known))[:10]:
        fields = ", ".join(sorted(known))
        raise SettingError(f"{', '.join(unknown)}: not a field of {what} ({fields})")
