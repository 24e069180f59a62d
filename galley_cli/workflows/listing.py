"""
`galley list`: which workflows there are, those that began last first.

What is read grows with what is shown, not with what there is: a tenant's workflows come from the
table's index by-tenant, those that have not ended from its index open, all others from Step
Functions' own list and from the records of those that are shown.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galley_cli.target import ProfileOption, RegionOption, StackOption, Target, UrlOption
from galley_cli.workflows.list_view import show_list
from galley_cli.workflows.options import (
    JsonOption,
    on_stack,
    print_json,
    wide_console,
)
from galley_cli.workflows.wanted import (
    ENDED,
    OPEN,
    SHOWN_STATUSES,
    Row,
    Wanted,
    since_of,
    status_named,
)

if TYPE_CHECKING:
    from galley_cli.workflows.table import Table

MOST_LOOKED_AT = 2_000  # workflows of which a filter may be tried before the search ends


def list_workflows(  # noqa: PLR0913, PLR0917  # one parameter per option
    tenant: Annotated[str, typer.Option(help="Only those of one tenant.")] = "",
    status: Annotated[str, typer.Option(help=f"Only {SHOWN_STATUSES}.")] = "",
    version: Annotated[str, typer.Option(help="Only those that a release began.")] = "",
    topic: Annotated[str, typer.Option(help="Only those whose topic has these words.")] = "",
    since: Annotated[
        str, typer.Option(help="Only those that began since: 2d, 3h, or 2026-11-28 (UTC).")
    ] = "",
    most: Annotated[int, typer.Option("--most", "-n", min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """
    List workflows, those that began last first.

    With --tenant it reads the tenant's own index; with a status that has not ended, the index of
    what is open; else the executions of the last 90 days, as Step Functions lists them.
    """
    with on_stack(stack, url, profile, region) as target:
        known = status_named(status)
        begun = since_of(since) if since else None
        rows, more = listed(target, Wanted(tenant, known, version, topic, begun, most))
    if as_json:
        print_json({"workflows": [asdict(each) for each in rows], "more": more})
        return
    show_list(rows, wide_console(), more=more)


def listed(target: Target, wanted: Wanted) -> tuple[list[Row], bool]:
    """Return the workflows that are wanted, and whether there may be more."""
    found: list[Row] = []
    for number, row in enumerate(_candidates(target, wanted)):
        if wanted.since and row.started_at < wanted.since:
            break  # all that follow began before
        if row in wanted:
            found.append(row)
        if len(found) > wanted.most or number >= MOST_LOOKED_AT:
            return found[: wanted.most], True
    return found, False


def _candidates(target: Target, wanted: Wanted) -> Iterator[Row]:
    from galley_cli.workflows.table import Table

    table = Table(target)
    if wanted.tenant:
        yield from map(_row, table.indexed("by-tenant", "tenant", wanted.tenant, wanted.since))
    elif wanted.status in OPEN:
        yield from map(_row, table.indexed("open", "open", "yes", wanted.since))
    else:
        yield from _executed(target, ENDED.get(wanted.status, ""))


def _executed(target: Target, status: str) -> Iterator[Row]:
    """Yield workflows as Step Functions lists their executions, with what records say of them."""
    from galley_cli.workflows.executions import Executions
    from galley_cli.workflows.table import Table

    executions, table = Executions(target), Table(target)
    for page in executions.pages(status):
        records = table.records([each["name"] for each in page])
        for each in page:
            record = records.get(each["name"])
            if record is None or record["execution"] != each["executionArn"]:
                # the request gave it another id, or was refused and has no record
                record = _record_of(executions.find(each["executionArn"]), table)
            ended = each["status"] if each["status"] not in {"RUNNING", "SUCCEEDED"} else ""
            yield _row(
                {
                    "workflow_id": each["name"],
                    "started_at": each["startDate"],
                    "status": each["status"],
                    **record,
                    # the record of an end comes a moment later, and says it better
                    **({"status": ended} if ended and record.get("open") else {}),
                }
            )


def _record_of(execution: dict[str, Any] | None, table: "Table") -> dict[str, Any]:
    from galley_cli.workflows.executions import workflow_in
    from galley_cli.workflows.reader import deletion_in, visits_of

    if execution is None:
        return {}
    workflow_id = workflow_in(execution)
    record = table.record(workflow_id) or {}
    if not record and deletion_in(visits_of(workflow_id, table)):
        return {"status": "DELETED"}
    if record.get("execution") == execution["executionArn"]:
        return record
    return {"error": execution.get("error", "")}


def _row(record: dict[str, Any]) -> Row:
    started, cost = record["started_at"], record.get("cost_usd")
    return Row(
        workflow_id=str(record["workflow_id"]),
        tenant=str(record.get("tenant", "")),
        status=str(record["status"]).replace("SUCCEEDED", "PUBLISHED"),
        started_at=datetime.fromisoformat(started) if isinstance(started, str) else started,
        version=str(record.get("version", "")),
        topic=str(record.get("topic", "")),
        cost_usd=None if cost is None else float(cost),
        error=str(record.get("error", "")),
    )
