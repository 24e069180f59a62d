"""
What each caller may do: its role's policies, as the template gives them, checked on every call.

A call that no statement allows is answered as AWS answers it, and remembered, so that a run can
say which role lacks which action on which resource.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Call:
    """One AWS call as IAM sees it; `context` holds the condition keys that it has."""

    action: str
    resource: str
    context: Values = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Denial:
    """A call that a role's policies do not allow."""

    role: str
    call: Call

    def __str__(self) -> str:
        """Say it as AWS does."""
        return (
            f"{self.role} is not authorized to perform: {self.call.action} "
            f"on resource: {self.call.resource}"
        )


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policies."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def allows(self, call: Call) -> bool:
        """Tell whether the statement allows a call."""
        return (
            any(fnmatchcase(call.action.lower(), action.lower()) for action in self.actions)
            and any(fnmatchcase(call.resource, resource) for resource in self.resources)
            and all(
                _OPERATORS[operator](call.context.get(key, ()), _listed(expected))
                for operator, keys in self.conditions.items()
                for key, expected in keys.items()
            )
        )


def statements_of(policy: str | Mapping[str, Any]) -> list[Statement]:
    """Read a policy document; a Deny is refused, because the template has none."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    statements = []
    for each in _dicts(document["Statement"]):
        if each["Effect"] != "Allow":
            raise ValueError("the laptop stack does not evaluate Deny statements")
        statements.append(
            Statement(
                sid=each.get("Sid", ""),
                actions=_listed(each["Action"]),
                resources=_listed(each["Resource"]),
                conditions=each.get("Condition", {}),
            )
        )
    return statements


class Permissions:
    """The roles of a stack, the calls they have made, and those they were not allowed."""

    def __init__(self) -> None:
        self.statements: dict[str, list[Statement]] = {}
        self.calls: dict[str, set[Call]] = {}
        self.denials: list[Denial] = []
        self._roles: dict[str, str] = {}
        self._lock = threading.Lock()

    def add(self, access_key: str, role: str, policies: Iterable[str | Mapping[str, Any]]) -> None:
        """Make known whose an access key is, and what its role may do."""
        self._roles[access_key] = role
        self.statements[role] = [each for policy in policies for each in statements_of(policy)]

    def knows(self, access_key: str) -> bool:
        """Tell whether a caller has a role; one that has none is the operator."""
        return access_key in self._roles

    def check(self, access_key: str, call: Call) -> Denial | None:
        """Return None where a call of a known caller is allowed."""
        role = self._roles[access_key]
        with self._lock:
            self.calls.setdefault(role, set()).add(call)
            if any(statement.allows(call) for statement in self.statements[role]):
                return None
            self.denials.append(Denial(role, call))
            return self.denials[-1]


def _all_like(values: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return all(any(fnmatchcase(value, pattern) for pattern in patterns) for value in values)


def _any_equal(values: tuple[str, ...], expected: tuple[str, ...]) -> bool:
    return any(value in expected for value in values)


# Those that the template uses; another one is a KeyError, loud enough to add it here.
_OPERATORS: dict[str, Callable[[tuple[str, ...], tuple[str, ...]], bool]] = {
    "StringEquals": _any_equal,
    "ForAllValues:StringLike": _all_like,
}


def _listed(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [value] if isinstance(value, dict) else list(value)
