"""`galley role`: what plays each role of a stack, and how that is changed for new workflows."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from galley.variants import ROLES, SettingError, Variant
from rich.console import Console
from rich.markup import escape

from galley_cli.settings import RoleSettings, check_role
from galley_cli.target import (
    ProfileOption,
    RegionOption,
    StackOption,
    TargetError,
    UrlOption,
    target_of,
)
from galley_cli.variants import Wardrobe

app = typer.Typer(
    help="Show or change what plays a role, for workflows that begin from now on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

BAD_INPUT = 2
SHOWN_CHANGES = 5


@app.command()
def show(  # one parameter per option
    role: Annotated[str, typer.Argument(metavar="[ROLE]", help=f"One of {', '.join(ROLES)}.")] = "",
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Show what plays each role; of one role, its last changes too."""
    with refusing():
        asked = [check_role(role)] if role else list(ROLES)
        settings = RoleSettings(target_of(stack, url, profile, region))
        known = settings.all()
        for each in asked:
            say(f"{each:<8} {described(known.get(each, {}))}")
        for change in settings.history(role)[:SHOWN_CHANGES] if role else []:
            changed = f"{change['changed_at'][:19]}Z by {change['changed_by']}"
            say(f"  {changed}: {change['what']}")


@app.command()
def use(  # noqa: PLR0913, PLR0917  # one parameter per option
    role: Annotated[str, typer.Argument(metavar="ROLE", help=f"One of {', '.join(ROLES)}.")],
    agent: Annotated[
        str,
        typer.Option(help="ID/ALIAS of Bedrock Agents, or the ARN of a harness or its endpoint."),
    ] = "",
    prompt: Annotated[str, typer.Option(help="The file of a prompt template.")] = "",
    model: Annotated[str, typer.Option(help="A harness's model, by its id.")] = "",
    variant: Annotated[
        str, typer.Option(metavar="EXPERIMENT/NAME", help="A variant of an experiment.")
    ] = "",
    default: Annotated[bool, typer.Option("--default", help="What the template says.")] = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Have new workflows use another agent, prompt or model; those that run keep theirs."""
    given = {"agent": agent, "prompt": prompt, "model": model}
    with refusing():
        if [any(given.values()), bool(variant), default].count(True) != 1:
            raise SettingError("give --agent, --prompt or --model; or --variant; or --default")
        check_role(role)
        target = target_of(stack, url, profile, region)
        settings, wardrobe = RoleSettings(target), Wardrobe(target)
        chosen = wardrobe.variant(role, given)
        if variant:
            chosen = _variant_of(settings.experiments(), variant, role)
        wardrobe.keep_prompts()
        settings.use(role, chosen)
        now = described({"variant": chosen.to_event()})
    say(f"{role} is played by {now}, in workflows that begin from now on")


def say(text: str) -> None:
    """Print a line as it is."""
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def refusing() -> Iterator[None]:
    """End the command with a message where something is wrong with what it was given."""
    try:
        yield
    except (SettingError, TargetError) as error:
        message = f"[red]error:[/] {escape(str(error))}"
        Console(stderr=True).print(message, highlight=False, soft_wrap=True)
        sys.exit(BAD_INPUT)


def described(setting: Mapping[str, Any]) -> str:
    """Say in a line what plays a role."""
    if experiment := setting.get("experiment"):
        shares = ", ".join(f"{each['name']} {each['share']}" for each in experiment["variants"])
        return f"the experiment {experiment['name']}: {shares}"
    given = setting.get("variant") or {}
    said = [f"{name} {given[name]}" for name in ("agent", "prompt", "model") if name in given]
    return ", ".join(said) or "the template's own"


def _variant_of(experiments: list[dict[str, Any]], named: str, role: str) -> Variant:
    experiment, _, name = named.partition("/")
    for each in experiments:
        for variant in each["variants"] if each["name"] == experiment else []:
            if variant["name"] == name and each["role"] == role:
                fields = ("agent", "prompt", "model")
                return Variant.of({field: variant[field] for field in fields if field in variant})
    raise SettingError(f"--variant: no experiment on {role} has the variant {named}")
