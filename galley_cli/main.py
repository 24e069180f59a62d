"""The `galley` command: what it has for commands, and where these are."""

import typer

from galley_cli import experiments, roles, tenants
from galley_cli.cost.commands import cost
from galley_cli.deletion.command import delete
from galley_cli.evals import evaluate
from galley_cli.laptop.commands import run, up
from galley_cli.mcp.command import mcp
from galley_cli.permissions import permissions
from galley_cli.render import render
from galley_cli.workflows.commands import add_to

app = typer.Typer(
    help="Turn a topic into a research report that a human approved.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command(name="eval")(evaluate)
for command in (cost, delete, run, up, render, permissions):
    app.command()(command)
add_to(app)
app.command()(mcp)
for group, name in ((roles.app, "role"), (tenants.app, "tenant"), (experiments.app, "ab")):
    app.add_typer(group, name=name)

if __name__ == "__main__":
    app()
