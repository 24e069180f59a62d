"""Experiments are read from the table as they are written there."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import boto3
import pytest
from galley.workflows import table_named

from galley_cli.ab.observations import Experiment, ExperimentError, Observation
from galley_cli.ab.reader import read_experiment, read_observations

TABLE = "galley-workflows"
AT, ENDED_AT = "2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z"
OUTCOME = {
    "approved": True,
    "approved_first_round": False,
    "rounds": 2,
    "citation_warnings": 3,
    "input_tokens": 900,
    "output_tokens": 100,
    "cache_read_tokens": 20,
    "cache_write_tokens": 0,
    "seconds": Decimal("12.5"),
    "ended_at": ENDED_AT,
}


@pytest.fixture
def put(aws: None) -> Callable[..., Any]:
    """Give a way to put an item into the table."""
    table = table_named(TABLE)
    return lambda pk, sk, **more: table.put_item(Item={"pk": pk, "sk": sk, **more})


def put_workflow(put: Callable[..., Any], name: str, **record: Any) -> None:
    """Put a workflow of the experiment."""
    member = {"workflow_id": name, "role": "writer", "variant": "shorter", "at": AT}
    put("EXPERIMENT#test", f"WORKFLOW#{name}", **member)
    put(f"WORKFLOW#{name}", "META", workflow_id=name, topic="x", **record)


def read() -> list[Observation]:
    """Return the observations of the experiment."""
    return read_observations(boto3.client("dynamodb"), TABLE, "test")


def test_the_definition_is_read_with_its_shares_in_their_order(put: Callable[..., Any]) -> None:
    variants = [{"name": "now", "share": "2/3"}, {"name": "b", "share": "1/3", "prompt": "0" * 64}]
    put("EXPERIMENTS", "test", name="test", role="writer", variants=variants, stopped_at=AT)

    experiment = read_experiment(boto3.client("dynamodb"), TABLE, "test")

    shares = {"now": 2 / 3, "b": 1 / 3}
    assert Experiment("test", "writer", shares, status="stopped") == experiment
    assert list(experiment.shares) == ["now", "b"]
    experiment.check()


def test_an_unknown_experiment_is_named(aws: None) -> None:
    with pytest.raises(ExperimentError, match="no experiment 'test'"):
        read_experiment(boto3.client("dynamodb"), TABLE, "test")


def test_what_a_workflow_came_to_is_read(put: Callable[..., Any]) -> None:
    put_workflow(put, "w1", status="PUBLISHED", outcome=OUTCOME)

    outcomes = {
        "approved_first_round": 0.0,
        "rounds": 2.0,
        "citation_warnings": 3.0,
        "tokens": 1020.0,
        "seconds": 12.5,
    }
    assert [Observation("w1", "shorter", AT, ENDED_AT, outcomes)] == read()


def test_a_workflow_that_runs_has_no_outcome_yet(put: Callable[..., Any]) -> None:
    put_workflow(put, "w1", status="WAITING_FOR_APPROVAL")

    assert [Observation("w1", "shorter", AT)] == read()


def test_a_failed_workflow_was_not_approved_and_its_rounds_do_not_count(
    put: Callable[..., Any],
) -> None:
    outcome = {"approved": False, "approved_first_round": False, "rounds": 0, "ended_at": ENDED_AT}
    put_workflow(put, "w1", status="FAILED", outcome=outcome)

    assert [{"approved_first_round": 0.0}] == [each.outcomes for each in read()]


def test_what_a_workflow_has_cost_is_read_whether_it_was_published_or_failed(
    put: Callable[..., Any],
) -> None:
    failed = {"approved": False, "rounds": 0, "ended_at": ENDED_AT}
    put_workflow(put, "w1", status="PUBLISHED", outcome=OUTCOME, cost_usd=Decimal("0.0312"))
    put_workflow(put, "w2", status="FAILED", outcome=failed, cost_usd=Decimal("0.01"))
    put_workflow(put, "w3", status="WAITING_FOR_APPROVAL", cost_usd=Decimal("0.02"))
    put_workflow(put, "w4", status="PUBLISHED", outcome=OUTCOME, cost_usd=Decimal(0))

    assert [0.0312, 0.01, None, None] == [each.outcomes.get("cost") for each in read()]


def test_where_nobody_decided_nothing_is_said_of_the_variant(put: Callable[..., Any]) -> None:
    put_workflow(put, "w1", status="EXPIRED", outcome={"approved": False, "rounds": 1})

    assert [{}] == [each.outcomes for each in read()]


@pytest.mark.parametrize(("role", "fell_back"), [("writer", True), ("summary", False)])
def test_only_the_experiments_own_role_can_fall_back(
    put: Callable[..., Any], role: str, fell_back: bool
) -> None:
    outcome = OUTCOME | {"fell_back": 1, "by_role": {role: {"fell_back": 1}}}
    put_workflow(put, "w1", status="PUBLISHED", outcome=outcome)

    assert [fell_back] == [each.fell_back for each in read()]


def test_more_workflows_than_fit_one_request_are_all_read(put: Callable[..., Any]) -> None:
    for number in range(130):
        put_workflow(put, f"w{number}", status="PUBLISHED", outcome=OUTCOME)

    observations = read()

    assert len({each.workflow_id for each in observations}) == 130
    assert all(each.outcomes["rounds"] == 2 for each in observations)


def test_records_that_dynamodb_puts_off_are_asked_for_again(put: Callable[..., Any]) -> None:
    for number in range(3):
        put_workflow(put, f"w{number}", status="PUBLISHED", outcome=OUTCOME)
    client = boto3.client("dynamodb")

    class Slow:
        """Answers for one key at a time."""

        get_paginator = client.get_paginator

        def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803  # as boto3 has it
            first, *others = RequestItems[TABLE]["Keys"]
            answer = client.batch_get_item(
                RequestItems={TABLE: RequestItems[TABLE] | {"Keys": [first]}}
            )
            left = {TABLE: RequestItems[TABLE] | {"Keys": others}} if others else {}
            return answer | {"UnprocessedKeys": left}

    observations = read_observations(Slow(), TABLE, "test")

    assert [2.0] * 3 == [each.outcomes["rounds"] for each in observations]
