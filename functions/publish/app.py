"""Publish report: exactly the bytes that were approved, and the formats made from them."""

import os
from dataclasses import dataclass
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client, sha256
from galley.bundle import NAME as EVIDENCE
from galley.bundle import Bundle
from galley.bundling import kept_bundle
from galley.errors import ApprovalMismatchError
from galley.events import Key, read_task
from galley.exports import made_apart
from galley.report import MARKDOWN, PAGE, PDF, WORD
from galley.scope import Scope
from galley.workflows import Workflows, table_named

ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))


@dataclass(frozen=True)
class PublishTask:
    """A draft and the hash that its reviewer approved."""

    scope: Scope
    draft_key: Key
    approved_sha256: str


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return publish(read_task(event, PublishTask, "publish"), ARTIFACTS, WORKFLOWS)


def publish(task: PublishTask, artifacts: Artifacts, workflows: Workflows) -> dict[str, Any]:
    """Return where the published files lie; what is published once stays as it is."""
    draft, report_key = _approved(task, artifacts), task.scope.published_key(MARKDOWN)
    if artifacts.keep_first(report_key, draft) != task.approved_sha256:
        raise ApprovalMismatchError(f"{report_key} is another report that was published before")
    bundle = _bundle(task, draft, artifacts, workflows)
    workflows.set_status(task.scope.workflow_id, "PUBLISHED", report_key=report_key)
    made = made_apart([PAGE, PDF, WORD], bundle.to_json())
    for name, data in made.items():
        if data is not None:
            artifacts.keep_first(task.scope.published_key(name), data)
    return {
        "report_key": report_key,
        "page_key": task.scope.published_key(PAGE),
        "sha256": task.approved_sha256,
        "files": [MARKDOWN, EVIDENCE, *(name for name, data in made.items() if data)],
        "not_made": [name for name, data in made.items() if data is None],
    }


def _approved(task: PublishTask, artifacts: Artifacts) -> bytes:
    draft = artifacts.read_bytes(task.draft_key)
    if sha256(draft) != task.approved_sha256:
        raise ApprovalMismatchError(
            f"{task.draft_key} has changed since it was approved: expected SHA-256 "
            f"{task.approved_sha256}, found {sha256(draft)}; nothing was published"
        )
    return draft


def _bundle(task: PublishTask, draft: bytes, artifacts: Artifacts, workflows: Workflows) -> Bundle:
    """Return what is kept of the publication; a second attempt takes what the first has kept."""
    key, scope = task.scope.published_key(EVIDENCE), task.scope
    record = workflows.find(scope.workflow_id) or {}
    artifacts.keep_first(key, kept_bundle(draft, task.draft_key, scope, artifacts, record))
    return artifacts.read(key, Bundle)
