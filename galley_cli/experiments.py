"""`galley ab`: experiments on one role of a stack."""

from pathlib import Path
from typing import Annotated

import typer

from galley_cli.ab.commands import report, simulate
from galley_cli.roles import refusing, say
from galley_cli.settings import RoleSettings
from galley_cli.target import ProfileOption, RegionOption, StackOption, UrlOption, target_of
from galley_cli.variants import Wardrobe

app = typer.Typer(
    help="Try variants of one role, each on its share of the workflows.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command()(report)
app.command()(simulate)


@app.command()
def start(  # one parameter per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The experiment, YAML or JSON.")],
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Start an experiment: workflows that begin from now on take part in it."""
    with refusing():
        target = target_of(stack, url, profile, region)
        settings, wardrobe = RoleSettings(target), Wardrobe(target)
        experiment, primary, shares = wardrobe.experiment(file, settings.all())
        wardrobe.keep_prompts()
        settings.start(experiment, primary, shares)
    say(
        f"{experiment.name} runs on {experiment.role}; `galley ab report {experiment.name}` says "
        "what it shows"
    )


@app.command()
def stop(  # one parameter per option
    experiment: Annotated[str, typer.Argument(metavar="EXPERIMENT", help="Its name.")],
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Stop an experiment: the workflows that take part go on with their variants."""
    with refusing():
        role = RoleSettings(target_of(stack, url, profile, region)).stop(experiment)
    say(f"{experiment} has ended; {role} is as it was before")


@app.command("list")
def list_all(
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """List the experiments that there are and were."""
    with refusing():
        settings = RoleSettings(target_of(stack, url, profile, region))
        found = settings.experiments()
        for each in found:
            members = len(settings.members(each["name"]))
            ended = f"ended {each['stopped_at'][:10]}" if "stopped_at" in each else "runs"
            shares = ", ".join(f"{v['name']} {v['share']}" for v in each["variants"])
            began = each["started_at"][:10]
            told = f"{each['name']} ({each['role']}: {shares}), from {began}, {ended}"
            say(f"{told}: {members} workflows")
    if not found:
        say("There is no experiment yet.")
