"""
Reads one workflow from a stack: its record, execution, ledger, approvals, audit and artifacts.

What nobody needs to know to operate it is left where it is: links, task tokens, keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from galley.approval.decisions import Approval
from galley.errors import message_in
from galley.requests import WORKFLOW_ID

from galley_cli.history import History
from galley_cli.target import Target
from galley_cli.workflows.executions import Executions, workflow_in
from galley_cli.workflows.seen import (
    AgentCall,
    Artifact,
    Failure,
    Round,
    Source,
    State,
    Visit,
    Vote,
    Workflow,
)
from galley_cli.workflows.table import Item, Table

_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
# Of a workflow's items; an approval has its task token, too, which stays where it is.
_FIELDS = (
    *("pk", "sk", "workflow_id", "tenant", "topic", "reviewers", "status", "execution", "version"),
    *("started_at", "round", "error", "cause", "cost_usd", "budget_usd", "at_budget", "partial"),
    *("rule", "draft_key", "draft_sha256", "expires_at", "attempt", "votes", "told_at"),
    *("role", "item", "began_at", "outcome", "model", "seconds", "usd", *_TOKENS),
)
_NO_ERROR = {
    "FAILED": "States.Runtime",
    "TIMED_OUT": "States.Timeout",
    "ABORTED": "States.Aborted",
}


DELETED = "deleted"  # what the audit says last of a workflow of which nothing else is kept


class UnknownWorkflowError(Exception):
    """There is no such workflow; the message says how to find one."""


class Reader:
    """Reads workflows of one stack; `with_data` says whether histories bring inputs and outputs."""

    def __init__(self, target: Target, *, with_data: bool = True) -> None:
        self.target = target
        self._with_data = with_data
        self.executions = Executions(target)
        self.table = Table(target)

    def read(self, workflow_id: str) -> Workflow:
        """Return a workflow with all that is known of it; raises `UnknownWorkflowError`."""
        check_id(workflow_id)
        items = self.table.under(f"WORKFLOW#{workflow_id}", _FIELDS)
        record = next((each for each in items if each["sk"] == "META"), {})
        visits = visits_of(workflow_id, self.table)
        deletion = None if record else deletion_in(visits)
        execution = self.executions.find(
            record.get("execution") or self.executions.arn_of(workflow_id)
        )
        if not (record or execution or deletion):
            raise UnknownWorkflowError(
                f"there is no workflow {workflow_id} here; `galley list` names those that there are"
            )
        if execution and not record:
            other = self.table.record(workflow_in(execution)) or {}
            if other.get("execution") == execution["executionArn"]:
                return self.read(other["workflow_id"])
        workflow = told(workflow_id, record, execution)
        workflow.visits = visits
        if deletion and not workflow.is_open:  # it may have been begun anew this moment
            workflow.status, workflow.deleted, workflow.failure = "DELETED", deletion, None
            return workflow
        arn = execution["executionArn"] if execution else ""
        history = self.executions.history(arn, with_data=self._with_data) if arn else History()
        add_history(workflow, history)
        workflow.rounds = [_round(each) for each in items if each["sk"].startswith("APPROVAL#")]
        ledger = self.table.under(f"LEDGER#{workflow_id}", _FIELDS)
        workflow.calls = [_call(each) for each in ledger if each["sk"].startswith("COST#")]
        account = next((each for each in ledger if each["sk"] == "COST"), {})
        workflow.partial = bool(account.get("partial", False))
        workflow.cost_usd = _usd(account.get("usd", record.get("cost_usd")))
        if workflow.tenant:
            workflow.artifacts = self.artifacts(workflow)
        return workflow

    def artifacts(self, workflow: Workflow, folder: str = "") -> list[Artifact]:
        """Return what lies under the workflow's prefix."""
        prefix = f"{workflow.tenant}/{workflow.workflow_id}/{folder}"
        pages = self.target.client("s3").get_paginator("list_objects_v2")
        return [
            Artifact(each["Key"].removeprefix(prefix), each["Size"])
            for page in pages.paginate(Bucket=self.target.output("ArtifactsBucket"), Prefix=prefix)
            for each in page.get("Contents", [])
        ]

    def content(self, workflow: Workflow, name: str) -> bytes:
        """Return one object under the workflow's prefix."""
        key = f"{workflow.tenant}/{workflow.workflow_id}/{name}"
        bucket = self.target.output("ArtifactsBucket")
        found = self.target.client("s3").get_object(Bucket=bucket, Key=key)
        return bytes(found["Body"].read())


def check_id(workflow_id: str) -> None:
    """Raise `UnknownWorkflowError` where this can be no workflow's id."""
    if not WORKFLOW_ID.fullmatch(workflow_id):
        raise UnknownWorkflowError(
            "a workflow's id has 1 to 80 letters, digits, '-' or '_'; `galley list` names them"
        )


