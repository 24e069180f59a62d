"""
What the table says of an experiment.

    EXPERIMENTS         {name}                the definition, kept for ever
    EXPERIMENT#{name}   WORKFLOW#{id}         which variant a workflow has
    WORKFLOW#{id}       META                  what became of it: `outcome`, once it has ended, and
                                              `cost_usd`, where the models have prices

Nothing is written here.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from galley_cli.ab.observations import Experiment, ExperimentError, Observation

MOST_IN_A_BATCH = 100  # DynamoDB's own limit
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
_READ = TypeDeserializer()


def read_experiment(dynamodb: Any, table: str, name: str) -> Experiment:
    """Return the definition of an experiment; raises `ExperimentError` where there is none."""
    key = {"pk": {"S": "EXPERIMENTS"}, "sk": {"S": name}}
    item = _plain(dynamodb.get_item(TableName=table, Key=key).get("Item", {}))
    if not item:
        raise ExperimentError(
            f"there is no experiment {name!r}; `galley ab list` names what there is"
        )
    primary = {"primary": str(item["primary"])} if item.get("primary") else {}
    return Experiment(
        name=name,
        role=str(item["role"]),
        shares={each["name"]: float(Fraction(str(each["share"]))) for each in item["variants"]},
        status="stopped" if item.get("stopped_at") else "running",
        **primary,
    )


def read_observations(dynamodb: Any, table: str, name: str) -> list[Observation]:
    """Return every workflow of an experiment."""
    members = {str(each["workflow_id"]): each for each in _members(dynamodb, table, name)}
    found = []
    for start in range(0, len(members), MOST_IN_A_BATCH):
        ids = list(members)[start : start + MOST_IN_A_BATCH]
        records = {each["workflow_id"]: each for each in _records(dynamodb, table, ids)}
        found += [observed(members[each], records.get(each, {})) for each in ids]
    return found


def observed(member: Mapping[str, Any], record: Mapping[str, Any]) -> Observation:
    """Return what a workflow came to, from its membership and its record."""
    outcome, at = record.get("outcome") or {}, str(member["at"])
    ended_at = str(outcome.get("ended_at") or at) if outcome else ""
    return Observation(
        workflow_id=str(member["workflow_id"]),
        variant=str(member["variant"]),
        at=at,
        ended_at=ended_at,
        outcomes=_outcomes(outcome, record.get("cost_usd")),
        fell_back=bool(outcome.get("by_role", {}).get(member.get("role"), {}).get("fell_back")),
    )


def _outcomes(outcome: Mapping[str, Any], cost_usd: Any) -> dict[str, float]:
    # Where nobody has decided on the first draft there is no word of it, which says nothing.
    names = ["approved_first_round", "citation_warnings", "seconds"]
    if outcome.get("approved"):  # rounds to approval: what was never approved has none
        names.append("rounds")
    found = {name: float(outcome[name]) for name in names if name in outcome}
    counts = [float(outcome[name]) for name in TOKENS if name in outcome]
    tokens = {"tokens": sum(counts)} if counts else {}
    # What a failed workflow has cost is known as well: its calls were paid for.
    cost = {"cost": float(cost_usd)} if outcome and cost_usd else {}
    return found | tokens | cost


def _members(dynamodb: Any, table: str, name: str) -> Iterator[dict[str, Any]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": f"EXPERIMENT#{name}"}, ":sk": {"S": "WORKFLOW#"}},
    )
    for page in pages:
        yield from map(_plain, page["Items"])


def _records(dynamodb: Any, table: str, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    asked = {
        table: {
            "Keys": [{"pk": {"S": f"WORKFLOW#{each}"}, "sk": {"S": "META"}} for each in ids],
            "ProjectionExpression": "workflow_id, outcome, cost_usd",
        }
    }
    while asked:  # what is too much for one answer is asked again
        answer = dynamodb.batch_get_item(RequestItems=asked)
        yield from map(_plain, answer["Responses"].get(table, []))
        asked = answer.get("UnprocessedKeys", {})


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _READ.deserialize(value) for name, value in item.items()}
