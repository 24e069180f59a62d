"""`galley ab report` and `galley ab simulate`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from galley_cli.ab.observations import Experiment, ExperimentError, Observation
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

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output.")
]


def report(  # noqa: PLR0913, PLR0917  # one parameter per option
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Its name.")],
    kept: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Take what --out has kept, not a stack."),
    ] = None,
    smallest: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            help="The smallest difference that matters: 0.05 is 5 points, or 5 % of tokens.",
            show_default="0.1 of approvals",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write a page, pictures and figures here."),
    ] = None,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Say what an experiment shows so far; looking often changes nothing about its truth."""
    # numpy takes a moment: only who wants a report waits for it
    from galley_cli.ab.kept import keep
    from galley_cli.ab.page import write_report
    from galley_cli.ab.report import report_on
    from galley_cli.ab.show import show_report

    try:
        if kept:
            known, observations = _kept(experiment, kept)
        else:
            known, observations = _read(experiment, target_of(stack, url, profile, region))
        made = report_on(known, observations, smallest)
    except (ExperimentError, TargetError) as error:
        refuse(str(error))
    files = []
    if out:
        try:
            files = write_report(made, out)
            keep(known, observations, out / "observations.json")
        except OSError as error:
            refuse(f"{out} cannot be written: {error.strerror}")
    if as_json:
        sys.stdout.write(json.dumps(made.to_json(), ensure_ascii=False, indent=2) + "\n")
        return
    console = Console()
    show_report(made, console)
    for file in files:
        console.print(f"  {file}", soft_wrap=True, markup=False, highlight=False)


def simulate(
    runs: Annotated[int, typer.Option(min=10, help="Experiments of each kind.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 8,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write the pictures of documents here."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make up experiments: how often there are false alarms, and how soon differences show."""
    from galley_cli.ab.power import example, figures

    progress = Console(stderr=True, quiet=as_json and not sys.stderr.isatty())
    if out:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refuse(f"{out} cannot be written: {error.strerror}")
    made = figures(runs, seed, lambda what: progress.print(f"  {what}", highlight=False))
    if out:
        (out / "ab-power.svg").write_text(made.picture(), encoding="utf-8")
        (out / "ab-example.svg").write_text(example(seed), encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(made.to_json(), indent=2) + "\n")
        return
    sys.stdout.write("\n".join([f"{runs:,} experiments of each kind", "", *made.lines(), ""]))


def _kept(name: str, path: Path) -> tuple[Experiment, list[Observation]]:
    from galley_cli.ab.kept import read_kept

    experiment, observations = read_kept(path)
    if experiment.name != name:
        raise ExperimentError(f"{path} holds experiment {experiment.name!r}, not {name!r}")
    return experiment, observations


def _read(name: str, target: Target) -> tuple[Experiment, list[Observation]]:
    from botocore.exceptions import BotoCoreError, ClientError

    from galley_cli.ab.reader import read_experiment, read_observations

    dynamodb, table = target.client("dynamodb"), target.outputs["TableName"]
    try:
        experiment = read_experiment(dynamodb, table, name)
        return experiment, read_observations(dynamodb, table, name)
    except (ClientError, BotoCoreError) as error:
        raise ExperimentError(f"the table {table} cannot be read: {error}") from error
