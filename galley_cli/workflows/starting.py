"""`galley start`: a request, checked here first, starts a workflow."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError
from galley.requests import Request
from rich.console import Console

from galley_cli.laptop.plan import id_from
from galley_cli.target import ProfileOption, RegionOption, StackOption, Target, UrlOption
from galley_cli.workflows.options import CommandError, JsonOption, on_stack, print_json

REVIEWER = "reviewer@example.com"  # of a laptop stack, which delivers no mail


class AtBudget(StrEnum):
    """What a workflow does when its budget is used up."""

    PARTIAL = "partial"  # the reviewer gets what there is
    FAIL = "fail"


def start(  # noqa: PLR0913, PLR0917  # one parameter per option
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="What the report is about.")] = "",
    tenant: Annotated[str, typer.Option(help="Whose it is.", show_default="default")] = "",
    reviewer: Annotated[
        list[str] | None, typer.Option(help="Who decides, by mail; repeat for more.")
    ] = None,
    all_must_approve: Annotated[
        bool, typer.Option("--all", help="All reviewers must approve, not any one of them.")
    ] = False,
    max_sources: Annotated[
        int | None, typer.Option(help="How many sources at most (1 to 40).", show_default="10")
    ] = None,
    max_revisions: Annotated[
        int | None, typer.Option(help="How many revisions at most (0 to 10).", show_default="3")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Search anew, whatever the cache has.")
    ] = False,
    budget: Annotated[
        float | None,
        typer.Option(help="What its agents may cost, in US dollars.", show_default="the stack's"),
    ] = None,
    at_budget: Annotated[
        AtBudget | None,
        typer.Option(help="What happens when that is used up.", show_default="partial"),
    ] = None,
    workflow_id: Annotated[
        str, typer.Option(help="Its id.", show_default="made from the topic")
    ] = "",
    request: Annotated[
        str, typer.Option(metavar="FILE", help="A request as JSON (- for standard input).")
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Follow it to its end.")] = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Start a workflow. Options go over what a --request file says."""
    from galley_cli.workflows.watching import watch_to_its_end

    options = {
        "max_sources": max_sources,
        "max_revisions": max_revisions,
        "fresh": fresh or None,
        "budget_usd": budget,
        "at_budget": at_budget,
    }
    given = {
        "topic": topic,
        "tenant": tenant,
        "reviewers": reviewer,
        "approval": "all" if all_must_approve else "",
        "workflow_id": workflow_id,
    }
    with on_stack(stack, url, profile, region) as target:
        asked = request_of(_read(request) if request else {}, given, options)
        if target.is_laptop:
            asked = {"reviewers": [REVIEWER]} | asked if "reviewer" not in asked else asked
        started = start_workflow(target, asked)
        if as_json and not watch:
            print_json(started)
        elif not as_json:
            Console(stderr=watch).print(
                f"{started['workflow_id']} has started; `galley show {started['workflow_id']}` "
                "says how it is",
                highlight=False,
                soft_wrap=True,
                markup=False,
            )
        if watch:
            watch_to_its_end(
                target, started["workflow_id"], as_json=as_json, topic=started["topic"]
            )


def request_of(
    request: dict[str, Any], given: dict[str, Any], options: dict[str, Any]
) -> dict[str, Any]:
    """Return a request with what options say in place of what it says."""
    said = {name: value for name, value in given.items() if value not in ("", None, [])}
    if "reviewers" in said:
        request = {name: request[name] for name in request if name != "reviewer"}
    set_options = {name: value for name, value in options.items() if value is not None}
    known = request.get("options", {})
    if set_options and isinstance(known, dict):
        said["options"] = {**known, **set_options}
    return {**request, **said}


def start_workflow(target: Target, asked: dict[str, Any]) -> dict[str, Any]:
    """
    Check a request and start its workflow; return its id, its execution and the checked request.

    Raises `InvalidRequestError`, or `CommandError` where the id is taken.
    """
    from galley_cli.workflows.table import Table

    checked = Request.from_event(asked, workflow_id=id_from(str(asked.get("topic", ""))))
    name = checked.workflow_id
    taken = CommandError(f"{name} is taken: `galley show {name}`; give another --workflow-id")
    if "workflow_id" in asked and Table(target).record(name):
        raise taken
    try:
        execution = target.client("stepfunctions").start_execution(
            stateMachineArn=target.output("WorkflowArn"), name=name, input=json.dumps(asked)
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ExecutionAlreadyExists":
            raise taken from error
        raise
    return {
        "workflow_id": name,
        "execution": execution["executionArn"],
        "started_at": execution["startDate"],
        "tenant": checked.tenant,
        "topic": checked.topic,
        "reviewers": checked.reviewers,
    }


def _read(path: str) -> dict[str, Any]:
    try:
        text = (
            typer.get_text_stream("stdin").read() if path == "-" else Path(path).read_text("utf-8")
        )
        request = json.loads(text)
    except (OSError, ValueError) as error:
        raise CommandError(f"--request: {path} cannot be read as JSON: {error}") from error
    if not isinstance(request, dict):
        raise CommandError(f"--request: {path} is no JSON object with at least a topic")
    return request
