"""`galley render`: a published report made again from its evidence bundle, in every format."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from galley_cli.exits import Exit, refuse


def render(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="The evidence.json of a published report.")
    ],
    out: Annotated[Path, typer.Option(help="Where the files are put.")] = Path(),
) -> None:
    """Make every format of a published report again, from its evidence bundle."""
    from galley.reports.bundle import BundleError

    try:
        rendered = render_bundle(bundle, out)
    except (BundleError, OSError) as error:
        refuse(f"{bundle}: {error}")
    console = Console()
    for file in rendered.files:
        console.print(f"  {file}", soft_wrap=True, markup=False, highlight=False)
    for name, why in rendered.not_made.items():
        console.print(f"  {name} could not be made: {why}", markup=False, highlight=False)
    raise typer.Exit(Exit.FAILED if rendered.not_made else Exit.PUBLISHED)


@dataclass
class Rendered:
    """The files that were made, and why others were not."""

    files: list[Path] = field(default_factory=list)
    not_made: dict[str, str] = field(default_factory=dict)


def render_bundle(path: Path, out: Path) -> Rendered:
    """Make every format of a bundle's report; raises `BundleError` where the file is none."""
    from galley.reports.bundle import Bundle
    from galley.reports.report import MAKERS, make

    bundle, rendered = Bundle.from_bytes(path.read_bytes()), Rendered()
    out.mkdir(parents=True, exist_ok=True)
    for name in MAKERS:
        try:
            data = make(name, bundle)
        except Exception as error:  # noqa: BLE001  # the other formats do not depend on it
            rendered.not_made[name] = str(error) or type(error).__name__
        else:
            rendered.files.append(out / name)
            rendered.files[-1].write_bytes(data)
    return rendered
