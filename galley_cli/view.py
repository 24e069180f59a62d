"""What the user sees: progress while a workflow runs, and how it ended."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from galley.ledger.budget import in_dollars
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from galley_cli.history import History, SourceRun, StateRun
from galley_local.iam.permissions import Denial

if TYPE_CHECKING:
    from galley_cli.laptop.result import Result
    from galley_local.stack import Stack

# States that a person need not see: choices, what only announces, and ends, which say why.
QUIET = {
    "Approved?",
    "Revisions left?",
    "Announce approval request",
    "Announce publication",
    "Published, not announced",
    "Approval expired",
    "Unknown decision",
    "Revision limit reached",
}
# What the commonest gap is called; others are named as they are in `galley.errors`.
GAPS = {
    "IrrelevantSourceError": "says nothing on the topic",
    "BudgetExceededError": "no budget had room for it",
    "BudgetReservedError": "no budget had room for it",
}
MARKS = {"running": "[yellow]…[/]", "done": "[green]✓[/]", "gap": "[red]✗[/]"}


class LiveView:
    """States and sources, redrawn in place; plain lines where there is no terminal."""

    def __init__(self, console: Console, topic: str) -> None:
        self.titles: dict[str, str] = {}
        self._console = console
        self._topic = topic
        self._history = History()
        self._spinner = Spinner("dots")
        self._printed = 0
        self._live = Live(
            get_renderable=self._table, console=console, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> Self:
        self._console.print(f"[bold]{escape(self._topic)}[/]", highlight=False)
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def note(self, message: str) -> None:
        """Print a line that stays."""
        self._console.print(f"  [dim]·[/] {escape(message)}", highlight=False, soft_wrap=True)

    def serving(self, url: str) -> None:
        """Say where the stack answers."""
        self.note(f"the approval API and the mails are at {url} (mails: {url}/mail)")

    def show(self, history: History) -> None:
        """Show how far the workflow is."""
        self._history = history
        if not self._console.is_terminal:
            ended = [state for state in _shown(history) if state.exited]
            for state in ended[self._printed :]:
                self._console.print(f"  ✓ {state.name} ({state.seconds(_now()):.1f} s)")
            self._printed = len(ended)

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        for state in _shown(self._history):
            mark = Text("✓", "green") if state.exited else self._spinner
            table.add_row(mark, _name(state), Text(f"{state.seconds(_now()):.1f} s", "dim"))
            if state.name == "Summarize sources" and not state.exited:
                table.add_row("", self._sources(), "")
        return Padding(table, (0, 0, 0, 2))

    def _sources(self) -> RenderableType:
        sources = list(self._history.sources.values())
        room = max(5, self._console.height - 14)
        # The unfinished ones matter most where not all have room.
        shown = sorted(sources, key=lambda source: source.status != "running")[:room]
        rows = [Text.from_markup(_source_line(each, self.titles)) for each in shown]
        if len(sources) > len(shown):
            done = sum(source.status != "running" for source in sources)
            rows.append(Text(f"  {done} of {len(sources)} done", "dim"))
        return Group(*rows)


def show_result(result: "Result", console: Console) -> None:
    """Print how a workflow ended: times, sources, gaps, and where the files are."""
    if console.is_terminal:  # elsewhere the progress has said so, line by line
        _print_times(result.history, console)
    if result.published:
        numbers = f"{_count(result.rounds, 'round')}, {_count(len(result.sources), 'source')}"
        console.print(
            f"[green]Published[/] after {numbers}, "
            f"{result.history.transitions} state transitions, {result.seconds:.1f} s.",
            highlight=False,
        )
    else:
        error = result.error or {}
        console.print(f"[red]{escape(error.get('name', 'Failed'))}[/]", highlight=False)
        console.print(escape(error.get("message", "")), highlight=False, soft_wrap=True)
    if result.cost_usd:  # no model runs here: it is what theirs would have cost
        is_partial = " The report is partial: the budget was reached." if result.partial else ""
        usd = in_dollars(result.cost_usd)
        console.print(f"  agents, with the template's models: {usd}.{is_partial}", highlight=False)
    show_denials(result.denials, console)
    for fault, times in result.faults.items():
        console.print(f"  fault: {escape(fault)} happened {times}×", highlight=False)
    for gap in result.gaps:
        console.print(f"  left out: {escape(gap['title'])} ({_gap(gap['gap'])})", highlight=False)
    for name, why in result.left_out.items():
        console.print(f"  not read: {escape(name)} ({escape(why)})", highlight=False)
    for path in result.files:
        console.print(f"  {escape(str(path))}", highlight=False, soft_wrap=True)


def show_denials(denials: Iterable[Denial], console: Console) -> None:
    """Print which calls were refused, and what the template would have to say to allow them."""
    for denial in dict.fromkeys(denials):
        console.print(f"[red]denied:[/] {escape(str(denial))}", highlight=False, soft_wrap=True)
        console.print(f"  {escape(denial.remedy)}", highlight=False, soft_wrap=True)


def show_stack(stack: "Stack", console: Console) -> None:
    """Print where a stack's services answer, and how to call it."""
    # Lines and not a table: a table cuts what is longer than the terminal, and ARNs are.
    lines = {"Endpoint": stack.url, "Mail": f"{stack.url}/mail", **stack.outputs}
    for name, value in lines.items():
        console.print(f"[bold]{name:<15}[/] {escape(value)}", highlight=False, soft_wrap=True)
    console.print("\nAny AWS client works with it, for example:", highlight=False)
    console.print(_example(stack.url, stack.outputs), highlight=False, soft_wrap=True, style="dim")
    console.print("\nIt runs until you press Ctrl-C.", highlight=False)


def _example(url: str, outputs: Mapping[str, Any]) -> str:
    return (
        "AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --region us-east-1 \\\n"
        f"  --endpoint-url {url} stepfunctions start-execution \\\n"
        f"  --state-machine-arn {outputs['WorkflowArn']} \\\n"
        "  --name my-first-report --input file://events/research.json"
    )


def _print_times(history: History, console: Console) -> None:
    table = Table.grid(padding=(0, 1))
    for state in _shown(history):
        table.add_row("", _name(state), Text(f"{state.seconds(_now()):5.1f} s", "dim"))
    console.print(table)


def _shown(history: History) -> list[StateRun]:
    return [state for state in history.states if state.name not in QUIET]


def _name(state: StateRun) -> Text:
    name = Text(state.name)
    if state.retries:
        name.append(f" (tried again {_count(state.retries, 'time')})", "yellow")
    return name


def _source_line(source: SourceRun, titles: Mapping[str, str]) -> str:
    title = escape(titles.get(source.source_id, source.source_id))
    return f"{MARKS[source.status]} {title} {f'[dim]{_gap(source.gap)}[/]' if source.gap else ''}"


def _gap(error: str) -> str:
    return GAPS.get(error, error)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _now() -> datetime:
    return datetime.now(UTC)
