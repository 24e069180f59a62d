"""
`galley events`: what a workflow put on the application's bus, and which letters it sent.

Nobody reads a bus back. What was put by the state machine stands in its history; what functions
sent, letters too, are executions of the outbox, whose names follow from what they send.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from galley.mail.outbox import name_of
from rich.console import Console
from rich.text import Text

from galley_cli.target import ProfileOption, RegionOption, StackOption, UrlOption
from galley_cli.workflows.options import JsonOption, WorkflowArgument, on_stack, print_json
from galley_cli.workflows.reader import Reader
from galley_cli.workflows.seen import Workflow
from galley_cli.workflows.words import moment

ENDS = ("Research failed", "Approval expired")
FINDINGS = (
    "waits past its deadline",
    "has a record and no execution",
    "has succeeded and is not recorded as published",
    "runs without a record",
)


@dataclass(frozen=True)
class Sent:
    """An event, or a letter to one reviewer, and what became of it."""

    at: datetime
    kind: str  # an event's detail type, or what a letter is about
    status: str  # sent, failed or under way
    to: str = ""  # empty: the bus
    error: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def events(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Show what a workflow announced and mailed."""
    with on_stack(stack, url, profile, region) as target:
        reader = Reader(target)
        found = sent_by(reader, reader.read(workflow))
    if as_json:
        print_json({"workflow_id": workflow, "events": [asdict(each) for each in found]})
        return
    console = Console()
    if not found:
        console.print("Nothing was announced or mailed.", highlight=False)
    for each in found:
        console.print(_line(each), soft_wrap=True)


def sent_by(reader: Reader, workflow: Workflow) -> list[Sent]:
    """Return what a workflow has sent, oldest first."""
    found = [*_announced(reader, workflow), *_outboxed(reader, workflow)]
    return sorted(found, key=lambda each: each.at)


def _announced(reader: Reader, workflow: Workflow) -> Iterator[Sent]:
    if not workflow.states:  # no execution, or one that is forgotten
        return
    for each in reader.executions.history(workflow.execution).announced:
        status = "sent" if each.is_put else "failed" if each.error else "under way"
        yield Sent(each.at, each.kind, status, error=each.error, detail=each.detail)


def _outboxed(reader: Reader, workflow: Workflow) -> Iterator[Sent]:
    for to, kind, name in _names(workflow):
        # what a letter says holds a link, which nobody needs here
        arn = reader.executions.letter(name)
        execution = reader.executions.find(arn, with_data=not to)
        if execution is None:
            continue
        status = {"SUCCEEDED": "sent", "RUNNING": "under way"}.get(execution["status"], "failed")
        detail = {} if to else json.loads(execution["input"])["detail"]
        error = str(execution.get("error") or "")
        yield Sent(execution["startDate"], kind, status, to, error, detail)


def _names(workflow: Workflow) -> Iterator[tuple[str, str, str]]:
    """Yield to whom, what and by which name a workflow may have sent something."""
    name, arn = workflow.workflow_id, workflow.execution
    for redrives in range(workflow.redrives + 1) if workflow.failure or workflow.redrives else ():
        for kind in ENDS:
            yield "", kind, name_of(name, "event", kind, arn, redrives)
    for finding in FINDINGS if workflow.is_open else ():
        yield "", "Attention needed", name_of(name, "event", "Attention needed", arn, finding)
    for each in workflow.rounds:
        until = int(each.expires_at.timestamp())
        for reviewer in each.reviewers:
            letter = ("letter", reviewer)
            asking = (name, *letter, each.number, until)
            yield reviewer, f"round {each.number}: asked to decide", name_of(*asking, False)
            yield reviewer, f"round {each.number}: reminded", name_of(*asking, True)
            if len(each.reviewers) > 1 and each.decision:
                decided = name_of(name, *letter, each.number, "decided")
                yield reviewer, f"round {each.number}: others have decided", decided
            if workflow.status == "PUBLISHED":
                told = name_of(name, *letter, each.number, "published")
                yield reviewer, "told of the report", told
            if workflow.status == "EXPIRED":
                expired = name_of(name, *letter, arn, workflow.redrives, "expired")
                yield reviewer, "told that the time is over", expired


def _line(each: Sent) -> Text:
    colour = {"sent": "green", "failed": "red"}.get(each.status, "yellow")
    whom = f"letter to {each.to}" if each.to else "event"
    error = f" ({each.error})" if each.error else ""
    return Text.assemble(
        (f"{moment(each.at)}  ", "dim"),
        (f"{each.status:<9}", colour),
        f" {whom}: {each.kind}{error}",
    )
