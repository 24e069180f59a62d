"""
IAM's policy language, as far as the template speaks it.

Whatever stands in a policy and is not evaluated here is an error when the policy is read, so that
nothing is granted by being overlooked.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

Document = str | Mapping[str, Any]
Values = Mapping[str, tuple[str, ...]]

ARN_PARTS = 6
_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_QUANTIFIERS = {"", "ForAllValues", "ForAnyValue"}


@dataclass(frozen=True)
class Call:
    """One AWS call as IAM sees it; `context` holds the condition keys that it has."""

    action: str
    resource: str
    context: Values = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Statement:
    """One statement that allows something."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def allows(self, call: Call) -> bool:
        """Tell whether the statement allows a call."""
        context = {key.lower(): values for key, values in call.context.items()}
        return (
            any(_is_like(call.action.lower(), action.lower()) for action in self.actions)
            and any(_is_arn_like(call.resource, resource) for resource in self.resources)
            and all(
                _holds(operator, context.get(key.lower(), ()), listed(expected))
                for operator, keys in self.conditions.items()
                for key, expected in keys.items()
            )
        )

    def single(self) -> list["Statement"]:
        """Return the statement in its smallest parts: one action on one resource each."""
        return [
            replace(self, actions=(action,), resources=(resource,))
            for action in self.actions
            for resource in self.resources
        ]


def statements_of(policy: Document, resource: str | None = None) -> list[Statement]:
    """Read a policy; one that is attached to a resource does not name it, so it is given."""
    return [
        Statement(
            sid=each.get("Sid", ""),
            actions=listed(each["Action"]),
            resources=listed(each["Resource"] if resource is None else resource),
            conditions=each.get("Condition", {}),
        )
        for each in _checked(policy)
    ]


def trusting(policy: Document, resource: str | None = None) -> list[tuple[str, Statement]]:
    """Read the policy of a role or a queue: which services may do what with it."""
    return [
        (service, statement)
        for each, statement in zip(_checked(policy), statements_of(policy, resource), strict=True)
        for service in listed(each["Principal"]["Service"])
    ]


def used_by(policy: Document, key: str) -> list[tuple[str, Statement]]:
    """
    Read the policy of a key: which roles may do what with it.

    The account only administers, and services other than the functions' encrypt nothing here.
    """
    return [
        (principal, statement)
        for each, statement in zip(_checked(policy), statements_of(policy, key), strict=True)
        for principal in listed(each["Principal"].get("AWS", ()))
        if ":role/" in principal
    ]


def listed(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return what a policy gives as one or as a list, as a tuple."""
    return (value,) if isinstance(value, str) else tuple(value)


def _checked(policy: Document) -> list[dict[str, Any]]:
    document = json.loads(policy) if isinstance(policy, str) else policy
    found = document["Statement"]
    listed_statements = [found] if isinstance(found, dict) else list(found)
    # moto leaves a null where AWS::NoValue stood
    statements = [each for each in listed_statements if each is not None]
    for each in statements:
        unknown = {*each} - _ELEMENTS
        unknown |= {name for name in each.get("Condition", {}) if not _is_known(name)}
        if each["Effect"] != "Allow":
            unknown.add(each["Effect"])
        if unknown:
            names = ", ".join(sorted(unknown))
            raise ValueError(
                f"the laptop stack does not evaluate {names} in statement "
                f"{each.get('Sid', 'without a Sid')!r}; teach it to galley_local/iam/policies.py"
            )
    return statements


def _is_known(operator: str) -> bool:
    quantifier, _, name = operator.rpartition(":")
    return quantifier in _QUANTIFIERS and name.removesuffix("IfExists") in _COMPARISONS


def _holds(operator: str, values: tuple[str, ...], expected: tuple[str, ...]) -> bool:
    quantifier, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    if not values:
        return name != base or quantifier == "ForAllValues"
    held = [any(_COMPARISONS[base](value, each) for each in expected) for value in values]
    return all(held) if quantifier == "ForAllValues" else any(held)


def _is_arn_like(value: str, pattern: str) -> bool:
    # No wildcard reaches over a colon, except in the last part, which may hold some.
    parts, patterns = value.split(":", ARN_PARTS - 1), pattern.split(":", ARN_PARTS - 1)
    if len(parts) != len(patterns):
        return pattern == "*"
    return all(map(_is_like, parts, patterns))


def _is_like(value: str, pattern: str) -> bool:
    return _pattern(pattern).fullmatch(value) is not None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    # Not fnmatch: to IAM a bracket is a bracket.
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(wild, re.DOTALL)


def _is_equal(value: str, expected: str) -> bool:
    return value == expected


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _is_equal,
    "StringLike": _is_like,
    "ArnEquals": _is_arn_like,  # which takes wildcards too
    "ArnLike": _is_arn_like,
}
