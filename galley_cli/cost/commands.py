"""`galley cost`: what a workflow has cost, or what so many of them cost by the month."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from galley_cli.exits import Exit, end_like_an_interrupt, refuse
from galley_cli.target import (
    ProfileOption,
    RegionOption,
    StackOption,
    Target,
    TargetError,
    UrlOption,
    target_of,
)


def cost(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow_id: Annotated[
        str, typer.Argument(metavar="[WORKFLOW]", help="The workflow's id.", show_default=False)
    ] = "",
    table: Annotated[
        bool,
        typer.Option("--table", help="Say what so many workflows cost by the month, by size."),
    ] = False,
    kept: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="With --table: take counts that are kept, such as docs/cost.json; measure none.",
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="PAGE",
            help="With --table: renew this page, such as docs/cost.md, its counts and picture.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Say what a workflow has cost by state, role and service, from its own counts."""
    if bool(workflow_id) == table:
        refuse("give either the id of a workflow or --table")
    if (kept or page) and not table:
        refuse("--from and --write go with --table")
    if table:
        _table(kept, page, as_json=as_json)
        return
    try:
        _one(workflow_id, target_of(stack, url, profile, region), as_json=as_json)
    except TargetError as error:
        refuse(str(error))


def _one(workflow_id: str, target: Target, *, as_json: bool) -> None:
    from galley_cli.cost.reckoning import reckon
    from galley_cli.cost.view import show_workflow

    made = reckon(target, workflow_id)
    if as_json:
        sys.stdout.write(json.dumps(made.to_json(), ensure_ascii=False, indent=2) + "\n")
        return
    show_workflow(made.run, made.account, made.monthly, Console())


def _table(kept: Path | None, page: Path | None, *, as_json: bool) -> None:
    from galley_cli.cost.page import PageError
    from galley_cli.cost.table import CountsError, counts_in, show, to_json, write

    try:
        measured = counts_in(kept) if kept else _measured()
        files = write(measured, page) if page else []
    except (CountsError, PageError) as error:
        refuse(str(error))
    if as_json:
        sys.stdout.write(json.dumps(to_json(measured), ensure_ascii=False, indent=2) + "\n")
        return
    console = Console()
    show(measured, console)
    for file in files:
        console.print(f"  {file}", soft_wrap=True, markup=False, highlight=False)


def _measured() -> dict[str, Any]:
    from galley_cli.cost.measuring import EXAMPLES, measure  # the stack: two seconds

    progress = Console(stderr=True)
    end_like_an_interrupt()
    try:
        return measure(EXAMPLES, lambda what: progress.print(f"  · {what}", highlight=False))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
