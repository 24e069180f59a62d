"""What the commands on workflows have in common: their options, their errors, their output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

from galley_cli.aws_words import AWS_ERRORS, in_words
from galley_cli.exits import Exit, refuse
from galley_cli.target import Target, TargetError, target_of
from galley_cli.workflows.seen import as_json

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


WIDE = 200


class CommandError(Exception):
    """A command cannot do what it is asked; the message says what to do instead."""


@contextmanager
def on_stack(stack: str, url: str, profile: str, region: str) -> Iterator[Target]:
    """Yield the stack that a command is about, and say in words what goes wrong with it."""
    from galley.errors import InvalidRequestError

    from galley_cli.workflows.reader import UnknownWorkflowError

    target: Target | None = None
    try:
        target = target_of(stack, url, profile, region)
        yield target
    except (TargetError, CommandError, UnknownWorkflowError, InvalidRequestError) as error:
        refuse(str(error))
    except AWS_ERRORS as error:
        if target is None:
            raise
        refuse(in_words(error, target.access))


def wide_console() -> Console:
    """Return standard output; where it is no terminal, lines are as long as programs want them."""
    return Console() if sys.stdout.isatty() else Console(width=WIDE)


def print_json(value: Any) -> None:
    """Print a value as one JSON object."""
    sys.stdout.write(as_json(value))


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is changed; without a terminal, only --yes does."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("nobody can be asked here: add --yes to go ahead")
    if not typer.confirm(question, err=True):
        raise typer.Exit(Exit.FAILED)


def workflow_ids(incomplete: str) -> list[str]:
    """Complete a workflow's id from those of the laptop stack that began last."""
    try:
        from galley_cli.workflows.executions import Executions

        page = next(Executions(target_of("", "", "", "")).pages(), [])
        return [each["name"] for each in page if each["name"].startswith(incomplete)]
    except Exception:  # noqa: BLE001  # a shell wants words or nothing
        return []


WorkflowArgument = Annotated[
    str,
    typer.Argument(metavar="WORKFLOW", help="The workflow's id.", autocompletion=workflow_ids),
]
