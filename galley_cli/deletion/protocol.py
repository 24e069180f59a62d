"""
The protocol of deletions, which stays when all else of a workflow is gone.

    DELETIONS             {began_at}#{what}     who deleted what, when, and how much
    AUDIT#{workflow_id}   {time}#deleted        the last entry of a workflow's audit

It names workflows and tenants by their ids, and the operator; nobody's data. What was interrupted
has no `ended_at`: who deletes the same again goes on with it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from galley_cli.deletion.stores import Table, typed
from galley_cli.deletion.subject import Subject

PROTOCOL = "DELETIONS"
COUNTED = ("workflows", "objects", "items", "audit_entries")


@dataclass
class Deletion:
    """One deletion, from its first step on."""

    table: Table
    what: str
    by: str
    began_at: str

    @classmethod
    def begun(cls, table: Table, subject: Subject, by: str) -> Self:
        """Write down that a deletion begins, or go on with one that was interrupted."""
        if unfinished := cls.unfinished(table, subject):
            unfinished.take_over(by)
            return unfinished
        what = str(subject)
        begun = cls(table, what, by, now())
        noted = {"what": what, "by": by, "began_at": begun.began_at}
        zeros = {name: {"N": "0"} for name in COUNTED}
        table.dynamodb.put_item(TableName=table.name, Item=begun.key | typed(noted) | zeros)
        return begun

    @classmethod
    def unfinished(cls, table: Table, subject: Subject) -> Self | None:
        """Return a deletion of the same that was interrupted, if there is one."""
        what = str(subject)
        for item in table.under(PROTOCOL):
            if item["what"]["S"] == what and "ended_at" not in item:
                return cls(table, what, item["by"]["S"], item["began_at"]["S"])
        return None

    def take_over(self, by: str) -> None:
        """Write down who goes on with it: from here on it is their deletion."""
        self.by = by
        self.table.dynamodb.update_item(
            TableName=self.table.name,
            Key=self.key,
            UpdateExpression="SET #by = :by",
            ExpressionAttributeNames={"#by": "by"},
            ExpressionAttributeValues={":by": {"S": by}},
        )

    @property
    def key(self) -> dict[str, Any]:
        """Its key in the table."""
        return typed({"pk": PROTOCOL, "sk": f"{self.began_at}#{self.what}"})

    def count(self, **counted: int) -> None:
        """Add to what has been deleted."""
        self.table.dynamodb.update_item(**self.counting(**counted))

    def counting(self, **counted: int) -> dict[str, Any]:
        """Return the update that adds to what has been deleted."""
        return {
            "TableName": self.table.name,
            "Key": self.key,
            "UpdateExpression": "ADD " + ", ".join(f"#{name} :{name}" for name in counted),
            "ExpressionAttributeNames": {f"#{name}": name for name in counted},
            "ExpressionAttributeValues": {
                f":{name}": {"N": str(number)} for name, number in counted.items()
            },
        }

    def end(self) -> dict[str, Any]:
        """Write down that it is done; return the whole entry."""
        done = self.table.dynamodb.update_item(
            TableName=self.table.name,
            Key=self.key,
            UpdateExpression="SET ended_at = :now",
            ExpressionAttributeValues={":now": {"S": now()}},
            ReturnValues="ALL_NEW",
        )["Attributes"]
        counts = {name: int(done[name]["N"]) for name in COUNTED}
        noted = ("what", "by", "began_at", "ended_at")
        return {name: done[name]["S"] for name in noted} | counts

    def entry_of(self, workflow_id: str) -> dict[str, Any]:
        """Return the last entry of a workflow's audit."""
        at = now()
        entry = {"did": "deleted", "at": at, "by": self.by, "deletion": self.began_at}
        return typed({"pk": f"AUDIT#{workflow_id}", "sk": f"{at}#deleted", **entry})


def now() -> str:
    """Return the time, as the table has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
