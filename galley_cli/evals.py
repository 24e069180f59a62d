"""`galley eval`: the cases of a role, run and graded, and a gate against the baseline."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from galley_cli.answering import Answering, AnsweringError, with_cassettes
from galley_cli.exits import Exit, end_like_an_interrupt, refuse
from galley_local.cassettes.cassette import CassetteError
from galley_local.model import address
from galley_local.model.address import ModelAddress, ModelError

if TYPE_CHECKING:
    from galley_local.evals.report import Report

_REFUSED = (AnsweringError, CassetteError, ModelError, OSError)


class RoleName(StrEnum):
    """A role that has evals."""

    SEARCH = "search"
    SUMMARY = "summary"
    WRITER = "writer"
    REVISER = "reviser"


def evaluate(  # noqa: PLR0913, PLR0917  # one parameter per option
    role: Annotated[
        list[RoleName] | None,
        typer.Option(
            "--role", help="Only this role; repeat for more.", show_default="all four roles"
        ),
    ] = None,
    case: Annotated[
        list[str] | None,
        typer.Option("--case", help="Only the cases of this name; repeat for more."),
    ] = None,
    agents: Annotated[
        str | None,
        typer.Option(
            "--agents",
            metavar="extractive|cassette:FOLDER",
            help="Which agents answer, on this machine; or what some answered when recorded.",
            show_default="extractive: no model, sentences of the documents",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar=address.FORM, help="Have a model answer, as `galley run` does."
        ),
    ] = None,
    stack: Annotated[
        str | None,
        typer.Option(
            "--stack", help="Have the agents of a deployed stack answer, in your account."
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="With --stack: the profile of the AWS CLI.")
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help="With --stack: the region that it is in.")
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases", help="The folder of cases and their baseline.", show_default="evals"
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record",
            metavar="FOLDER",
            help="Keep every answer here as a cassette; with --stack, answers of its agents to "
            "this machine's prompts.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Put report.html and report.json into this folder."),
    ] = None,
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Take what came of this run as what is expected."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Run the evals of the roles, and fail where a role got worse than its baseline."""
    from galley_cli.evals_view import Progress, show_report
    from galley_local.corpus import CorpusError
    from galley_local.evals import selection
    from galley_local.evals.baseline import Baseline, BaselineError
    from galley_local.evals.fields import CaseError
    from galley_local.evals.library import EVALS, Library
    from galley_local.evals.report import Report
    from galley_local.evals.run import run_cases
    from galley_local.evals.target import TargetError

    answering = Answering(agents, model, stack, profile, region, record)
    console = Console(stderr=True, quiet=as_json and not sys.stderr.isatty())
    try:
        answering.check()
        cassettes = answering.cassettes()
        library = Library(cases or EVALS)
        every = selection.cases_of(library, role or ())
        chosen = selection.named(every, case or ())
        if cassettes and not case:
            chosen = with_cassettes(chosen, cassettes)
        baseline = Baseline(library.folder / "baseline.json")
        _check_model(model)
        if out:
            out.mkdir(parents=True, exist_ok=True)
        end_like_an_interrupt()
        with (
            Progress(console, chosen) as progress,
            answering.target(library, cassettes) as target,
        ):
            chosen, lacks = selection.possible(chosen, library, target)
            if lacks:
                progress.say(f"the search role is left out: {lacks}")
            results = run_cases(chosen, library, target, progress.note)
    except (*_REFUSED, CaseError, BaselineError, CorpusError, TargetError) as error:
        refuse(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    report = Report.of(results, baseline, target.kind, is_deterministic=target.is_deterministic)
    files = _written(report, out) if out else []
    if update_baseline:
        ran = [each for each in results if not each.not_run]
        baseline.keep(target.kind, ran, selection.names_by_role(every))
    if as_json:
        sys.stdout.write(_json(report.to_json()))
    else:
        show_report(report, Console(), files, is_kept=update_baseline)
    failed = report.not_run or (report.worse and not update_baseline)
    raise typer.Exit(Exit.FAILED if failed else Exit.PUBLISHED)


def _written(report: "Report", out: Path) -> list[Path]:
    from galley_local.evals.report_page import page_of

    files = [out / "report.html", out / "report.json"]
    files[0].write_text(page_of(report), encoding="utf-8")
    files[1].write_text(_json(report.to_json()), encoding="utf-8")
    return files


def _check_model(text: str | None) -> None:
    if text is not None:
        ModelAddress.parse(text).check()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