def visits_of(workflow_id: str, table: Table) -> list[Visit]:
    """Return a workflow's audit, oldest first."""
    return [_visit(each) for each in table.under(f"AUDIT#{workflow_id}")]


def deletion_in(visits: Sequence[Visit]) -> Visit | None:
    """Return the entry that ends an audit when the workflow was deleted."""
    return visits[-1] if visits and visits[-1].did == DELETED else None


def told(workflow_id: str, record: Mapping[str, Any], execution: Item | None) -> Workflow:
    """Return what a record and an execution say of a workflow."""
    execution = execution or {}
    ended = execution.get("status", "") in _NO_ERROR
    status = str(record.get("status") or execution.get("status", ""))
    # the record of an end comes a moment later, and says it better
    if ended and status not in {"EXPIRED", execution["status"]}:
        status = execution["status"]
    started = record.get("started_at") or execution.get("startDate")
    return Workflow(
        workflow_id=workflow_id,
        status=status,
        execution=execution.get("executionArn") or str(record.get("execution", "")),
        tenant=str(record.get("tenant", "")),
        topic=str(record.get("topic", "")),
        version=str(record.get("version", "")),
        reviewers=[str(each) for each in record.get("reviewers", [])],
        started_at=datetime.fromisoformat(started) if isinstance(started, str) else started,
        ended_at=execution.get("stopDate"),
        round=int(record.get("round", 0)),
        redrives=int(execution.get("redriveCount") or 0),
        redrivable=_why_not_redrivable(execution) if ended else "",
        failure=_failure(record, execution) if ended or not execution else None,
        budget_usd=_usd(record.get("budget_usd")),
        at_budget=str(record.get("at_budget", "")),
    )


def add_history(workflow: Workflow, history: History) -> None:
    """Add the states and the sources of a workflow."""
    now = workflow.ended_at or datetime.now(UTC)
    workflow.transitions = history.transitions
    workflow.states = [
        State(
            each.name,
            each.entered,
            max(0.0, round(each.seconds(now), 3)),
            each.exited is not None,
            each.retries,
            each.error,
            each.cause,
        )
        for each in history.states
    ]
    workflow.sources = [
        Source(each.source_id, each.status, each.gap) for each in history.sources.values()
    ]


def by_role(calls: Sequence[AgentCall]) -> dict[str, list[AgentCall]]:
    """Return the calls by role, in the order in which roles first worked."""
    ordered = sorted(calls, key=lambda each: each.began_at)
    return {role: [each for each in ordered if each.role == role] for role in _roles(ordered)}


def _roles(calls: Iterable[AgentCall]) -> dict[str, None]:
    return dict.fromkeys(each.role for each in calls)


def _failure(record: Mapping[str, Any], execution: Mapping[str, Any]) -> Failure | None:
    name = (
        execution.get("error") or record.get("error") or _NO_ERROR.get(execution.get("status", ""))
    )
    if not name:
        return None
    cause = execution.get("cause") or record.get("cause") or ""
    return Failure(str(name), message_in(str(cause)))


def _why_not_redrivable(execution: Mapping[str, Any]) -> str:
    if execution.get("redriveStatus") == "NOT_REDRIVABLE":
        return str(execution.get("redriveStatusReason") or "Step Functions does not say why")
    return ""


def _round(item: Item) -> Round:
    approval = Approval.from_item({**item, "task_token": ""})
    last = approval.deciding
    return Round(
        number=approval.round,
        rule=str(approval.rule),
        reviewers=list(approval.reviewers),
        expires_at=datetime.fromtimestamp(approval.expires_at, UTC),
        draft_sha256=approval.draft_sha256,
        draft_key=approval.draft_key,
        decision=str(last.decision) if last else "",
        told_at=approval.told_at,
        votes=[
            Vote(each.reviewer, str(each.decision), each.comments, each.decided_at, each.by)
            for each in approval.votes
        ],
    )


def _call(item: Item) -> AgentCall:
    return AgentCall(
        role=str(item.get("role", "")),
        item=str(item.get("item", "")),
        began_at=str(item.get("began_at", "")),
        outcome=str(item.get("outcome", "")),
        model=str(item.get("model", "")),
        **{name: int(item.get(name, 0)) for name in _TOKENS},
        seconds=float(item.get("seconds", 0)),
        usd=_usd(item.get("usd")),
    )


def _visit(item: Item) -> Visit:
    named = {name: str(item.get(name, "")) for name in ("at", "did", "reviewer", "by")}
    return Visit(round=int(item.get("round", 0)), **named)


def _usd(value: Any) -> float | None:
    return None if value is None else float(value)
