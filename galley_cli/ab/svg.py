"""Curves as SVG, which a page or a document can hold as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 84, 150, 34, 44
TICKS, LINE = 5, 15
STYLE = 'role="img" font-family="system-ui, sans-serif" font-size="12"'
COLOURS = ("#1f5fa8", "#b3541e", "#2c7a4b", "#7a4b9c", "#8a6d00", "#555555")


@dataclass(frozen=True)
class Curve:
    """A line through points, with a band around it if there is one, and its name at its end."""

    name: str
    points: Sequence[tuple[float, float]]
    band: Sequence[tuple[float, float]] = ()  # low and high, of each point


def drawn(
    title: str,
    axis: str,
    curves: Sequence[Curve],
    reach: tuple[float, float],
    said: Callable[[float], str],
) -> str:
    """Return a picture of curves: `axis` names what goes to the right, `said` what goes up."""
    low, high = reach
    last = max(curve.points[-1][0] for curve in curves)

    def at(x: float, y: float) -> str:
        across = LEFT + x / last * (WIDTH - LEFT - RIGHT)
        up = (
            HEIGHT
            - BOTTOM
            - (min(high, max(low, y)) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)
        )
        return f"{across:.1f},{up:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {STYLE}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 20, title, 'font-weight="bold" font-size="14"'),
        _text((WIDTH + LEFT - RIGHT) / 2, HEIGHT - 8, axis, 'text-anchor="middle"'),
    ]
    for value in ticks(low, high):
        x, y = at(0, value).split(",")
        colour = "#222222" if value == 0 else "#dddddd"
        parts += [
            f'<path d="M{x},{y} H{WIDTH - RIGHT}" stroke="{colour}"/>',
            _text(LEFT - 6, float(y) + 4, said(value), 'text-anchor="end"'),
        ]
    for value in ticks(0, last):
        x = at(value, low).split(",")[0]
        parts.append(_text(float(x), HEIGHT - BOTTOM + 16, f"{value:,.0f}", 'text-anchor="middle"'))
    for curve, colour in zip(curves, COLOURS, strict=False):
        if curve.band:
            xs = [x for x, _ in curve.points]
            lows = [at(x, each[0]) for x, each in zip(xs, curve.band, strict=True)]
            highs = [at(x, each[1]) for x, each in zip(xs, curve.band, strict=True)]
            outline = " ".join([*highs, *reversed(lows)])
            parts.append(f'<polygon points="{outline}" fill="{colour}" opacity="0.18"/>')
        line = " ".join(at(x, y) for x, y in curve.points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
    ends = [float(at(*curve.points[-1]).split(",")[1]) for curve in curves]
    for curve, colour, place in zip(curves, COLOURS, apart(ends), strict=False):
        parts.append(_text(WIDTH - RIGHT + 6, place + 4, curve.name, f'fill="{colour}"'))
    return "\n".join([*parts, "</svg>\n"])


def apart(places: Sequence[float]) -> list[float]:
    """Return where names stand that would lie upon each other: those below move down."""
    found, free = [0.0] * len(places), 0.0
    # of two at the same height the later one, which rose sooner, is above
    for place, index in sorted((place, -index) for index, place in enumerate(places)):
        found[-index] = max(place, free)
        free = found[-index] + LINE
    return found


def ticks(low: float, high: float) -> list[float]:
    """Return round numbers between two."""
    rough = (high - low) / TICKS
    power = 10 ** floor(log10(rough))
    step = next(power * each for each in (1, 2, 5, 10) if power * each >= rough)
    first = -floor(-low / step)
    return [round(step * each, 10) for each in range(first, floor(high / step) + 1)]


def _text(x: float, y: float, text: str, how: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {how}>{escape(text)}</text>'
