"""
The settings of roles and tenants, which change without a deployment, and the cast of each workflow.

    ROLES                 {role}                   what an operator has set, and what is tried
    ROLES#HISTORY         {time}#{role}            every change of that, by whom
    EXPERIMENTS           {experiment}             every experiment there is or was
    EXPERIMENT#{name}     WORKFLOW#{workflow_id}   which variant a workflow got
    TENANTS               {tenant}                 what a tenant may spend in a month

A cast and a budget are decided once, when a workflow is registered, and kept in its record: what is
set later is for workflows that begin later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from galley.ledger.budget import Budget, in_digits
from galley.requests import Request
from galley.table import Records
from galley.telemetry import logger
from galley.variants import AS_USUAL, ROLES, Experiment, SettingError, Variant


@dataclass(frozen=True)
class Cast:
    """Who plays which role in one workflow; a role that is not here is played as usual."""

    variants: dict[str, Variant] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)  # settings that cannot be used, and why

    @classmethod
    def of(cls, settings: Iterable[Mapping[str, Any]], workflow_id: str) -> Self:
        """Decide a workflow's cast; a setting that cannot be used stops no workflow."""
        variants, ignored = {}, {}
        for setting in settings:
            role = str(setting.get("sk"))
            try:
                variant = _variant_in(setting, role, workflow_id)
            except SettingError as error:
                logger.error("the setting of %s cannot be used: %s", role[:40], error)
                ignored[role] = str(error)
            else:
                if variant != AS_USUAL:
                    variants[role] = variant
        return cls(variants, ignored)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read the cast in a workflow's record."""
        return cls({role: Variant(**each) for role, each in record.get("cast", {}).items()})

    def to_event(self) -> dict[str, dict[str, str]]:
        """Return the variants by role, as the state machine hands them on."""
        return {role: variant.to_event() for role, variant in self.variants.items()}

    def to_record(self) -> dict[str, Any]:
        """Return what a workflow's record says of it."""
        cast = {"cast": self.to_event()} if self.variants else {}
        return cast | ({"ignored": self.ignored} if self.ignored else {})


class Settings(Records):
    """What is set for roles, read; it is written by the command `galley`."""

    def all(self) -> list[dict[str, Any]]:
        """Return the settings of all roles, in one read."""
        asked = {"KeyConditionExpression": "pk = :pk", "ConsistentRead": True}
        return list(self._pages(**asked, ExpressionAttributeValues={":pk": "ROLES"}))

    def tenant(self, tenant: str) -> dict[str, Any]:
        """Return what is set for a tenant."""
        return self._get({"pk": "TENANTS", "sk": tenant}) or {}

    def note_membership(self, cast: Cast, workflow_id: str, at: str) -> None:
        """Note which variants of experiments a workflow got; once more, it is the same."""
        for role, variant in cast.variants.items():
            if variant.experiment:
                key = {"pk": f"EXPERIMENT#{variant.experiment}", "sk": f"WORKFLOW#{workflow_id}"}
                what = {"workflow_id": workflow_id, "role": role, "variant": variant.name, "at": at}
                self._write("put_item", Item=key | what)


def budget_of(request: Request, tenant: Mapping[str, Any], defaults: Budget) -> Budget:
    """Decide a workflow's budget: a request's and a tenant's own go before the template's."""
    month = tenant.get("monthly_usd", defaults.tenant_month_usd)
    usd = request.budget_usd or in_digits(defaults.usd)
    return Budget(usd, request.at_budget, in_digits(month))


def _variant_in(setting: Mapping[str, Any], role: str, workflow_id: str) -> Variant:
    if role not in ROLES:
        raise SettingError(f"role: expected one of {', '.join(ROLES)}")
    if experiment := setting.get("experiment"):
        return Experiment.of(experiment, role).variant_of(workflow_id)
    return Variant.of(setting.get("variant") or {})
