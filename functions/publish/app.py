"""Publish report: exactly the bytes that were approved, and a page made from them."""

import os
from dataclasses import dataclass
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client, sha256
from galley.errors import ApprovalMismatchError
from galley.events import Key, read_task
from galley.pages import ENVIRONMENT
from galley.rendering import html_from_markdown
from galley.scope import Scope
from galley.workflows import Workflows, table_named

ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())
WORKFLOWS = Workflows(table_named(os.environ["TABLE_NAME"]))
REPORT_PAGE = ENVIRONMENT.get_template("report.html")


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
    """Return where the published files lie; doing it again publishes the same bytes."""
    draft = artifacts.read_bytes(task.draft_key)
    if sha256(draft) != task.approved_sha256:
        raise ApprovalMismatchError(
            f"{task.draft_key} has changed since it was approved: expected SHA-256 "
            f"{task.approved_sha256}, found {sha256(draft)}; nothing was published"
        )
    report_key = task.scope.published_key("report.md")
    page_key = task.scope.published_key("report.html")
    artifacts.keep(report_key, draft)
    artifacts.keep(page_key, _page(draft.decode("utf-8")))
    workflows.set_status(task.scope.workflow_id, "PUBLISHED", report_key=report_key)
    return {"report_key": report_key, "page_key": page_key, "sha256": task.approved_sha256}


def _page(markdown: str) -> str:
    title = markdown.partition("\n")[0].removeprefix("# ")
    return REPORT_PAGE.render(title=title, report=html_from_markdown(markdown))
