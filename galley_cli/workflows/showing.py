"""`galley show`: one page on one workflow."""

from rich.console import Console

from galley_cli.target import ProfileOption, RegionOption, StackOption, UrlOption
from galley_cli.workflows.options import JsonOption, WorkflowArgument, on_stack, print_json


def show(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Show one workflow, and what to do next."""
    from galley_cli.workflows.page import show_page
    from galley_cli.workflows.reader import Reader
    from galley_cli.workflows.steps import next_steps

    with on_stack(stack, url, profile, region) as target:
        seen = Reader(target).read(workflow)
    if as_json:
        print_json(seen.to_json() | {"next": next_steps(seen)})
        return
    show_page(seen, Console())
