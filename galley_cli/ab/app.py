"""The commands on experiments, `galley ab …`; others are hung on here."""

import typer

from galley_cli.ab.commands import report, simulate

ab = typer.Typer(help="Compare variants of a role.", no_args_is_help=True, rich_markup_mode=None)
ab.command()(report)
ab.command()(simulate)
