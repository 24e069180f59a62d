"""All commands about workflows, as the `galley` command has them."""

import typer

from galley_cli.workflows.deciding import approve, reject
from galley_cli.workflows.ending import cancel, redrive
from galley_cli.workflows.events import events
from galley_cli.workflows.listing import list_workflows
from galley_cli.workflows.logs import logs
from galley_cli.workflows.reports import report
from galley_cli.workflows.showing import show
from galley_cli.workflows.starting import start
from galley_cli.workflows.watching import watch


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(start)
    app.command(name="list")(list_workflows)
    for command in (show, watch, report, approve, reject, cancel, redrive, logs, events):
        app.command()(command)
