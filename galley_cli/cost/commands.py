"""`galley cost`: what a workflow has cost, or what so many of them cost by the month."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console

from galley_cli.exits import refuse
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
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Say what a workflow has cost by state, role and service, from its own counts."""
    if not workflow_id:
        refuse("give the id of a workflow, or --table")
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
