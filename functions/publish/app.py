"""Publish report: exactly the bytes that were approved, and the formats made from them."""

import os
import time
from dataclasses import asdict, dataclass
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client, sha256
from galley.errors import ApprovalMismatchError
from galley.events import Key, read_task
from galley.mail.notices import tell_of_report
from galley.mail.outbox import Outbox
from galley.outcomes import record_publication
from galley.reports.bundle import Bundle
from galley.reports.bundling import kept_bundle
from galley.reports.exports import made_apart
from galley.reports.publications import EVIDENCE, MARKDOWN, PAGE, PDF, WORD, ReportLink, readers_of
from galley.scope import Scope
from galley.secrets import SigningKeys
from galley.workflows import Workflows, table_named

ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
OUTBOX = Outbox(os.environ["OUTBOX_ARN"])
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
APPROVAL_URL = os.environ["APPROVAL_URL"].rstrip("/")
LINK_SECONDS = int(os.environ["LINK_SECONDS"])
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
    draft, key_of = artifacts.read_bytes(task.draft_key), task.scope.published_key
    _check(task.draft_key, sha256(draft), task)
    _check(key_of(MARKDOWN), artifacts.keep_first(key_of(MARKDOWN), draft), task)
    record = workflows.find_with_cost(task.scope.workflow_id)
    bundle = kept_bundle(draft, task.draft_key, task.scope, artifacts, record)
    artifacts.keep_first(key_of(EVIDENCE), bundle)
    bundle = artifacts.read(key_of(EVIDENCE), Bundle)  # that of a first attempt, if there was one
    made = made_apart([PAGE, PDF, WORD], bundle.to_json())
    done = {name: data for name, data in made.items() if data is not None}
    for name, data in done.items():
        artifacts.keep_first(key_of(name), data)
    expires_at = int(time.time()) + LINK_SECONDS
    readers = readers_of(record.get("reviewers", []))
    link = ReportLink(**asdict(task.scope), expires_at=expires_at, readers=readers)
    address, not_made = APPROVAL_URL + link.path(KEYS.current()), sorted(made.keys() - done.keys())
    tell_of_report(bundle, address, expires_at, not_made, OUTBOX)
    # last: what fails before it is reported
    told = record_publication(bundle, task.scope, key_of(MARKDOWN), record, workflows)
    return told | {
        "report_key": key_of(MARKDOWN),
        "page_key": key_of(PAGE),
        "sha256": task.approved_sha256,
        "files": [MARKDOWN, EVIDENCE, *done],
        "not_made": not_made,
        "link": address,
    }


def _check(key: str, digest: str, task: PublishTask) -> None:
    if digest != task.approved_sha256:
        raise ApprovalMismatchError(
            f"{key} has changed since it was approved: expected SHA-256 {task.approved_sha256}, "
            f"found {digest}; nothing was published"
        )
