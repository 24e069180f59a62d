"""
Watches whose keys functions touch: each call of a function is for the workflow of its event.

Stands before the gate, which it leaves as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.wrappers import Request

from galley_local.iam.calls import Account, Signed, call_of
from galley_local.iam.gate import Gate, Wsgi
from galley_local.lambdas.environments import caller_of

_SHARED = "corpus/"
_SETTINGS = {"ROLES", "TENANTS"}  # every registration reads them


class WatchedGate:
    """A gate that notes what functions touch outside the workflow that they work for."""

    def __init__(self, gate: Gate, account: Account, under_way: Mapping[int, Any]) -> None:
        self._gate = gate
        self._account = account
        self._under_way = under_way
        self._cache_users: dict[str, set[str]] = defaultdict(set)
        self.calls = 0
        self.strays: list[str] = []

    def admit(self, request: Request, signed: Signed, services: Wsgi) -> Wsgi:
        """Note a call of a function, and admit it as the gate does."""
        event = self._under_way.get(caller_of(request))
        if event is not None and signed.service in {"s3", "dynamodb"}:
            self.calls += 1
            for key in self._keys(request, signed):
                if not self._is_own(key, *scope_of(event)):
                    self.strays.append(f"{scope_of(event)} touched {key}")
        return self._gate.admit(request, signed, services)

    def _keys(self, request: Request, signed: Signed) -> Iterable[str]:
        if signed.service == "s3":
            return [request.path.lstrip("/").partition("/")[2] or request.args.get("prefix", "")]
        # what names no key could read them all
        context = call_of(request, signed, self._account).context
        return context.get("dynamodb:LeadingKeys", ("everything",))

    def _is_own(self, key: str, tenant: str, workflow_id: str) -> bool:
        kind, _, name = key.partition("#")
        if kind in {"WORKFLOW", "LEDGER", "AUDIT"}:
            return name == workflow_id
        if kind == "TENANT":
            return name == tenant
        if kind == "CACHE":  # of a tenant's search; here no two workflows search for the same
            self._cache_users[name].add(workflow_id)
            return len(self._cache_users[name]) == 1
        if kind == "REVIEWER":  # whose address names the workflow
            return name.startswith(f"{workflow_id}@")
        return key in _SETTINGS or key.startswith((f"{tenant}/{workflow_id}/", _SHARED))


def scope_of(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return the tenant and the workflow that an event is about, as the load names them."""
    if "request" in event:  # before it is registered
        event = {"tenant": event["request"]["tenant"], "workflow_id": event["execution"]["name"]}
    if "detail" in event:  # of its execution's end
        event = {"workflow_id": event["detail"]["name"]}
    event = event.get("sessionAttributes", event)
    workflow_id = event.get("workflow_id") or event.get("pathParameters", {}).get("workflow_id", "")
    return str(event.get("tenant") or tenant_in(workflow_id)), str(workflow_id)


def tenant_in(workflow_id: str) -> str:
    """Return the tenant of a workflow of the load, whose id begins with it."""
    return workflow_id.partition("_")[0]
