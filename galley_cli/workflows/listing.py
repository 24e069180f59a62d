"""
`galley list`: which workflows there are, those that began last first.

What is read grows with what is shown, not with what there is: a tenant's workflows come from the
table's index by-tenant, those that have not ended from its index open, all others from Step
Functions' own list and from the records of those that are shown.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from galley_cli.target import ProfileOption, RegionOption, StackOption, Target, UrlOption
from galley_cli.workflows.options import (
    CommandError,
    JsonOption,
    on_stack,
    print_json,
    wide_console,
)
from galley_cli.workflows.words import COLOURS, dollars, moment

if TYPE_CHECKING:
    from galley_cli.workflows.table import Table

FEWEST_LETTERS, FEWEST_COLUMNS, WITH_YEAR = 14, 3, 100
MOST_LOOKED_AT = 2_000  # workflows of which a filter may be tried before the search ends
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,5})([mhdw])")
# The statuses of records, and those of the executions among which to look for each.
_ENDED = {
    "PUBLISHED": "SUCCEEDED",
    "FAILED": "FAILED",
    "EXPIRED": "FAILED",
    "TIMED_OUT": "TIMED_OUT",
    "ABORTED": "ABORTED",
}
_OPEN = ("RUNNING", "WAITING_FOR_APPROVAL", "APPROVED", "REJECTED")
_WORDS = {
    **{each.lower(): each for each in (*_OPEN, *_ENDED)},
    "waiting": "WAITING_FOR_APPROVAL",  # these last: they are what is shown
    "cancelled": "ABORTED",
    "timed-out": "TIMED_OUT",
}
SHOWN_STATUSES = "running, waiting, approved, rejected, published, failed, expired, cancelled"


@dataclass(frozen=True)
class Row:
    """One workflow of a list."""

    workflow_id: str
    tenant: str
    status: str
    started_at: datetime
    version: str
    topic: str
    cost_usd: float | None
    error: str


@dataclass(frozen=True)
class Wanted:
    """Which workflows a list is to have."""

    tenant: str = ""
    status: str = ""  # as records have it
    version: str = ""
    topic: str = ""
    since: datetime | None = None
    most: int = 20

    def __contains__(self, row: Row) -> bool:
        """Tell whether a workflow is wanted."""
        return (
            self.tenant in {"", row.tenant}
            and self.status in {"", row.status}
            and self.version in {"", row.version}
            and self.topic.casefold() in row.topic.casefold()
            and (self.since is None or row.started_at >= self.since)
        )


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


def status_named(word: str) -> str:
    """Return a status as records have it, from a word for it; raises `CommandError`."""
    known = _WORDS.get(word.lower(), "")
    if word and not known:
        raise CommandError(f"status: expected one of {SHOWN_STATUSES}")
    return known


def since_of(text: str, now: datetime | None = None) -> datetime:
    """Return the time that `2d`, or a date or a time in ISO 8601, stands for."""
    try:
        if span := _SPAN.fullmatch(text):
            apart = timedelta(**{_UNITS[span[2]]: int(span[1])})
            known = (now or datetime.now(UTC)) - apart
        else:
            known = datetime.fromisoformat(text)
        known = (known if known.tzinfo else known.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(
            "since: expected such as 30m, 3h, 2d, 1w, 2026-11-28 or 2026-11-28T08:00"
        ) from None
    if known < EARLIEST:  # before which no service of AWS takes a time
        raise CommandError(f"since: expected a time after {EARLIEST:%Y-%m-%d}")
    return known


def show_list(rows: list[Row], console: Console, *, more: bool) -> None:
    """Print a list."""
    if not rows:
        console.print("No such workflow. `galley start TOPIC` starts one.", highlight=False)
        return
    year = 0 if console.width >= WITH_YEAR else len("2026-")
    columns = {
        "workflow": [Text(each.workflow_id) for each in rows],
        "status": [_status(each) for each in rows],
        "begun (UTC)": [Text(moment(each.started_at)[year:16]) for each in rows],
        "cost": [Text(dollars(each.cost_usd), justify="right") for each in rows],
        "tenant": [Text(each.tenant or "–") for each in rows],
        "v": [Text(each.version or "–") for each in rows],
    }
    if all(each.cost_usd is None for each in rows):
        del columns["cost"]
    # An id that is cut can be copied by nobody: what has no room is left out, from the right.
    while _width(columns) > console.width and len(columns) > FEWEST_COLUMNS:
        columns.popitem()
    left = console.width - _width(columns) - 2
    if left >= FEWEST_LETTERS:
        columns["topic"] = [Text(each.topic or "–") for each in rows]
        for topic in columns["topic"]:
            topic.truncate(left, overflow="ellipsis")
    widths = {name: max(len(name), *map(len, cells)) for name, cells in columns.items()}
    heading = "  ".join(name.ljust(width) for name, width in widths.items())
    console.print(Text(heading.rstrip(), "dim"), soft_wrap=True)
    for cells in zip(*columns.values(), strict=True):
        for cell, width in zip(cells, widths.values(), strict=True):
            cell.align("right" if cell.justify == "right" else "left", width)
        line = Text("  ").join(cells)
        line.rstrip()
        console.print(line, soft_wrap=True)
    if more:
        console.print("There are more: narrow the filters, or raise --most.", style="dim")


def _width(columns: dict[str, list[Text]]) -> int:
    return sum(max(len(name), *map(len, cells)) + 2 for name, cells in columns.items()) - 2


def _status(row: Row) -> Text:
    words = {status: word for word, status in _WORDS.items()}
    return Text(
        row.error or words.get(row.status, row.status.lower()), COLOURS.get(row.status, "cyan")
    )


def _candidates(target: Target, wanted: Wanted) -> Iterator[Row]:
    from galley_cli.workflows.table import Table

    table = Table(target)
    if wanted.tenant:
        yield from map(_row, table.indexed("by-tenant", "tenant", wanted.tenant, wanted.since))
    elif wanted.status in _OPEN:
        yield from map(_row, table.indexed("open", "open", "yes", wanted.since))
    else:
        yield from _executed(target, _ENDED.get(wanted.status, ""))


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
