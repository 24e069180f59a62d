"""The sizes as bars: what a month costs beside the seed's figure, and what of it is models."""

from collections.abc import Sequence
from html import escape

from galley_cli.ab.svg import COLOURS, STYLE
from galley_cli.cost.monthly import Month

WIDTH, HEIGHT = 720, 250
LEFT, RIGHT, TOP, ROW, BAR = 60, 150, 62, 54, 26
TITLE = 'font-weight="bold" font-size="14"'
PARTS = ("Models", "Other services", "The seed's figure", "The goal")
WHOLE = 1.0


def drawn(months: Sequence[Month]) -> str:
    """Return a picture in which the seed's figure of each size is as long as any other's."""
    reach = max(WHOLE, *(month.usd / month.size.seed_usd for month in months)) * 1.02

    def wide(share: float) -> float:
        return share / reach * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {STYLE}>',
        "<title>What a month costs, beside the seed's figures</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 20, "A month of each size, as a share of the seed's figure", TITLE),
        *_legend(),
    ]
    for number, month in enumerate(months):
        top, seed = TOP + number * ROW, month.size.seed_usd
        models = month.lines()["Models"] / seed
        goal = LEFT + wide(month.size.goal_usd / seed)
        parts += [
            _text(LEFT - 12, top + 18, month.size.name, f'{TITLE} text-anchor="end"'),
            _bar(LEFT, top, wide(WHOLE), "#e4e4e4"),
            _bar(LEFT, top, wide(models), COLOURS[0]),
            _bar(LEFT + wide(models), top, wide(month.usd / seed - models), COLOURS[1]),
            f'<path d="M{goal:.1f},{top - 4} v{BAR + 8}" stroke="#222222" stroke-width="2"/>',
            _text(WIDTH - RIGHT + 8, top + 12, f"${month.usd:,.0f} of ${seed:,.0f}"),
            _text(WIDTH - RIGHT + 8, top + 27, f"goal ${month.size.goal_usd:,.0f}"),
        ]
    return "\n".join([*parts, "</svg>\n"])


def _legend() -> list[str]:
    parts, left = [], LEFT
    for name, colour in zip(PARTS, (*COLOURS[:2], "#e4e4e4", "#222222"), strict=True):
        thin = 2 if name == PARTS[-1] else 12
        parts.append(f'<rect x="{left}" y="34" width="{thin}" height="12" fill="{colour}"/>')
        parts.append(_text(left + 18, 45, name))
        left += 30 + 8 * len(name)
    return parts


def _bar(left: float, top: float, width: float, colour: str) -> str:
    place = f'x="{left:.1f}" y="{top}" width="{max(0.0, width):.1f}" height="{BAR}"'
    return f'<rect {place} fill="{colour}"/>'


def _text(x: float, y: float, text: str, how: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {how}>{escape(text)}</text>'
