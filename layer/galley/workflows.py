"""
The workflows table: one item collection per workflow.

    WORKFLOW#{workflow_id}   META                the workflow's record
    WORKFLOW#{workflow_id}   APPROVAL#{round}    who was asked, with which token, and the answer
    CACHE#{hash}             CACHE               a search that can be used again, until `ttl`

Every write is conditional or keyed by what it is, so a repeated delivery changes nothing.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from galley.aws import STORAGE
from galley.errors import ArtifactMissingError, InvalidRequestError
from galley.requests import Request
from galley.scope import Scope
from galley.table import ConflictError, Records, key_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

WAITING = "WAITING_FOR_APPROVAL"


@cache
def table_named(name: str) -> "Table":
    """Return the function's one handle on the table."""
    resource = boto3.resource("dynamodb", config=STORAGE)
    return resource.Table(name)


class Workflows(Records):
    """Records of workflows, approvals and cached searches."""

    def register(self, request: Request, execution: Mapping[str, str]) -> None:
        """Write the workflow's record once; an id that another execution uses is refused."""
        try:
            self._write(
                "put_item",
                Item={
                    **key_of(request.workflow_id, "META"),
                    "workflow_id": request.workflow_id,
                    "tenant": request.tenant,
                    "topic": request.topic,
                    "reviewer": request.reviewer,
                    "status": "RUNNING",
                    "execution": execution["id"],
                    "version": execution["version"],
                    "started_at": execution["started_at"],
                },
                ConditionExpression="attribute_not_exists(pk) OR #execution = :execution",
                ExpressionAttributeNames={"#execution": "execution"},
                ExpressionAttributeValues={":execution": execution["id"]},
            )
        except ConflictError as error:
            raise InvalidRequestError(
                f"workflow_id: '{request.workflow_id}' is taken; give each workflow its own"
            ) from error

    def set_status(self, workflow_id: str, status: str, **more: str | int) -> None:
        """Set the status of a registered workflow that goes on, and any further attributes."""
        key, attributes = key_of(workflow_id, "META"), {"status": status, **more}
        try:
            # a run that was redriven has failed before
            self._update(key, attributes, "attribute_exists(pk)", forget=("error", "cause"))
        except ConflictError as error:
            raise ArtifactMissingError(f"workflow {workflow_id} has no record") from error

    def close(
        self, workflow_id: str, execution: str, redrives: int, said: Mapping[str, str]
    ) -> None:
        """Record how a workflow's execution ended, unless it published or is another's by now."""
        with suppress(ConflictError):
            self._update(
                key_of(workflow_id, "META"),
                {**said, "closed": redrives},
                "#execution = :execution AND #status <> :published",
                {":execution": execution, ":published": "PUBLISHED"},
                names=("execution",),
            )

    def find(self, workflow_id: str) -> dict[str, Any] | None:
        """Return a workflow's record, or None."""
        return self._get(key_of(workflow_id, "META"))

    def ask_approval(
        self, scope: Scope, round_number: int, approval: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """
        Open a round's approval; a state that is tried again brings a new token.

        Return None, or the approval as it stands where it has been decided already.
        """
        item = {
            **key_of(scope.workflow_id, _approval(round_number)),
            **approval,
            "tenant": scope.tenant,
            "workflow_id": scope.workflow_id,
            "round": round_number,
            "status": "PENDING",
        }
        try:
            self._write(
                "put_item",
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR #status = :pending",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":pending": "PENDING"},
            )
        except ConflictError:
            return self.find_approval(scope.workflow_id, round_number)
        return None

    def find_approval(self, workflow_id: str, round_number: int) -> dict[str, Any] | None:
        """Return a round's approval, or None."""
        return self._get(key_of(workflow_id, _approval(round_number)))

    def decide(self, workflow_id: str, round_number: int, decision: Mapping[str, str]) -> bool:
        """Write the one decision of a round; return False where there is one already."""
        try:
            self._update(
                key_of(workflow_id, _approval(round_number)),
                {"status": "DECIDED", **decision},
                "#status = :pending AND #expires_at > :now",
                {":pending": "PENDING", ":now": int(time.time())},
                names=("status", "expires_at"),
            )
        except ConflictError:
            return False
        return True

    def note_told(self, workflow_id: str, round_number: int, status: str) -> None:
        """Note that the workflow has been told of a round's decision, and its status by that."""
        key = key_of(workflow_id, _approval(round_number))
        self._update(key, {"told_at": str(int(time.time()))}, "attribute_exists(pk)")
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
