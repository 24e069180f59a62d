"""All commands about workflows, as the `galley` command has them."""

import typer

from galley_cli.workflows.showing import show


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (show,):
        app.command()(command)
