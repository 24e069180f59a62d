"""The generated part of `docs/cost.md`: tables of the sizes, made from measured counts alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from galley.ledger.prices import prices

from galley_cli.cost.account import SERVICES
from galley_cli.cost.counts import Count
from galley_cli.cost.monthly import WHAT_IF, Month, months
from galley_cli.cost.prices import KNOWN_REGION, sources
from galley_cli.cost.sizes import SEED_LINES
from galley_cli.cost.view import NO_ROLE, amount_of, unit_of

BEGIN, END = "<!-- made by `make cost`: begin -->", "<!-- made by `make cost`: end -->"
MILLION = 10**6


class PageError(Exception):
    """A page cannot be written; the message says what to do."""


def renewed(page: str, measured: Mapping[str, Any]) -> str:
    """Return a page with what is between its marks made anew."""
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise PageError(f"the page has no marks {BEGIN} and {END}: put them where tables go")
    return f"{before}{BEGIN}\n\n{made(measured)}\n{END}{after}"


def made(measured: Mapping[str, Any]) -> str:
    """Return the tables as Markdown."""
    base = months(measured)
    parts = [
        *_sizes(base),
        *_lines(base),
        *_roles(base),
        *_what_if(measured),
        *_workflow(measured),
        *_units(base),
    ]
    return "\n".join(parts) + "\n"


def _sizes(base: Sequence[Month]) -> Iterator[str]:
    yield from _table(
        ("size", "workflows a month", "tasks each", "the seed", "here", "share", "goal", "met"),
        (
            (
                month.size.name,
                f"{month.size.workflows:,}",
                f"{month.tasks:g} (seed: {month.size.tasks})",
                _usd(month.size.seed_usd),
                f"**{_usd(month.usd)}**",
                f"{month.usd / month.size.seed_usd:.0%}",
                _usd(month.size.goal_usd),
                "yes" if month.is_met else "**no**",
            )
            for month in base
        ),
    )


def _lines(base: Sequence[Month]) -> Iterator[str]:
    yield "### Line by line"
    yield ""
    rows = [
        (line, _usd(seed), *(_usd(month.lines()[line]) for month in reversed(base)))
        for line, seed in SEED_LINES.items()
    ]
    sums = (_usd(sum(SEED_LINES.values())), *(_usd(month.usd) for month in reversed(base)))
    names = [f"{month.size.name} here" for month in reversed(base)]
    yield from _table(("line", "M, the seed", *names), [*rows, ("sum", *sums)])


def _what_if(measured: Mapping[str, Any]) -> Iterator[str]:
    yield "### What if"
    yield ""
    base = months(measured)
    found = {"as above": base} | {what: months(measured, how) for what, how in WHAT_IF.items()}
    rows = (
        (what, *(_usd(each.usd) + ("" if each.is_met else " (over)") for each in sizes))
        for what, sizes in found.items()
    )
    yield from _table(("", *(month.size.name for month in base)), rows)
    for index, month in enumerate(base):
        if not month.is_met:
            yield _missed(month, [what for what, sizes in found.items() if sizes[index].is_met])
            yield ""


def _missed(month: Month, reached_by: Sequence[str]) -> str:
    models = month.lines()["Models"] / month.usd
    over = f"**{month.size.name} is {_usd(month.usd - month.size.goal_usd)} over its goal.** "
    why = f"Models are {models:.0%} of it"
    if not reached_by:
        return f"{over}{why}, and nothing in this table reaches the goal."
    return f"{over}{why}; what would reach the goal: {'; or '.join(reached_by)}."


def _roles(base: Sequence[Month]) -> Iterator[str]:
    yield "### By role"
    yield ""
    sums = [month.account.by(lambda count: count.role or NO_ROLE) for month in base]
    rows = ((role, *(_usd(each[role]) for each in sums)) for role in sums[-1])
    yield from _table(("role", *(month.size.name for month in base)), rows)


def _workflow(measured: Mapping[str, Any]) -> Iterator[str]:
    yield "### What was measured of a workflow"
    yield ""
    shapes = {
        (shape["sources"], shape["rejections"]): shape
        for size in measured["sizes"].values()
        for shape in size
    }
    rows = []
    for (number, rejections), shape in shapes.items():
        sums: dict[str, float] = {}
        for count in shape["counts"]:
            unit = count["unit"].rpartition("/")[2]
            key = f"{count['service']}.{unit}"
            sums[key] = sums.get(key, 0.0) + count["amount"]
        turns = sum(agent["turns"] for agent in shape["agents"].values())
        rows.append(
            (
                f"{number} sources, {rejections} rejections",
                f"{shape['tasks']}",
                f"{sums['step-functions.transitions']:g}",
                f"{sums['lambda.requests']:g}",
                f"{sums['dynamodb.write_units']:g}",
                f"{sums['s3.put_requests']:g} and {sums['s3.get_requests']:g}",
                f"{turns:g}",
                f"{sums['models.input']:,.0f}",
                f"{sums['models.output']:,.0f}",
            )
        )
    titles = ("workflow", "tasks", "transitions", "invocations", "write units", "S3 puts and gets")
    yield from _table((*titles, "agents' turns", "tokens read", "tokens said"), rows)


def _units(base: Sequence[Month]) -> Iterator[str]:
    middle = base[1]
    yield f"### Counts and prices of {middle.size.name}"
    yield ""
    rows = []
    for count, usd in middle.account.units():
        price = _price(count, usd)
        rows.append(
            (
                SERVICES[count.service],
                unit_of(count),
                amount_of(count.amount),
                f"${price['usd']:,g} for {price['per']:,}",
                "no price" if usd is None else f"${usd:,.2f}",
                "measured" if count.measured else "estimated",
                f"{price['source']}, {price['date']}",
            )
        )
    yield f"By the month, in {KNOWN_REGION}; free tiers are not taken off."
    yield ""
    yield from _table(("service", "unit", "amount", "price", "cost", "how", "price's source"), rows)


def _price(count: Count, usd: float | None) -> dict[str, Any]:
    if count.service != "models":
        return sources()[count.key]
    listed = prices()
    million = round((usd or 0) / count.amount * MILLION, 6)
    source = f"the ledger's: {listed['source'].partition(',')[0]}"
    return {"usd": million, "per": MILLION, "source": source, "date": listed["date"]}


def _table(titles: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    names = list(titles)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _usd(usd: float) -> str:
    return f"${usd:,.0f}" if usd >= 100 else f"${usd:,.2f}"  # noqa: PLR2004  # three digits
