"""
Who may do what on a stack: each role's policies, and which services may call or assume what.

Every call is checked here. One that no statement allows is refused as AWS refuses it, and
remembered, so that a run can say who lacks which action on which resource.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from galley_local.iam.policies import Call, Statement

Calls = dict[str, set[Call]]

SERVICE = ".amazonaws.com"
SOURCE = "aws:SourceArn"

_ROLE_NAME = re.compile(r"[^-]+-(\w+)-\w+")  # {stack}-{logical id}-{what makes it unique}


@dataclass(frozen=True)
class Grant:
    """One permission: a holder, which is a role or a service, may do one action on one resource."""

    holder: str
    statement: Statement

    @property
    def sid(self) -> str:
        """The statement that it stands in."""
        return self.statement.sid

    @property
    def action(self) -> str:
        """What may be done."""
        return self.statement.actions[0]

    @property
    def resource(self) -> str:
        """To what it may be done; a pattern."""
        return self.statement.resources[0]

    def __str__(self) -> str:
        """Say who may do what to what, and by which statement."""
        return f"{logical_id(self.holder)} {self.sid}: {self.action} on {self.resource}"


@dataclass(frozen=True)
class Errand:
    """What a service does as a role that it has assumed."""

    role: str
    calls: tuple[Call, ...]

    @classmethod
    def of(cls, role_arn: str, calls: Iterable[Call]) -> Self:
        """Return the errand of the role that an ARN names."""
        return cls(role_name(role_arn), tuple(calls))


@dataclass(frozen=True)
class Denial:
    """A call that nothing allows its holder."""

    holder: str
    call: Call

    def __str__(self) -> str:
        """Say it as AWS does."""
        source = "".join(f" for {arn}" for arn in self.call.context.get(SOURCE, ()))
        return (
            f"{self.holder}{source} is not authorized to perform: {self.call.action} "
            f"on resource: {self.call.resource}"
        )

    @property
    def remedy(self) -> str:
        """What the template would have to say."""
        action, resource = self.call.action, self.call.resource
        if not self.holder.endswith(SERVICE):
            statement = f"{{Effect: Allow, Action: {action}, Resource: {resource}}}"
            return f"{logical_id(self.holder)} needs the statement {statement}"
        if action == "sts:AssumeRole":
            role = logical_id(role_name(resource))
            return f"{role} needs an AssumeRolePolicyDocument that trusts {self.holder}"
        sources = self.call.context.get(SOURCE, ())
        if action == "lambda:InvokeFunction":
            source = "".join(f", SourceArn: {arn}" for arn in sources)
            permission = f"{{FunctionName: {resource}, Principal: {self.holder}{source}}}"
            return f"the template needs an AWS::Lambda::Permission with {permission}"
        return (
            f"the policy of {resource} needs a statement that lets {self.holder} do {action}"
            + "".join(f" for {arn}" for arn in sources)
        )


class Permissions:
    """The holders of permissions on a stack, the calls they made, and those they were refused."""

    def __init__(self) -> None:
        self.statements: dict[str, list[Statement]] = {}
        self.calls: Calls = {}
        self.denials: list[Denial] = []
        self.made: Counter[tuple[str, str]] = Counter()  # requests, by role and action
        self._roles: dict[str, str] = {}
        self._recordings: list[Calls] = []
        self._lock = threading.Lock()

    def grant(self, holder: str, statements: Iterable[Statement]) -> None:
        """Make known what a holder may do, besides what is known of it."""
        self.statements.setdefault(holder, []).extend(statements)

    def identify(self, access_key: str, role: str) -> None:
        """Make known which role signs with an access key."""
        self._roles[access_key] = role

    def role_of(self, access_key: str) -> str | None:
        """Return the role that signs with an access key; None for the operator, who has none."""
        return self._roles.get(access_key)

    def note(self, role: str, call: Call) -> None:
        """Count a request, whatever becomes of it."""
        with self._lock:
            self.made[role, call.action] += 1

    def check(self, holder: str, call: Call) -> Denial | None:
        """Return None where a call is allowed to a holder."""
        with self._lock:
            for calls in (self.calls, *self._recordings):
                calls.setdefault(holder, set()).add(call)
            if any(statement.allows(call) for statement in self.statements.get(holder, ())):
                return None
            self.denials.append(Denial(holder, call))
            return self.denials[-1]

    def check_all(self, errand: Errand) -> Denial | None:
        """Return None where all of an errand is allowed; whatever is not is remembered."""
        denials = [self.check(errand.role, call) for call in errand.calls]
        return next(filter(None, denials), None)

    @contextmanager
    def recording(self) -> Iterator[Calls]:
        """Return the calls that are made meanwhile, by holder."""
        calls: Calls = {}
        self._recordings.append(calls)
        try:
            yield calls
        finally:
            self._recordings.remove(calls)

    def grants(self) -> list[Grant]:
        """Return every permission, as the smallest parts that can be taken away."""
        return [
            Grant(holder, part)
            for holder, statements in self.statements.items()
            for statement in statements
            for part in statement.single()
        ]

    def uses(self, grant: Grant) -> bool:
        """Tell whether a permission has allowed a call."""
        with self._lock:
            return any(grant.statement.allows(call) for call in self.calls.get(grant.holder, ()))

    @contextmanager
    def without(self, grant: Grant) -> Iterator[None]:
        """Take one permission away for a while, and leave every other."""
        whole = self.statements[grant.holder]
        parts = [part for statement in whole for part in statement.single()]
        parts.remove(grant.statement)
        self.statements[grant.holder] = parts
        try:
            yield
        finally:
            self.statements[grant.holder] = whole


def role_name(role_arn: str) -> str:
    """Return the name of the role that an ARN names."""
    return role_arn.rpartition("/")[2]


def logical_id(holder: str) -> str:
    """Return a role's name in the template; a service's name is its name."""
    return _ROLE_NAME.sub(r"\1", holder)
