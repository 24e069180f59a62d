"""
Deletes what belongs to workflows, in an order that can be taken up again at any point.

A workflow's record goes last and with its last entry in the audit: as long as there is anything
of a workflow there is its record, by which the next attempt finds it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from galley_cli.deletion.belongings import RECORD, Belongings, Key, belongings_of
from galley_cli.deletion.protocol import Deletion, now
from galley_cli.deletion.stores import Bucket, Table, typed
from galley_cli.deletion.subject import Subject
from galley_cli.target import Target, TargetError

# Of an audit's entry: what says who somebody is. What was done, when, and on which bytes, stays.
PERSONAL = ("reviewer", "by", "source_ip", "user_agent")
MOST_NAMED = 5


@dataclass
class Eraser:
    """One deletion on one stack."""

    target: Target
    subject: Subject
    keep_audit: bool = False

    @cached_property
    def belongings(self) -> dict[str, Belongings]:
        """What belongs to the workflows that are meant; runs that go on are no part of it."""
        meant = belongings_of(self.target, self.subject)
        running = self._running()
        going_on = [each for each in meant if meant[each].record["execution"] in running]
        if going_on and not self.subject.before:
            named = ", ".join(going_on[:MOST_NAMED]) + (" ..." if going_on[MOST_NAMED:] else "")
            raise TargetError(
                f"not ended yet: {named}; nothing was deleted: wait, or "
                "`galley cancel` first, then delete again"
            )
        return {each: meant[each] for each in meant if each not in going_on}

    def counts(self) -> dict[str, int]:
        """Return how much there is to delete; raises `TargetError` where nothing is known."""
        every = self.belongings.values()
        counts = {
            "workflows": len(every),
            "objects": sum(
                len(page) for prefix in self._prefixes() for page in self._bucket.versions(prefix)
            ),
            "items": sum(len(each.items) + 1 for each in every) + len(self._of_tenant()),
            "audit_entries": sum(len(each.audit) for each in every),
        }
        is_known = any(counts.values()) or Deletion.unfinished(self._table, self.subject)
        if not is_known and not self.subject.before:
            raise TargetError(f"nothing is kept of {self.subject}: check the name")
        return counts

    def run(self, tell: Callable[[str], None]) -> dict[str, Any]:
        """Delete it; return what the protocol says of it."""
        belongings = self.belongings
        deletion = Deletion.begun(self._table, self.subject, self.target.caller)
        for number, (workflow_id, each) in enumerate(belongings.items(), start=1):
            tell(f"{number} of {len(belongings)}: {workflow_id}")
            self._delete(workflow_id, each, deletion)
        if self.subject.is_whole_tenant:
            self._empty(f"{self.subject.tenant}/", deletion)
            deletion.count(items=self._table.delete(self._of_tenant()))
        return deletion.end()

    def _delete(self, workflow_id: str, each: Belongings, deletion: Deletion) -> None:
        self._empty(each.prefix, deletion)
        deletion.count(items=self._table.delete(each.items))
        if not self.keep_audit:
            for key in each.audit:
                self._reduce(key)
            deletion.count(audit_entries=len(each.audit))
        record = typed({"pk": f"WORKFLOW#{workflow_id}", "sk": RECORD})
        table = {"TableName": self._table.name}
        self._table.dynamodb.transact_write_items(
            TransactItems=[
                {"Delete": table | {"Key": record}},
                {"Put": table | {"Item": deletion.entry_of(workflow_id)}},
                {"Update": deletion.counting(workflows=1, items=1)},
            ]
        )

    def _empty(self, prefix: str, deletion: Deletion) -> None:
        for page in self._bucket.versions(prefix):
            deletion.count(objects=self._bucket.delete(page))

    def _reduce(self, key: Key) -> None:
        """Leave of an audit's entry what was done, and take out who did it."""
        self._table.dynamodb.update_item(
            TableName=self._table.name,
            Key=typed(key),
            UpdateExpression="SET reduced_at = :now REMOVE "
            + ", ".join(f"#{name}" for name in PERSONAL),
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={f"#{name}": name for name in PERSONAL},
            ExpressionAttributeValues={":now": {"S": now()}},
        )

    def _prefixes(self) -> list[str]:
        if self.subject.is_whole_tenant:
            return [f"{self.subject.tenant}/"]
        return [each.prefix for each in self.belongings.values()]

    def _of_tenant(self) -> list[Key]:
        """Return the keys of a tenant's settings and accounts, if it goes as a whole."""
        tenant = self.subject.tenant
        if not self.subject.is_whole_tenant:
            return []
        accounts = self._table.under(f"TENANT#{tenant}")
        settings = [each for each in self._table.under("TENANTS") if each["sk"]["S"] == tenant]
        return [{"pk": each["pk"]["S"], "sk": each["sk"]["S"]} for each in (*accounts, *settings)]

    def _running(self) -> set[str]:
        pages = self.target.client("stepfunctions").get_paginator("list_executions")
        asked = {"stateMachineArn": self.target.output("StateMachineArn")}
        return {
            each["executionArn"]
            for page in pages.paginate(**asked, statusFilter="RUNNING")
            for each in page["executions"]
        }

    @cached_property
    def _bucket(self) -> Bucket:
        return Bucket(self.target)

    @cached_property
    def _table(self) -> Table:
        return Table(self.target)
