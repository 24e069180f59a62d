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
from botocore.exceptions import BotoCoreError, ClientError

from galley.aws import AWS_ERRORS, STORAGE, error_code, storage_error
from galley.errors import (
    ArtifactMissingError,
    GalleyError,
    InvalidRequestError,
)
from galley.requests import Request
from galley.scope import Scope

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_CONFLICT = "ConditionalCheckFailedException"


@cache
def table_named(name: str) -> "Table":
    """Return the function's one handle on the table."""
    resource = boto3.resource("dynamodb", config=STORAGE)
    return resource.Table(name)


class Workflows:
    """Records of workflows, approvals and cached searches."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def register(self, request: Request, execution: Mapping[str, str]) -> None:
        """Write the workflow's record once; an id that another execution uses is refused."""
        try:
            self._write(
                "put_item",
                Item={
                    **_key(request.workflow_id, "META"),
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
        except _ConflictError as error:
            raise InvalidRequestError(
                f"workflow_id: '{request.workflow_id}' is taken; give each workflow its own"
            ) from error

    def set_status(self, workflow_id: str, status: str, **more: str) -> None:
        """Set the status of a registered workflow, and any further attributes."""
        attributes = {"status": status, **more}
        try:
            self._update(_key(workflow_id, "META"), attributes, "attribute_exists(pk)")
        except _ConflictError as error:
            raise ArtifactMissingError(f"workflow {workflow_id} has no record") from error

    def close(
        self, workflow_id: str, execution: str, redrives: int, said: Mapping[str, str]
    ) -> None:
        """Record how a workflow's execution ended, unless it published or is another's by now."""
        with suppress(_ConflictError):
            self._update(
                _key(workflow_id, "META"),
                {**said, "closed": redrives},
                "#execution = :execution AND #status <> :published",
                {":execution": execution, ":published": "PUBLISHED"},
                ("execution",),
            )

    def find(self, workflow_id: str) -> dict[str, Any] | None:
        """Return a workflow's record, or None."""
        return self._get(_key(workflow_id, "META"))

    def ask_approval(
        self, scope: Scope, round_number: int, approval: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """
        Open a round's approval; a state that is tried again brings a new token.

        Return None, or the approval as it stands where it has been decided already.
        """
        item = {
            **_key(scope.workflow_id, _approval(round_number)),
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
        except _ConflictError:
            return self.find_approval(scope.workflow_id, round_number)
        return None

    def find_approval(self, workflow_id: str, round_number: int) -> dict[str, Any] | None:
        """Return a round's approval, or None."""
        return self._get(_key(workflow_id, _approval(round_number)))

    def decide(self, workflow_id: str, round_number: int, decision: Mapping[str, str]) -> bool:
        """Write the one decision of a round; return False where there is one already."""
        try:
            self._update(
                _key(workflow_id, _approval(round_number)),
                {"status": "DECIDED", **decision},
                "#status = :pending AND #expires_at > :now",
                {":pending": "PENDING", ":now": int(time.time())},
                ("status", "expires_at"),
            )
        except _ConflictError:
            return False
        return True

    def note_told(self, workflow_id: str, round_number: int) -> None:
        """Note that the workflow has been told of a round's decision."""
        key = _key(workflow_id, _approval(round_number))
        self._update(key, {"told_at": str(int(time.time()))}, "attribute_exists(pk)")

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

    def _get(self, key: dict[str, str]) -> dict[str, Any] | None:
        try:
            return self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        except AWS_ERRORS as error:
            raise _failed(error) from error

    def _update(
        self,
        key: dict[str, str],
        attributes: Mapping[str, str | int],
        condition: str,
        values: Mapping[str, Any] | None = None,
        names: tuple[str, ...] = (),
    ) -> None:
        self._write(
            "update_item",
            Key=key,
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}_" for name in attributes),
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name for name in (*attributes, *names)},
            ExpressionAttributeValues={
                **{f":{name}_": value for name, value in attributes.items()},
                **(values or {}),
            },
        )

    def _write(self, operation: str, **arguments: Any) -> None:
        try:
            getattr(self._table, operation)(**arguments)
        except ClientError as error:
            if error_code(error) == _CONFLICT:
                raise _ConflictError from error
            raise _failed(error) from error
        except BotoCoreError as error:
            raise _failed(error) from error


class _ConflictError(Exception):
    """A conditional write found something else than it expects."""


def _key(workflow_id: str, kind: str) -> dict[str, str]:
    return {"pk": f"WORKFLOW#{workflow_id}", "sk": kind}


def _approval(round_number: int) -> str:
    return f"APPROVAL#{round_number:03d}"


def _failed(error: Exception) -> GalleyError:
    return storage_error("the workflows table could not be reached", error)
