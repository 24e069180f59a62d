"""Bars as SVG: a median each, and a line from quartile to quartile."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP, STEP, THICK = 760, 320, 80, 40, 26, 16
STYLE = 'role="img" font-family="system-ui, sans-serif" font-size="12"'
OWN, OTHERS = "#1f5fa8", "#9a9a9a"


@dataclass(frozen=True)
class Bar:
    """What is measured, its quartiles and its median."""

    name: str
    low: float
    middle: float
    high: float


def drawn(title: str, unit: str, bars: Sequence[Bar], own: str = "Galley") -> str:
    """Return a picture of bars; those whose name begins with `own` stand out."""
    most, height = max(bar.high for bar in bars), TOP + STEP * len(bars) + 10

    def at(value: float) -> float:
        return LEFT + value / most * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {STYLE}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="22" font-weight="bold" font-size="14">{escape(title)}</text>',
    ]
    for place, bar in enumerate(bars):
        top = TOP + place * STEP
        middle, colour = top + THICK / 2, OWN if bar.name.startswith(own) else OTHERS
        left = f'x="{LEFT - 8}" y="{middle + 4:.0f}" text-anchor="end"'
        size = f'width="{at(bar.middle) - LEFT:.1f}" height="{THICK}"'
        right = f'x="{at(bar.high) + 6:.1f}" y="{middle + 4:.0f}"'
        parts += [
            f"<text {left}>{escape(bar.name)}</text>",
            f'<rect x="{LEFT}" y="{top}" {size} fill="{colour}"/>',
            f'<path d="M{at(bar.low):.1f},{middle:.0f} H{at(bar.high):.1f}" stroke="#222222"/>',
            f"<text {right}>{bar.middle:,.0f} {unit}</text>",
        ]
    return "\n".join([*parts, "</svg>\n"])
