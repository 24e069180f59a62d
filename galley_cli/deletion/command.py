"""`galley delete`: what a stack keeps of a workflow or a tenant, deleted for good."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from galley_cli.aws_words import AWS_ERRORS, in_words
from galley_cli.deletion.eraser import Eraser
from galley_cli.deletion.subject import Subject
from galley_cli.exits import Exit, refuse
from galley_cli.target import (
    ProfileOption,
    RegionOption,
    StackOption,
    TargetError,
    UrlOption,
    target_of,
)

_WORDS = {
    "workflows": "workflows",
    "objects": "objects in the bucket, versions and delete markers included",
    "items": "items of the table",
    "audit_entries": "entries of the audit, reduced to what was done and when",
}


def delete(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: Annotated[str, typer.Option(metavar="ID", help="One workflow.")] = "",
    tenant: Annotated[
        str,
        typer.Option(metavar="NAME", help="All of a tenant's workflows, settings and accounts."),
    ] = "",
    before: Annotated[
        str,
        typer.Option(metavar="DAY", help="Workflows that began before a day and have ended."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much there is.")] = False,
    keep_audit: Annotated[
        bool, typer.Option("--keep-audit", help="Leave in the audit who decided what.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Delete what a stack keeps of workflows; run again after an interruption, it goes on."""
    aside = Console(stderr=True)
    try:
        subject = Subject.checked(workflow, tenant, before)
        target = target_of(stack, url, profile, region)
        eraser = Eraser(target, subject, keep_audit)
        try:
            said: dict[str, Any] = eraser.counts()
            if not dry_run:
                _confirm(subject, said, aside, is_sure=yes)
                with aside.status("deleting") as status:
                    said = eraser.run(status.update)
        except AWS_ERRORS as error:
            raise TargetError(in_words(error, target.access)) from error
    except TargetError as error:
        refuse(str(error))
    if as_json:
        sys.stdout.write(json.dumps(said, indent=2) + "\n")
        return
    console = Console()
    console.print(f"{subject}, {'to be deleted' if dry_run else 'deleted'}:", markup=False)
    for name, words in _WORDS.items():
        console.print(f"  {said[name]:>6} {words}", markup=False, highlight=False, soft_wrap=True)


def _confirm(subject: Subject, counts: dict[str, int], aside: Console, *, is_sure: bool) -> None:
    if is_sure:
        return
    counted = ", ".join(f"{counts[name]} {name.replace('_', ' ')}" for name in _WORDS)
    aside.print(f"{subject}: {counted}", markup=False, highlight=False, soft_wrap=True)
    try:
        typed = typer.prompt(f"This cannot be undone. Type {subject.name} to delete it", err=True)
    except typer.Abort:
        refuse("nothing was deleted; where nobody can be asked, add --yes")
    if typed.strip() != subject.name:
        aside.print("Nothing was deleted.")
        raise typer.Exit(Exit.BAD_INPUT)
