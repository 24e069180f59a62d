"""`galley mcp`, as the `galley` command has it."""

from typing import Annotated

import typer
from galley.requests import TENANT

from galley_cli.aws_words import Access
from galley_cli.exits import refuse
from galley_cli.target import ProfileOption, RegionOption, StackOption, UrlOption, target_of


def mcp(  # noqa: PLR0913, PLR0917  # one parameter per option
    reviewer: Annotated[
        list[str] | None,
        typer.Option(help="Who reviews what an assistant starts; repeat for more."),
    ] = None,
    tenant: Annotated[
        str, typer.Option(help="The only tenant that it is for.", show_default="all")
    ] = "",
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Serve an assistant, which cannot decide. It speaks MCP on standard input and output."""
    if tenant and not TENANT.fullmatch(tenant):
        refuse(f"--tenant {tenant[:40]}: no tenant can have this name")
    try:
        from galley_cli.mcp.server import server_of
    except ImportError:
        refuse("the Model Context Protocol's SDK is missing: pip install 'galley[mcp]'")
    from galley_cli.mcp.tools import Tools

    tools = Tools(
        target=lambda: target_of(stack, url, profile, region),
        reviewers=tuple(reviewer or ()),
        tenant=tenant,
    )
    server_of(tools, Access(stack, profile, region, url)).run("stdio")
