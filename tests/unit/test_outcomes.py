"""Outcomes: what variants are compared by, as the record of a workflow has it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from galley.outcomes import outcome_of, record_publication
from galley.reports.bundle import Bundle
from galley.workflows import Workflows

from tests.unit.fakes import SCOPE

CAST = {"writer": {"experiment": "shorter", "name": "short"}, "search": {"model": "m1"}}
KEY = SCOPE.published_key("report.md")


def a_call(role: str, workflow_id: str = SCOPE.workflow_id, **fields: Any) -> dict[str, Any]:
    """Return an agent's call as the evidence has it."""
    call = {"role": role, "session_id": f"{workflow_id}.{role}.0", "model": "m0"}
    counted = {"input_tokens": 100, "output_tokens": 10, "cache_read_tokens": 1, "seconds": 0.25}
    return {**call, **counted, "cache_write_tokens": 2, **fields}


def a_bundle(*calls: dict[str, Any], rounds: int = 1, warnings: int = 0, more: int = 0) -> Bundle:
    """Return the evidence of a report that was approved in a round."""
    checks = [{"warnings": ["x"] * 7, "more": 0}] * (rounds - 1)
    checks.append({"warnings": ["x"] * warnings, "more": more})
    drafts = [{"round": place, "check": check} for place, check in enumerate(checks, start=1)]
    bundle: dict[str, Any] = {
        "schema": "",
        "workflow": {},
        "report": "",
        "report_sha256": "",
        "round": rounds,
    }
    return Bundle(**bundle, calls=list(calls), drafts=drafts)


@pytest.mark.parametrize(("rounds", "at_once"), [(1, True), (2, False)])
def test_a_report_is_approved_in_the_first_round_or_later(rounds: int, at_once: bool) -> None:
    outcome = outcome_of(a_bundle(a_call("writer"), rounds=rounds), SCOPE)

    assert outcome["approved"]
    assert (at_once, rounds) == (outcome["approved_first_round"], outcome["rounds"])


def test_warnings_are_those_of_the_draft_that_was_approved() -> None:
    outcome = outcome_of(a_bundle(a_call("writer"), rounds=2, warnings=3, more=4), SCOPE)

    assert outcome["citation_warnings"] == 7


def test_tokens_and_seconds_are_those_of_all_calls_and_of_each_role() -> None:
    calls = [a_call("summary"), a_call("summary", model="m1"), a_call("writer", output_tokens=500)]

    outcome = outcome_of(a_bundle(*calls), SCOPE)

    assert (outcome["calls"], outcome["input_tokens"], outcome["output_tokens"]) == (3, 300, 520)
    assert (outcome["cache_read_tokens"], outcome["cache_write_tokens"]) == (3, 6)
    assert outcome["seconds"] == Decimal("0.75")
    by_role = outcome["by_role"]
    assert {"summary", "writer"} == by_role.keys()
    assert (by_role["summary"]["model"], by_role["writer"]["output_tokens"]) == ("m0, m1", 500)


def test_a_search_that_another_workflow_has_paid_for_counts_nothing() -> None:
    outcome = outcome_of(a_bundle(a_call("search", "lighthouses-11"), a_call("writer")), SCOPE)

    assert (outcome["calls"], list(outcome["by_role"])) == (1, ["writer"])


@pytest.mark.parametrize("said", [{"fell_back": "gone"}, {"instead_of_template": "0" * 64}])
def test_it_says_how_often_a_variant_was_not_to_be_had(said: dict[str, str]) -> None:
    calls = a_call("writer", **said), a_call("writer"), a_call("search")
    fallen = outcome_of(a_bundle(*calls), SCOPE)

    assert fallen["fell_back"] == fallen["by_role"]["writer"]["fell_back"] == 1
    assert "fell_back" not in fallen["by_role"]["search"]
    assert "fell_back" not in outcome_of(a_bundle(a_call("writer")), SCOPE)


def test_where_there_is_no_evidence_nobody_knows_what_it_took() -> None:
    outcome = outcome_of(a_bundle(), SCOPE)

    assert {"approved", "approved_first_round", "rounds", "ended_at"} == outcome.keys()


def found(workflows: Workflows) -> dict[str, Any]:
    """Return the workflow's record."""
    return workflows.find(SCOPE.workflow_id) or {}


def test_the_outcome_is_recorded_and_measured_once(
    registered: Workflows, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {**found(registered), "cast": CAST, "cost_usd": Decimal("0.12")}
    record_publication(a_bundle(a_call("writer")), SCOPE, KEY, record, registered)
    first = found(registered)

    again = {**first, "cast": CAST}
    record_publication(a_bundle(a_call("writer")), SCOPE, KEY, again, registered)

    assert found(registered) == first
    assert (first["status"], first["outcome"]["calls"]) == ("PUBLISHED", 1)
    assert first["cost_usd"] == Decimal("0.12")
    printed = capsys.readouterr().out.splitlines()
    (line,) = (json.loads(each) for each in printed if "CloudWatchMetrics" in each)
    names = {"role": "writer", "experiment": "shorter", "variant": "short"}
    assert names == {name: line[name] for name in names}
    assert (line["ApprovedInFirstRound"], line["WorkflowOutputTokens"]) == ([1.0], [10.0])


def test_a_round_that_waits_again_has_no_outcome(registered: Workflows) -> None:
    failed = {"status": "FAILED", "error": "E", "cause": "C", "outcome": {"approved": False}}
    registered.close(SCOPE.workflow_id, found(registered)["execution"], 0, failed)
    assert "outcome" in found(registered)

    registered.note_waiting(SCOPE.workflow_id, 1, 1)

    assert "outcome" not in found(registered)
