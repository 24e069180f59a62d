"""How the command ends: its exit codes, and what it says of input that it refuses."""

import signal
from enum import IntEnum
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape


class Exit(IntEnum):
    """What the command's exit code says."""

    PUBLISHED = 0
    FAILED = 1
    BAD_INPUT = 2
    INTERRUPTED = 130


def refuse(message: str) -> NoReturn:
    """Say what is wrong with the input, and end."""
    Console(stderr=True).print(f"[red]error:[/] {escape(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(Exit.BAD_INPUT)


def end_like_an_interrupt() -> None:
    """Make whatever ends the process end it as Ctrl-C does: in order."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
