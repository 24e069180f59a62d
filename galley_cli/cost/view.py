"""What something costs, in a terminal."""

import re
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from galley_cli.cost.account import SERVICES, Account
from galley_cli.cost.counts import Count
from galley_cli.cost.reader import Run

BETWEEN = "between states"
NO_ROLE = "no agent"
_MAKER = re.compile(r"^([a-z]+[.])?[a-z]+[.](?=[a-z])")
_DATE = re.compile(r"(-\d{8})?(-v\d+(:\d+)?)?(?=/)")
WHOLE_FROM = 100  # above it, fractions say nothing


def show_workflow(run: Run, account: Account, monthly: Account, console: Console) -> None:
    """Print what a workflow costs by state, role and service, and what stands beside it."""
    console.print(
        f"[bold]{escape(run.workflow_id)}[/] ({escape(run.tenant)}, {run.status}):"
        f" ${account.usd:.4f}, of which ${account.estimated_usd:.4f} rests on estimates",
        highlight=False,
    )
    console.print("\nby state", highlight=False)
    console.print(_sums(account.by(lambda count: count.state or BETWEEN), account.usd))
    console.print("\nby role", highlight=False)
    console.print(_sums(account.by(lambda count: count.role or NO_ROLE), account.usd))
    console.print("\nby service", highlight=False)
    console.print(_units(account))
    console.print(
        f"\nby the month, whatever runs (not in the sum): ${monthly.usd:.2f}", highlight=False
    )
    console.print(_units(monthly))
    show_notes(account, console)


def show_notes(account: Account, console: Console) -> None:
    """Print what has to be said about the sums."""
    console.print("\nFree tiers are not taken off.", highlight=False)
    for note in account.notes:
        console.print(f"[yellow]note:[/] {escape(note)}", highlight=False, soft_wrap=True)


def amount_of(amount: float) -> str:
    """Return an amount with as many digits as say something."""
    whole = amount == int(amount) or amount >= WHOLE_FROM
    return f"{amount:,.0f}" if whole else f"{amount:.3g}"


def unit_of(count: Count) -> str:
    """Return what a count counts, in words: of tokens, the model without its maker and its date."""
    unit = count.unit
    if count.service == "models":
        unit = _MAKER.sub("", _DATE.sub("", unit)).replace("/", " ")
    return unit.replace("_", " ")


def _sums(sums: Mapping[str, float], whole: float) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column(no_wrap=True)
    for name, usd in sums.items():
        share = f"{usd / whole:.0%}" if whole else ""
        table.add_row(f"  {escape(name)}", f"${usd:.6f}", share)
    return table


def _units(account: Account) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, where in (("", "left"), ("", "left"), ("amount", "right"), ("cost", "right")):
        table.add_column(name, justify=where, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("")
    before = ""
    for count, usd in account.units():
        service = "" if count.service == before else f"  {SERVICES[count.service]}"
        before = count.service
        cost = "no price" if usd is None else f"${usd:.6f}"
        how = "" if count.measured else "estimated"
        table.add_row(service, escape(unit_of(count)), amount_of(count.amount), cost, how)
    return table
