"""`galley permissions`: what each role may do, what of it is used, and what was denied."""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from galley_cli.exits import Exit, end_like_an_interrupt
from galley_cli.laptop.options import EXAMPLE_CORPUS
from galley_cli.view import show_denials
from galley_local.iam.permissions import Denial, Grant, logical_id

if TYPE_CHECKING:
    from galley_local.iam.permissions import Permissions
    from galley_local.playing import Played


def permissions(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Play scenarios on this machine and report what each role may do, uses and is denied."""
    console = Console(stderr=True, quiet=as_json and not sys.stderr.isatty())
    end_like_an_interrupt()
    try:
        report = report_on(EXAMPLE_CORPUS, console)
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    if as_json:
        sys.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        show_report(report, Console())
    raise typer.Exit(Exit.PUBLISHED if report.succeeded else Exit.FAILED)


@dataclass(frozen=True)
class Holder:
    """A role or a service, and what it may do: used, never used, and what it was denied."""

    name: str
    used: list[Grant]
    never_used: list[Grant]
    denied: list[Denial]


@dataclass(frozen=True)
class Report:
    """What a number of scenarios have shown of the permissions of the template."""

    scenarios: list["Played"]
    holders: list[Holder]

    @property
    def succeeded(self) -> bool:
        """Whether every scenario ended as it should, and nothing was denied."""
        return not any(each.stuck for each in self.scenarios) and not self.denials

    @property
    def denials(self) -> list[Denial]:
        """Every call that was denied, once."""
        return [denial for holder in self.holders for denial in holder.denied]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "scenarios": [
                {"name": each.name, "seconds": round(each.seconds, 2), "stuck": each.stuck}
                for each in self.scenarios
            ],
            "holders": {
                holder.name: {
                    "used": [_fields(grant) for grant in holder.used],
                    "never_used": [
                        {**_fields(grant), "why": why_spare(grant)} for grant in holder.never_used
                    ],
                    "denied": [
                        {
                            "action": denial.call.action,
                            "resource": denial.call.resource,
                            "message": str(denial),
                            "remedy": denial.remedy,
                        }
                        for denial in holder.denied
                    ],
                }
                for holder in self.holders
            },
        }


def report_on(folder: Path, console: Console) -> Report:
    """Play every scenario on one stack, and report on its permissions."""
    from galley_local import playing
    from galley_local.internet.sample import sample_sites
    from galley_local.internet.server import PlayedInternet
    from galley_local.scenarios import SCENARIOS
    from galley_local.stack import Stack
    from galley_local.stage import Stage

    corpus = playing.short_corpus(folder)
    mind = playing.CuriousMind()
    with (
        PlayedInternet(sample_sites()) as internet,
        Stack(
            corpus,
            mind=mind,
            parameters=playing.PARAMETERS,
            sign_in=True,
            web=playing.web_in(internet),
        ) as stack,
    ):
        stage = Stage(stack)
        played = []
        for name in SCENARIOS:
            played.append(playing.play(name, stage))
            _show_played(played[-1], console)
        return Report(played, holders_of(stack.permissions))


def holders_of(permissions: "Permissions") -> list[Holder]:
    """Return what each holder may do, by name, and what became of it."""
    grants = permissions.grants()
    denials = list(dict.fromkeys(permissions.denials))
    holders = {grant.holder for grant in grants} | {denial.holder for denial in denials}
    return [
        Holder(
            name=logical_id(name),
            used=[each for each in grants if each.holder == name and permissions.uses(each)],
            never_used=[
                each for each in grants if each.holder == name and not permissions.uses(each)
            ],
            denied=[each for each in denials if each.holder == name],
        )
        for name in sorted(holders, key=logical_id)
    ]


def why_spare(grant: Grant) -> str:
    """Return why a permission is given that no scenario uses; nothing where nobody has said it."""
    from galley_local.playing import SPARE

    spare = SPARE.get((logical_id(grant.holder), grant.action))
    return spare.why if spare else ""


def show_report(report: Report, console: Console) -> None:
    """Print, for each role and service, what it may do and does not have to, and what it lacks."""
    for holder in report.holders:
        console.print(f"\n[bold]{holder.name}[/]", highlight=False)
        _show_grants("used      ", holder.used, console)
        _show_grants("[yellow]never used[/]", holder.never_used, console)
        show_denials(holder.denied, console)
    used = sum(len(holder.used) for holder in report.holders)
    never = [grant for holder in report.holders for grant in holder.never_used]
    needless = sum(not why_spare(grant) for grant in never)
    console.print(
        f"\n{used} permissions used, {len(never)} never used, {len(report.denials)} calls denied.",
        highlight=False,
    )
    if needless:
        console.print(f"[yellow]{needless} are needed by nothing that is known: take them away.[/]")


def _show_grants(what: str, grants: Iterable[Grant], console: Console) -> None:
    # Lines and not a table: a table cuts what is longer than the terminal, and ARNs are.
    for grant in grants:
        why = f" [dim]({why_spare(grant)})[/]" if why_spare(grant) else ""
        console.print(
            f"  {what}  {grant.action:<39} {escape(_short(grant.resource))}"
            f"  [dim]{escape(grant.sid or 'added by SAM')}[/]{why}",
            highlight=False,
            soft_wrap=True,
        )


def _show_played(played: "Played", console: Console) -> None:
    mark, stuck = ("[red]✗[/]", f": {played.stuck}") if played.stuck else ("✓", "")
    name = played.name.replace("-", " ")
    console.print(f"  {mark} {name} ({played.seconds:.1f} s){escape(stuck)}", highlight=False)


def _short(arn: str) -> str:
    # Partition, service, region and account are the same everywhere, or stand in the action.
    return arn.split(":", 5)[-1]


def _fields(grant: Grant) -> dict[str, str]:
    return {"statement": grant.sid, "action": grant.action, "resource": grant.resource}
