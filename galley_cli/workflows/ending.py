"""`galley cancel` and `galley redrive`: an execution is stopped, or goes on where it failed."""

from typing import Annotated

import typer
from botocore.exceptions import ClientError
from rich.console import Console

from galley_cli.target import ProfileOption, RegionOption, StackOption, UrlOption
from galley_cli.workflows.options import (
    CommandError,
    JsonOption,
    WorkflowArgument,
    YesOption,
    confirm,
    on_stack,
    print_json,
)
from galley_cli.workflows.reader import Reader
from galley_cli.workflows.seen import Workflow
from galley_cli.workflows.steps import next_steps


def cancel(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the workflow.")] = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Stop a workflow. What it has made stays, and it can be redriven for two weeks."""
    with on_stack(stack, url, profile, region) as target:
        seen = Reader(target).read(workflow)
        if not seen.is_open:
            raise CommandError(f"{workflow} has ended already: `galley show {workflow}` says how")
        confirm(f"Stop {workflow} ({seen.topic})?", yes=yes)
        cause = f"{reason or 'Cancelled'} (by {target.caller})"
        target.client("stepfunctions").stop_execution(executionArn=seen.execution, cause=cause)
    _say(workflow, "cancelled", f"`galley redrive {workflow}` lets it go on", as_json=as_json)


def redrive(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    yes: YesOption = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Go on from where a workflow failed. Nothing is paid for twice."""
    with on_stack(stack, url, profile, region) as target:
        seen = Reader(target).read(workflow)
        if why := why_not(seen):
            raise CommandError(why)
        failed = seen.failure.name if seen.failure else ""
        where = seen.state.name if seen.state else "where it failed"
        confirm(f"Redrive {workflow} from {where}, which ended with {failed}?", yes=yes)
        try:
            target.client("stepfunctions").redrive_execution(executionArn=seen.execution)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ExecutionNotRedrivable":
                raise
            said = error.response["Error"].get("Message", "")
            raise CommandError(f"{workflow} cannot be redriven: {said}; start a new one") from error
    _say(workflow, "redriven", f"`galley watch {workflow}` follows it", as_json=as_json)


def why_not(seen: Workflow) -> str:
    """Return why a workflow is not redriven, and what to do instead; nothing where it can be."""
    name = seen.workflow_id
    if seen.deleted:
        return f"{name} is gone: {'. '.join(next_steps(seen))}"
    if seen.is_open:
        return f"{name} has not ended: `galley watch {name}` follows it"
    if seen.failure is None:
        return f"{name} has not failed: there is nothing to redrive"
    if not seen.tenant and len(seen.states) > 1:  # it was registered once, and no record is left
        return f"{name} has no record any more, and cannot go on: start a new one"
    if seen.can_be_redriven:
        return ""
    return f"{name} ended with {seen.failure.name}. {'. '.join(next_steps(seen)[:2])}"


def _say(workflow: str, what: str, then: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"workflow_id": workflow, "did": what})
    else:
        Console().print(f"{workflow} is {what}; {then}", highlight=False, soft_wrap=True)
