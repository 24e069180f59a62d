"""A list of workflows as a person sees it: what has no room is left out, and no id is cut."""

from rich.console import Console
from rich.text import Text

from galley_cli.workflows.wanted import WORDS, Row
from galley_cli.workflows.words import COLOURS, dollars, moment

FEWEST_LETTERS, FEWEST_COLUMNS, WITH_YEAR = 14, 3, 100


def show_list(rows: list[Row], console: Console, *, more: bool) -> None:
    """Print a list."""
    if not rows:
        console.print("No such workflow. `galley start TOPIC` starts one.", highlight=False)
        return
    year = 0 if console.width >= WITH_YEAR else len("2026-")
    columns = {
        "workflow": [Text(each.workflow_id) for each in rows],
        "status": [_status(each) for each in rows],
        "begun (UTC)": [Text(moment(each.started_at)[year:16]) for each in rows],
        "cost": [Text(dollars(each.cost_usd), justify="right") for each in rows],
        "tenant": [Text(each.tenant or "–") for each in rows],
        "v": [Text(each.version or "–") for each in rows],
    }
    if all(each.cost_usd is None for each in rows):
        del columns["cost"]
    # An id that is cut can be copied by nobody: what has no room is left out, from the right.
    while _width(columns) > console.width and len(columns) > FEWEST_COLUMNS:
        columns.popitem()
    left = console.width - _width(columns) - 2
    if left >= FEWEST_LETTERS:
        columns["topic"] = [Text(each.topic or "–") for each in rows]
        for topic in columns["topic"]:
            topic.truncate(left, overflow="ellipsis")
    widths = {name: max(len(name), *map(len, cells)) for name, cells in columns.items()}
    heading = "  ".join(name.ljust(width) for name, width in widths.items())
    console.print(Text(heading.rstrip(), "dim"), soft_wrap=True)
    for cells in zip(*columns.values(), strict=True):
        for cell, width in zip(cells, widths.values(), strict=True):
            cell.align("right" if cell.justify == "right" else "left", width)
        line = Text("  ").join(cells)
        line.rstrip()
        console.print(line, soft_wrap=True)
    if more:
        console.print("There are more: narrow the filters, or raise --most.", style="dim")


def _width(columns: dict[str, list[Text]]) -> int:
    return sum(max(len(name), *map(len, cells)) + 2 for name, cells in columns.items()) - 2


def _status(row: Row) -> Text:
    words = {status: word for word, status in WORDS.items()}
    return Text(
        row.error or words.get(row.status, row.status.lower()), COLOURS.get(row.status, "cyan")
    )
