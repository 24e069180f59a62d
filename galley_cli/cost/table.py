"""`galley cost --table`: the seed's sizes after measured workflows, printed or written down."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from galley_cli.cost.monthly import WHAT_IF, Month, months
from galley_cli.cost.page import PageError, renewed
from galley_cli.cost.picture import drawn
from galley_cli.cost.sizes import SEED_LINES

PICTURE = Path("pictures") / "cost.svg"  # beside the page


class CountsError(ValueError):
    """A file is not what `galley cost --table --write` has written; the message says which."""


def counts_in(path: Path) -> dict[str, Any]:
    """Return measured counts as they were kept; raises `CountsError`."""
    try:
        measured: dict[str, Any] = json.loads(path.read_text("utf-8"))
        months(measured)
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise CountsError(
            f"{path} holds no measured counts ({why}): measure them with "
            "`galley cost --table --write docs/cost.md`"
        ) from error
    return measured


def write(measured: Mapping[str, Any], page: Path) -> list[Path]:
    """Renew a page, and write counts and picture beside it; raises `PageError`."""
    try:
        text = renewed(page.read_text("utf-8"), measured)
        files = {
            page: text,
            page.with_suffix(".json"): json.dumps(measured, indent=1) + "\n",
            page.parent / PICTURE: drawn(months(measured)),
        }
        for path, content in files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise PageError(f"{error.filename} cannot be written: {error.strerror}") from error
    return list(files)


def to_json(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `--json` prints."""
    return {
        "measured_on": measured["measured_on"],
        "sizes": [
            {
                "size": month.size.name,
                "workflows": month.size.workflows,
                "tasks": month.tasks,
                "seed_usd": month.size.seed_usd,
                "goal_usd": month.size.goal_usd,
                "lines": {line: round(usd, 2) for line, usd in month.lines().items()},
                **month.account.to_json(),
            }
            for month in months(measured)
        ],
        "what_if": {
            what: {month.size.name: round(month.usd, 2) for month in months(measured, assumed)}
            for what, assumed in WHAT_IF.items()
        },
    }


def show(measured: Mapping[str, Any], console: Console) -> None:
    """Print the sizes, line by line, and what if."""
    found = months(measured)
    console.print(f"measured on {measured['measured_on']}; by the month, in us-east-1\n")
    lines = {line: [month.lines()[line] for month in found] for line in SEED_LINES}
    table = _titled("", found)
    for line, sums in lines.items():
        table.add_row(line, *map(_usd, sums))
    table.add_row("[bold]sum[/]", *(f"[bold]{_usd(month.usd)}[/]" for month in found))
    table.add_row("the seed", *(_usd(month.size.seed_usd) for month in found))
    table.add_row("goal", *(_usd(month.size.goal_usd) for month in found))
    console.print(table)
    console.print()
    table = _titled("what if", found)
    for what, assumed in WHAT_IF.items():
        table.add_row(what, *(_usd(month.usd) for month in months(measured, assumed)))
    console.print(table)
    console.print("\ndocs/cost.md says what is measured and what is assumed.", highlight=False)
    for month in found:
        for note in month.account.notes:
            console.print(f"[yellow]note:[/] {note}", highlight=False, soft_wrap=True)


def _titled(title: str, found: list[Month]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(title)
    for month in found:
        table.add_column(f"{month.size.name}: {month.size.workflows:,}", justify="right")
    return table


def _usd(usd: float) -> str:
    return f"${usd:,.2f}"
