"""
What belongs to workflows, wherever it lies in the table.

A workflow's own items are under its key. Its inbox entries, cached searches and memberships of
experiments lie under keys of others, which no index leads to: the table is read once, whole, keys
only.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from galley_cli.deletion.subject import Subject
from galley_cli.target import Target

RECORD = "META"
Key = dict[str, str]
_READ = ("pk", "sk", "workflow_id", "tenant", "started_at", "execution")


@dataclass
class Belongings:
    """The keys of what belongs to one workflow, and its record as far as it is needed."""

    record: dict[str, str] = field(default_factory=dict)
    items: list[Key] = field(default_factory=list)  # all but the record and the audit
    audit: list[Key] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """Where its artifacts lie."""
        return f"{self.record['tenant']}/{self.record['workflow_id']}/"


def belongings_of(target: Target, subject: Subject) -> dict[str, Belongings]:
    """Return what belongs to the workflows that are meant, by their ids."""
    found: dict[str, Belongings] = defaultdict(Belongings)
    for item in _items(target):
        key, kind = {"pk": item["pk"], "sk": item["sk"]}, item["pk"].partition("#")[0]
        owner = found[_owner(kind, item)]
        if (kind, item["sk"]) == ("WORKFLOW", RECORD):
            owner.record = item
        elif kind == "AUDIT":
            owner.audit.append(key)
        else:
            owner.items.append(key)
    return {
        workflow_id: each
        for workflow_id, each in found.items()
        if each.record and subject.includes(each.record)
    }


def _owner(kind: str, item: Mapping[str, str]) -> str:
    """Return the workflow that an item belongs to; empty for what is nobody's."""
    _, _, after = item["pk"].partition("#")
    match kind:
        case "WORKFLOW" | "LEDGER" | "AUDIT":
            return after
        case "REVIEWER":
            return item["sk"].rpartition("#")[0]
        case "EXPERIMENT":
            return item["sk"].removeprefix("WORKFLOW#")
        case "CACHE":
            return item.get("workflow_id", "")
    return ""


def _items(target: Target) -> Iterator[dict[str, str]]:
    pages = (
        target.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=target.output("TableName"),
            ConsistentRead=True,
            ProjectionExpression=", ".join(f"#{name}" for name in _READ),
            ExpressionAttributeNames={f"#{name}": name for name in _READ},
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield {name: _text(value) for name, value in item.items()}


def _text(value: Mapping[str, Any]) -> str:
    return str(value.get("S", ""))
