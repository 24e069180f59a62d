"""A report in a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from galley_cli.ab import words
from galley_cli.ab.comparison import Comparison
from galley_cli.ab.course import Look
from galley_cli.ab.outcomes import OUTCOMES
from galley_cli.ab.report import Report

COLOURS = {"better": "green", "worse": "red", "alike": "cyan", "open": "yellow"}
WIDTH, ROWS = 61, 12


def show_report(report: Report, console: Console) -> None:
    """Print what an experiment shows, and the course of what decides."""
    experiment = report.experiment
    counts = ", ".join(
        f"{name} {report.ended[name]} of {report.assigned[name]}" for name in experiment.shares
    )
    console.print(
        f"[bold]{escape(experiment.name)}[/] ({escape(experiment.role)}, {experiment.status}):"
        f" workflows ended {escape(counts)}",
        highlight=False,
        soft_wrap=True,
    )
    for warning in report.warnings:
        console.print(f"[yellow]{escape(warning)}[/]", highlight=False, soft_wrap=True)
    for each in report.primary:
        console.print()
        _show(each, console)
    if report.secondary:
        console.print("\nThe other outcomes decide nothing; each interval holds for itself.")
        console.print(_table(report.secondary))
    for line in filter(None, map(words.beyond, (*report.primary, *report.secondary))):
        console.print(f"[dim]{escape(line)}[/]", highlight=False, soft_wrap=True)


def _show(each: Comparison, console: Console) -> None:
    outcome = OUTCOMES[each.outcome]
    lines = {
        "": f"[bold {COLOURS[each.verdict]}]{escape(words.headline(each))}[/]"
        f" {escape(words.advice(each))}",
        "means": ", ".join(
            f"{escape(name)} {outcome.level(mean)} of {each.workflows[name]:,}"
            for name, mean in each.means.items()
        ),
        "effect": f"{words.effect(each, each.effect)}, {words.confidence(each)}"
        f" {words.interval(each)}",
        "probability": f"{words.chances(each)} ({words.p_value(each)})",
    }
    for name, line in lines.items():
        console.print(f"{name:<12} {line}" if name else line, highlight=False, soft_wrap=True)
    console.print()
    for line in plot(each):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def plot(each: Comparison) -> list[str]:
    """Return the interval after more and more workflows, as lines of text."""
    looks = chosen(each.looks, ROWS)
    reach = max(abs(end) for look in looks[1:] or looks for end in (look.low, look.high))
    outcome = OUTCOMES[each.outcome]
    left, right = outcome.effect(-reach), outcome.effect(reach)
    lines = [f"{'workflows':>9}  {left}{'0':^{WIDTH - len(left) - len(right)}}{right}"]
    for look in looks:
        marks = [" "] * WIDTH
        low, high = _column(look.low, reach), _column(look.high, reach)
        marks[low : high + 1] = "─" * (high + 1 - low)
        marks[WIDTH // 2] = "┼" if low <= WIDTH // 2 <= high else "│"
        marks[_column(look.effect, reach)] = "●"
        lines.append(f"{look.workflows:>9,}  {''.join(marks).rstrip()}")
    return lines


def chosen(looks: list[Look], most: int) -> list[Look]:
    """Return some of the looks, evenly spread, the last of them always."""
    count = min(most, len(looks))
    return [looks[round((index + 1) * len(looks) / count) - 1] for index in range(count)]


def _column(effect: float, reach: float) -> int:
    place = round((effect / reach + 1) / 2 * (WIDTH - 1)) if reach else WIDTH // 2
    return min(WIDTH - 1, max(0, place))


def _table(comparisons: list[Comparison]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("variant", "outcome", "control's", "variant's", "effect", "interval", ""):
        table.add_column(name, no_wrap=name != "outcome")
    for each in comparisons:
        outcome = OUTCOMES[each.outcome]
        colour = COLOURS[each.verdict] if each.decided else "default"
        table.add_row(
            escape(each.variant),
            outcome.label,
            outcome.level(each.means[each.control]),
            outcome.level(each.means[each.variant]),
            f"[{colour}]{words.effect(each, each.effect)}[/]",
            words.interval(each),
            words.p_value(each),
        )
    return table
