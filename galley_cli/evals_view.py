"""What the user sees of evals: a bar while they run, and a table for each role."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich import progress
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from galley_local.evals.baseline import Line
    from galley_local.evals.cases import Entry
    from galley_local.evals.report import Report, RoleReport
    from galley_local.evals.run import Result

_BAR = 16
_NAMED = 4  # cases on a line
_FEW = 5  # cases of which every problem is told


class Progress:
    """A bar for each role; plain lines where there is no terminal."""

    def __init__(self, console: Console, entries: Sequence["Entry"]) -> None:
        self._console = console
        self._counts: dict[str, int] = {}
        for each in entries:
            self._counts[each.role.name] = self._counts.get(each.role.name, 0) + 1
        self._left = dict(self._counts)
        self._bars = progress.Progress(
            progress.TextColumn("  {task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._tasks = {
            name: self._bars.add_task(f"{name:<8}", total=count)
            for name, count in self._counts.items()
        }

    def __enter__(self) -> Self:
        total = sum(self._counts.values())
        self._console.print(f"  [dim]·[/] {total} cases; starting", highlight=False)
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def say(self, message: str) -> None:
        """Print a line that stays."""
        self._console.print(f"  [yellow]·[/] {escape(message)}", highlight=False, soft_wrap=True)

    def note(self, result: "Result") -> None:
        """Take note of a case that is done."""
        name = result.entry.role.name
        self._bars.advance(self._tasks[name])
        self._left[name] -= 1
        if not self._left[name] and not self._console.is_terminal:
            self._console.print(f"  ✓ {name} ({self._counts[name]} cases)", highlight=False)


def show_report(
    report: "Report", console: Console, files: Sequence[Path], *, is_kept: bool
) -> None:
    """Print a table for each role, what was lost and won, and how it all ended."""
    for each in report.roles:
        _show_role(each, console)
    for line in report.not_run:
        console.print(f"[red]not run:[/] {escape(line)}", highlight=False, soft_wrap=True)
    console.print()
    console.print(_verdict(report, is_kept=is_kept), highlight=False, soft_wrap=True)
    for path in files:
        console.print(f"  {escape(str(path))}", highlight=False, soft_wrap=True)


def _show_role(role: "RoleReport", console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    console.print(f"\n[bold]{role.name}[/]  [dim]{role.told}[/]", highlight=False)
    for name, justify in (("grader", "left"), ("passed", "right"), ("", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    table.add_column("95 % interval", justify="right")
    table.add_column("since the baseline")
    for line in role.lines:
        low, high = line.interval
        style = "bold" if line is role.lines[0] else ""
        table.add_row(
            Text(line.grader, style),
            f"{line.passed}/{line.count}",
            _bar(line),
            f"{100 * low:3.0f}–{100 * high:3.0f} %",
            _change(line),
        )
    console.print(table)
    if len(role.results) <= _FEW:
        for each in role.results:
            for grader, found in each.grades.items():
                for problem in found:
                    told = f"{each.entry.name}: {grader}: {problem}"
                    console.print(f"  {escape(told)}", highlight=False, soft_wrap=True)
    for line in role.lines[1:]:
        if line.lost:
            told = ", ".join(line.lost[:_NAMED]) + (" …" if len(line.lost) > _NAMED else "")
            console.print(f"  [red]lost[/] {line.grader}: {told}", highlight=False, soft_wrap=True)


def _bar(line: "Line") -> Text:
    full = round(_BAR * line.share)
    colour = "red" if line.is_worse else "green"
    return Text.assemble(("█" * full, colour), ("░" * (_BAR - full), "dim"))


def _change(line: "Line") -> Text:
    if not line.compared:
        return Text("new", "dim")
    text = Text()
    if not line.lost and not line.won:
        text.append("=", "dim")
    if line.lost:
        text.append(f"−{len(line.lost)}", "red")
    if line.won:
        text.append(f"{' ' if text else ''}+{len(line.won)}", "green")
    if line.is_worse:
        text.append("  worse", "bold red")
    if new := line.count - line.compared:
        text.append(f"  {new} new", "dim")
    return text


def _verdict(report: "Report", *, is_kept: bool) -> str:
    if is_kept:
        return f"[green]Kept[/] as the baseline of the agents {escape(report.kind)}."
    if worse := report.worse:
        named = "; ".join(f"{name}: {', '.join(graders)}" for name, graders in worse.items())
        return f"[red]Worse[/] than the baseline: {named}."
    if report.not_run:
        return f"[red]{len(report.not_run)} cases could not be run.[/]"
    if not any(line.compared for role in report.roles for line in role.lines):
        return (
            f"There is no baseline of the agents {escape(report.kind)} to compare with: "
            "--update-baseline makes this run the one."
        )
    return "[green]No role got worse.[/]"
