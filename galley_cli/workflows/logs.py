"""`galley logs`: what the functions said, from the stack's log group."""

import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from galley_cli.exits import Exit
from galley_cli.target import ProfileOption, RegionOption, StackOption, Target, UrlOption
from galley_cli.workflows.options import on_stack, workflow_ids
from galley_cli.workflows.reader import Reader
from galley_cli.workflows.wanted import since_of
from galley_cli.workflows.words import moment

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
RECENT = timedelta(minutes=15)
LATE = timedelta(seconds=20)  # by which lines may come that were written before others
AFTERWARDS = timedelta(hours=1)  # in which letters go out and the end is recorded
FOLLOW_SECONDS = 2.0
_FUNCTION = re.compile(r"-(\w+)Function-\w+$")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_COLOURS = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red"}
# What every line has, and what a person reads elsewhere in it.
_USUAL = {
    *("level", "location", "message", "timestamp", "service", "function_name", "function_arn"),
    *("function_request_id", "function_memory_size", "cold_start", "xray_trace_id", "version"),
    *("workflow_id", "tenant", "request_id", "sampling_rate"),
}


@dataclass(frozen=True)
class Line:
    """One log line; what is no JSON has only a message."""

    at: datetime
    level: str
    function: str
    message: str
    workflow_id: str
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rest(self) -> str:
        """What the line says beside its message."""
        said = {name: self.record[name] for name in self.record if name not in _USUAL}
        return " ".join(f"{name}={_short(value)}" for name, value in said.items())

    @property
    def is_for_programs(self) -> bool:
        """Whether it is a metric, or the counts of an invocation."""
        return "_aws" in self.record or isinstance(self.record.get("used"), dict)


def logs(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: Annotated[
        str, typer.Argument(metavar="[WORKFLOW]", help="Its id.", autocompletion=workflow_ids)
    ] = "",
    level: Annotated[str, typer.Option(help=f"This and above: {', '.join(LEVELS)}.")] = "",
    function: Annotated[str, typer.Option(help="Only this one, such as writer_agent.")] = "",
    since: Annotated[
        str,
        typer.Option(
            help="Such as 15m, 2h, 3d, or a time (UTC).",
            show_default="the workflow's start, or 15m",
        ),
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Metrics and counts of invocations, too.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object for each line.")
    ] = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Show what functions said, of one workflow or of all."""
    if level and level.upper() not in LEVELS:
        raise typer.BadParameter(f"--level: expected one of {', '.join(LEVELS)}")
    with on_stack(stack, url, profile, region) as target:
        begun, ended = (since_of(since), None) if since else _span(target, workflow)
        until = None if follow else ended
        wanted = (workflow, level.upper(), function)
        console, shown = Console(), False
        try:
            for line in _lines(target, workflow, begun, until, follow=follow):
                if _is_wanted(line, *wanted) and (every or not line.is_for_programs):
                    shown = True
                    _print(line, console, as_json=as_json)
        except KeyboardInterrupt:
            raise typer.Exit(Exit.PUBLISHED) from None
    if not shown and not as_json:
        Console(stderr=True).print(
            f"No such line since {moment(begun)} UTC; functions that do as they should say little "
            "but metrics and counts, which --all shows.",
            highlight=False,
            soft_wrap=True,
        )


def _span(target: Target, workflow: str) -> tuple[datetime, datetime | None]:
    """Return from when on there are lines, and until when if they have an end."""
    if not workflow:
        return datetime.now(UTC) - RECENT, None
    seen = Reader(target).read(workflow)
    begun = (seen.started_at or datetime.now(UTC)) - LATE
    return begun, seen.ended_at + AFTERWARDS if seen.ended_at else None


def _lines(
    target: Target, workflow: str, begun: datetime, until: datetime | None, *, follow: bool
) -> Iterator[Line]:
    client, group = target.client("logs"), target.output("LogGroupName")
    asked: dict[str, Any] = {"logGroupName": group, "interleaved": True}
    if workflow:
        asked["filterPattern"] = f'"{workflow}"'  # which lines of others may hold, too
    if until:
        asked["endTime"] = int(until.timestamp() * 1000)
    seen: set[str] = set()
    while True:
        asked["startTime"] = int(begun.timestamp() * 1000)
        for page in client.get_paginator("filter_log_events").paginate(**asked):
            for event in page["events"]:
                if event["eventId"] not in seen:
                    seen.add(event["eventId"])
                    yield read_line(event)
        if not follow:
            return
        begun = max(begun, datetime.now(UTC) - LATE)
        time.sleep(FOLLOW_SECONDS)


def read_line(event: Mapping[str, Any]) -> Line:
    """Return what an event of FilterLogEvents says."""
    message = str(event["message"]).rstrip()
    try:
        record = json.loads(message)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        record = {}
    stream = str(event.get("logStreamName", "")).rpartition("/")[2].partition("[")[0]
    return Line(
        at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
        level=str(record.get("level", "")),
        function=short_name(str(record.get("function_name") or stream)),
        message=str(record.get("message", "" if record else message)),
        workflow_id=str(record.get("workflow_id", "")),
        record=record,
    )


def short_name(function: str) -> str:
    """Return `writer_agent` for `galley-WriterAgentFunction-1ABCD`."""
    found = _FUNCTION.search(function)
    return _CAPITAL.sub("_", found[1]).lower() if found else function


def _is_wanted(line: Line, workflow: str, level: str, function: str) -> bool:
    if workflow and line.workflow_id not in {"", workflow}:
        return False
    if function and line.function != function.replace("-", "_"):
        return False
    return not level or (line.level in LEVELS and LEVELS.index(line.level) >= LEVELS.index(level))


def _print(line: Line, console: Console, *, as_json: bool) -> None:
    if as_json:
        said = {
            "at": line.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": line.level,
            "function": line.function,
            "workflow_id": line.workflow_id,
            "message": line.message,
            "record": line.record,
        }
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    console.print(
        Text.assemble(
            (f"{moment(line.at)} ", "dim"),
            (f"{line.level or '–':<8}", _COLOURS.get(line.level, "")),
            (f"{line.function} ", "cyan"),
            line.message,
            (f" {line.rest}" if line.rest else "", "dim"),
        ),
        soft_wrap=True,
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004
