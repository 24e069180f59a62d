"""How workflows went, in figures: what variants of a role are compared by."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from galley import telemetry
from galley.scope import Scope
from galley.settings import Cast
from galley.variants import fell_back
from galley.workflows import PUBLISHED, Workflows

if TYPE_CHECKING:
    from galley.reports.bundle import Bundle

_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_MEASURED = {
    "approved_first_round": "ApprovedInFirstRound",
    "rounds": "Rounds",
    "citation_warnings": "CitationWarnings",
    "input_tokens": "WorkflowInputTokens",
    "output_tokens": "WorkflowOutputTokens",
    "seconds": "WorkflowSeconds",
}

Outcome = dict[str, Any]


def record_publication(
    bundle: "Bundle", scope: Scope, report_key: str, record: Mapping[str, Any], workflows: Workflows
) -> dict[str, Any]:
    """
    Record that a report is published and how its workflow went; once more, it is the same.

    Return what others are told of that.
    """
    outcome = outcome_of(bundle, scope)
    is_again = record.get("status") == PUBLISHED  # a repeated delivery
    outcome |= record.get("outcome", {}) if is_again else {}
    ended_with = {"report_key": report_key, "outcome": outcome, "cost_usd": record["cost_usd"]}
    ended_with |= {"partial": True} if record.get("partial") else {}
    workflows.set_status(scope.workflow_id, PUBLISHED, **ended_with)
    told = {"cost_usd": float(record["cost_usd"]), "partial": bool(record.get("partial", False))}
    if is_again:
        return told
    figures = {_MEASURED[name]: float(outcome[name]) for name in _MEASURED if name in outcome}
    for role, variant in Cast.from_record(record).variants.items():
        if variant.experiment:
            dimensions = {"experiment": variant.experiment, "variant": variant.name}
            telemetry.measure({"role": role, **dimensions}, **figures)
    return told


def outcome_of(bundle: "Bundle", scope: Scope) -> Outcome:
    """Return the outcome of a workflow whose report is published."""
    outcome = ended(bundle.round, approved=True, at_once=bundle.round == 1)
    own = f"{scope.workflow_id}."
    # A search that the cache answered was paid for by another workflow.
    calls = [each for each in bundle.calls if str(each.get("session_id")).startswith(own)]
    if not calls:  # the evidence could not be gathered: nobody knows what it took
        return outcome
    checks = [each["check"] for each in bundle.drafts if each["round"] == bundle.round]
    for check in filter(None, checks):
        outcome["citation_warnings"] = len(check["warnings"]) + check["more"]
    roles = dict.fromkeys(each["role"] for each in calls)
    by_role = {role: _taken(each for each in calls if each["role"] == role) for role in roles}
    for role, taken in by_role.items():
        models = {each.get("model") for each in calls if each["role"] == role}
        taken["model"] = ", ".join(sorted(filter(None, models)))
    return outcome | _taken(calls) | {"by_role": by_role}


def ended(rounds: int, *, approved: bool, at_once: bool | None) -> Outcome:
    """
    Return what is known of every workflow that has ended.

    `at_once` is whether its first draft was approved; None where nobody has decided on it, which
    says nothing of the draft.
    """
    first = {} if at_once is None else {"approved_first_round": at_once}
    return {
        "approved": approved,
        **first,
        "rounds": rounds,
        "ended_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def _taken(calls: Iterable[Mapping[str, Any]]) -> Outcome:
    made = list(calls)
    tokens = {name: sum(each.get(name, 0) for each in made) for name in _TOKENS}
    seconds = Decimal(str(round(sum(each.get("seconds", 0) for each in made), 3)))
    fallen = sum(map(fell_back, made))
    more = {"fell_back": fallen} if fallen else {}
    return {"calls": len(made), **tokens, "seconds": seconds, **more}
