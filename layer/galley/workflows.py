"""
The workflows table: one item collection per workflow.

    WORKFLOW#{workflow_id}   META                the workflow's record
    WORKFLOW#{workflow_id}   APPROVAL#{round}    who was asked, with which token, and the answer
    CACHE#{hash}             CACHE               a search that can be used again, until `ttl`

Every write is conditional or keyed by what it is, so a repeated delivery changes nothing.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from galley.approval.decisions import PENDING, Approval, Vote
from galley.aws import STORAGE
from galley.errors import ArtifactMissingError, InvalidRequestError
from galley.requests import Request
from galley.table import ConflictError, Records, key_of, ledger_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

WAITING, PUBLISHED = "WAITING_FOR_APPROVAL", "PUBLISHED"
OPEN = "yes"  # what has not ended has it, so that an index holds nothing else


@cache
def table_named(name: str) -> "Table":
    """Return the function's one handle on the table."""
    resource = boto3.resource("dynamodb", config=STORAGE)
    return resource.Table(name)


class Workflows(Records):
    """Records of workflows, approvals and cached searches."""

    def register(
        self, request: Request, execution: Mapping[str, str], **more: Any
    ) -> Mapping[str, Any]:
        """
        Write the workflow's record once and return it as it was first written, or is by now.

        An id that another execution uses is refused.
        """
        record = {
            **key_of(request.workflow_id, "META"),
            "workflow_id": request.workflow_id,
            "tenant": request.tenant,
            "topic": request.topic,
            "reviewers": request.reviewers,
            "status": "RUNNING",
            "open": OPEN,
            "execution": execution["id"],
            "version": execution["version"],
            "started_at": execution["started_at"],
            **more,
        }
        try:
            self._write(
                "put_item",
                Item=record,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConflictError as error:
            if error.item.get("execution") == execution["id"]:
                return error.item  # and what has become of it since is not undone
            raise InvalidRequestError(
                f"workflow_id: '{request.workflow_id}' is taken; give each workflow its own"
            ) from error
        return record

    def set_status(self, workflow_id: str, status: str, **more: Any) -> None:
        """Set the status of a registered workflow that goes on, and any further attributes."""
        key, attributes = key_of(workflow_id, "META"), {"status": status, **more}
        # a run that was redriven has failed before
        forget: tuple[str, ...] = ("error", "cause")
        if status == PUBLISHED:
            forget += ("open", "closed")
        else:
            attributes["open"] = OPEN
        try:
            self._update(key, attributes, "attribute_exists(pk)", forget=forget)
        except ConflictError as error:
            raise ArtifactMissingError(f"workflow {workflow_id} has no record") from error

    def note_waiting(self, workflow_id: str, round_number: int, redrives: int) -> None:
        """Record that a round waits for its decision, unless the workflow has gone on meanwhile."""
        waiting = {"status": WAITING, "round": round_number, "redrives": redrives, "open": OPEN}
        try:
            self._update(
                key_of(workflow_id, "META"),
                waiting,
                # an event that Lambda delivers once more, late, does not turn time back
                "attribute_exists(pk) AND #status <> :published"
                " AND (attribute_not_exists(#round) OR #round <= :round_)"
                " AND (attribute_not_exists(#redrives) OR #redrives <= :redrives_)"
                " AND (attribute_not_exists(#closed) OR #closed < :redrives_)",
                {":published": PUBLISHED},
                names=("closed",),
                forget=("error", "cause", "outcome", "cost_usd"),  # of an end before a redrive
            )
        except ConflictError as error:
            if self.find(workflow_id) is None:
                raise ArtifactMissingError(f"workflow {workflow_id} has no record") from error

    def close(
        self, workflow_id: str, execution: str, redrives: int, said: Mapping[str, Any]
    ) -> None:
        """Record how a workflow's execution ended, unless it published or is another's by now."""
        with suppress(ConflictError):
            self._update(
                key_of(workflow_id, "META"),
                {**said, "closed": redrives},
                "#execution = :execution AND #status <> :published"
                # an end that comes late is not that of a run which was redriven meanwhile
                " AND (attribute_not_exists(#redrives) OR #redrives <= :closed_)",
                {":execution": execution, ":published": PUBLISHED},
                names=("execution", "redrives"),
                forget=("open",),
            )

    def find(self, workflow_id: str) -> dict[str, Any] | None:
        """Return a workflow's record, or None."""
        return self._get(key_of(workflow_id, "META"))

    def find_with_cost(self, workflow_id: str) -> dict[str, Any]:
        """Return a workflow's record, if any, with what its agents have cost so far."""
        account = self._get(ledger_key(workflow_id)) or {}
        cost = {"cost_usd": account.get("usd", Decimal(0)), "agent_calls": account.get("calls", 0)}
        partial = {"partial": True} if account.get("partial") else {}
        return (self.find(workflow_id) or {}) | cost | partial

    def open_records(self) -> Iterator[dict[str, Any]]:
        """Yield the records of workflows that have not ended, oldest first."""
        return self._indexed("open", OPEN)

    def ask_approval(self, approval: Approval) -> Approval:
        """
        Open a round's approval and return it as it stands.

        A state that is tried again brings a new token; votes that were cast meanwhile stay, and
        an approval that has been decided stays as it is.
        """
        scope, now = approval.scope, datetime.now(UTC).isoformat(timespec="seconds")
        asked = approval.to_item() | {"asked_at": now}
        try:
            self._write(
                "put_item",
                Item=key_of(scope.workflow_id, _approval(approval.round)) | asked,
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ConflictError:
            return self._ask_again(approval)
        return approval

    def _ask_again(self, approval: Approval) -> Approval:
        workflow_id, round_number = approval.scope.workflow_id, approval.round
        names = ("task_token", "expires_at", "attempt")
        renewed = {name: getattr(approval, name) for name in names}
        with suppress(ConflictError):
            self._update(
                key_of(workflow_id, _approval(round_number)),
                renewed,
                # an attempt that was slow does not replace the token of the one after it
                "#status = :pending AND #attempt <= :attempt_",
                {":pending": PENDING},
                names=("status",),
            )
        return self.find_approval(workflow_id, round_number) or approval

    def find_approval(self, workflow_id: str, round_number: int) -> Approval | None:
        """Return a round's approval, or None."""
        item = self._get(key_of(workflow_id, _approval(round_number)))
        return Approval.from_item(item) if item else None

    def vote(self, approval: Approval, vote: Vote) -> bool:
        """Add a reviewer's vote, once; return False where it is not the time for it any more."""
        workflow_id, round_number = approval.scope.workflow_id, approval.round
        for _ in approval.reviewers:  # each attempt fails only because another one has voted
            known = self.find_approval(workflow_id, round_number)
            if known is None or not known.takes_vote_of(vote.reviewer, time.time(), vote.by):
                return False
            after = known.with_vote(vote).to_item()
            with suppress(ConflictError):
                self._update(
                    key_of(workflow_id, _approval(round_number)),
                    {"votes": after["votes"], "status": after["status"]},
                    "#status = :pending AND #expires_at > :now AND size(#votes) = :cast",
                    {":pending": PENDING, ":now": int(time.time()), ":cast": len(known.votes)},
                    names=("expires_at",),
                )
                return True
        return False

    def note_told(self, workflow_id: str, round_number: int, status: str) -> None:
        """Note that the workflow has been told of a round's decision, and its status by that."""
        key = key_of(workflow_id, _approval(round_number))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._update(key, {"told_at": now}, "attribute_exists(pk)")
        with suppress(ConflictError):  # the workflow has gone on, or has ended
            self._update(
                key_of(workflow_id, "META"),
                {"status": status},
                "#status = :waiting AND #round = :round",
                {":waiting": WAITING, ":round": round_number},
                names=("round",),
            )

    def find_search(self, search_hash: str) -> dict[str, Any] | None:
        """Return a cached search that has not expired, or None."""
        item = self._get({"pk": f"CACHE#{search_hash}", "sk": "CACHE"})
        # DynamoDB deletes expired items within days, not at once.
        return item if item and item["ttl"] > time.time() else None

    def keep_search(self, search_hash: str, found: Mapping[str, Any], seconds: int) -> None:
        """Cache a search for some time."""
        self._write(
            "put_item",
            Item={
                "pk": f"CACHE#{search_hash}",
                "sk": "CACHE",
                **found,
                "ttl": int(time.time()) + seconds,
            },
        )


def _approval(round_number: int) -> str:
    return f"APPROVAL#{round_number:03d}"
