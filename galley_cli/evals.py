"""`galley eval`: the cases of a role, run and graded, and a gate against the baseline."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from galley_cli.exits import Exit, end_like_an_interrupt, refuse
from galley_local.model import address
from galley_local.model.address import ModelAddress, ModelError

if TYPE_CHECKING:
    from galley_local.evals.library import Library
    from galley_local.evals.target import Target


class RoleName(StrEnum):
    """A role that has evals."""

    SEARCH = "search"
    SUMMARY = "summary"
    WRITER = "writer"
    REVISER = "reviser"


class Agents(StrEnum):
    """Agents that a laptop has without a model."""

    EXTRACTIVE = "extractive"


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
        Agents | None,
        typer.Option(
            "--agents",
            help="Which agents answer, on this machine.",
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
    from galley_local.evals.report_page import page_of
    from galley_local.evals.run import run_cases
    from galley_local.evals.target import TargetError

    if sum(each is not None for each in (agents, model, stack)) > 1:
        refuse("--agents, --model and --stack exclude each other; give one of them")
    if stack is None and (profile or region):
        refuse("--profile and --region go with --stack")
    console = Console(stderr=True, quiet=as_json and not sys.stderr.isatty())
    try:
        library = Library(cases or EVALS)
        every = selection.cases_of(library, role or ())
        chosen = selection.named(every, case or ())
        baseline = Baseline(library.folder / "baseline.json")
        thinks = _model_at(model)
        if out:
            out.mkdir(parents=True, exist_ok=True)
        end_like_an_interrupt()
        with (
            Progress(console, chosen) as progress,
            _target(library, thinks, stack, profile, region) as target,
        ):
            chosen, lacks = selection.possible(chosen, library, target)
            if lacks:
                progress.say(f"the search role is left out: {lacks}")
            results = run_cases(chosen, library, target, progress.note)
    except (CaseError, BaselineError, CorpusError, ModelError, TargetError, OSError) as error:
        refuse(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    report = Report.of(results, baseline, target.kind, is_deterministic=target.is_deterministic)
    files = []
    if out:
        files = [out / "report.html", out / "report.json"]
        files[0].write_text(page_of(report), encoding="utf-8")
        files[1].write_text(_json(report.to_json()), encoding="utf-8")
    if update_baseline:
        ran = [each for each in results if not each.not_run]
        baseline.keep(target.kind, ran, selection.names_by_role(every))
    if as_json:
        sys.stdout.write(_json(report.to_json()))
    else:
        show_report(report, Console(), files, is_kept=update_baseline)
    failed = report.not_run or (report.worse and not update_baseline)
    raise typer.Exit(Exit.FAILED if failed else Exit.PUBLISHED)


def _model_at(text: str | None) -> ModelAddress | None:
    if text is None:
        return None
    found = ModelAddress.parse(text)
    found.check()
    return found


@contextmanager
def _target(
    library: "Library",
    model: ModelAddress | None,
    stack: str | None,
    profile: str | None,
    region: str | None,
) -> Iterator["Target"]:
    from galley_local.evals.target import EXTRACTIVE, TargetError, deployed, laptop

    if stack is not None:
        import boto3
        from botocore.exceptions import BotoCoreError

        try:
            session = boto3.Session(profile_name=profile, region_name=region)
        except BotoCoreError as error:
            raise TargetError(f"--stack {stack}: {error}") from error
        with deployed(stack, session) as target:
            yield target
        return
    mind: Any = None
    if model:
        from galley_local.model.mind import ModelMind

        mind = ModelMind(model)
    kind = f"model {model.name}" if model else EXTRACTIVE
    with laptop(library, mind, kind) as target:
        if model and model.is_ollama:
            target.side_by_side = 1  # it answers one after the other
        yield target


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
