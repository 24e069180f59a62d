"""
Numbers and dates in a text, however they are written, as values that can be compared.

`1,200`, `1 200`, `1.2 thousand` and `twelve hundred` are one number; `12 May 1823`,
`May 12, 1823` and `1823-05-12` are one date. What can be read in two ways (`1.200`, `03/04/1823`)
has both values.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from galley.citations.numerals import SPELLED, values_of_words

_MONTH_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
    "september sept sep|october oct|november nov|december dec"
)
_MONTHS = {
    name: number
    for number, names in enumerate(_MONTH_NAMES.split("|"), start=1)
    for name in names.split()
}
_MONTH = rf"(?P<m>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"(?P<d>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<y>[12]\d{3})(?!\d)"
_DATES = [
    re.compile(pattern, re.I | re.A)
    for pattern in (
        rf"(?<!\d){_DAY}\s+(?:of\s+)?{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"\b{_MONTH}\s+(?:the\s+)?{_DAY},?\s+{_YEAR}",
        rf"(?<!\d){_YEAR}-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?!\d)",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"(?<![\d.,]){_DAY}\s+(?:of\s+)?{_MONTH}",
        rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}(?![\d.,]*\d)",
    )
]
_SLASHED = re.compile(r"(?<![\d/.])([0-3]?\d)([/.])([0-3]?\d)\2([12]\d{3})(?![\d/])", re.A)
_NUMBER = re.compile(
    r"(?<!\d)(?<!\d[.,])(?:\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}){1,4}(?!\d)(?![.,]?\d)"
    r"|\d+(?:[.,'’\u066b\u066c]\d+)*)"
)
_SCALE = re.compile(r"[\s\u00a0-]{0,2}(hundred|thousand|million|billion|trillion)\b", re.I)
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_DECADE = re.compile(r"['’]?s\b")
_CENTURY = re.compile(r"(?:st|nd|rd|th)?[\s\u00a0-]{1,2}centur", re.I)
_RANGE = re.compile(r"([12]\d{3})\s?[-–/]\s?$")
# Digits of other shapes, such as ⑨; behind a letter or a digit they are an exponent or a note.
_SHAPES = re.compile(
    r"(?<![\w)])[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c"
    r"\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792]+"
)
# What is attached may be a scale or a unit: `20k`, `5m`; both are read.
_SHORT_SCALE = re.compile(r"(k|m|bn|tn)\b|[\s\u00a0](bn|tn)\b", re.I)
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}
_LONGEST = 40  # characters of a number that is read as a value
_HUNDREDS = 100

Day = tuple[int, int, int]  # year, month, day; 0 stands for what is not said


@dataclass(frozen=True)
class Figure:
    """
    A number or date of a text: any one of its values, or a year in its span, bears it out.

    `is_word` where it is spelled out: a count may be the writer's own.
    """

    said: str
    start: int
    values: tuple[tuple[str, ...], ...] = ()
    days: tuple[Day, ...] = ()
    span: tuple[int, int] | None = None
    is_word: bool = False


def figures_in(text: str) -> Iterator[Figure]:
    """Yield the dates of a text, then its other numbers."""
    dates = sorted([*_dates_in(text), *_slashed_in(text)], key=lambda figure: figure.start)
    yield from dates
    rest = _without(text, dates)
    numbers = list(_numbers_in(rest))
    yield from numbers
    yield from _shaped_in(rest)
    yield from _spelled_in(_without(rest, numbers))


def _without(text: str, figures: list[Figure]) -> str:
    pieces, read = [], 0
    for figure in figures:
        end = figure.start + len(figure.said)
        if figure.start >= read:
            pieces += [text[read : figure.start], " " * len(figure.said)]
            read = end
    return "".join([*pieces, text[read:]])


def _dates_in(text: str) -> list[Figure]:
    found: list[Figure] = []
    taken: set[int] = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = parts["m"].lower()
            number = _MONTHS.get(month) or int(month)
            day = (int(parts.get("y") or 0), number, int(parts.get("d") or 0))
            is_free = match.start() not in taken
            if is_free and 1 <= number <= 12 and parts.get("d") not in {"0", "00"} and day[2] <= 31:  # noqa: PLR2004
                taken.update(range(match.start(), match.end()))
                found.append(Figure(match[0], match.start(), days=(day,)))
    return found


def _slashed_in(text: str) -> Iterator[Figure]:
    for match in _SLASHED.finditer(text):
        one, _, other, year = match.groups()
        orders = ((int(year), int(other), int(one)), (int(year), int(one), int(other)))
        days = tuple(day for day in orders if 1 <= day[1] <= 12 and 1 <= day[2] <= 31)  # noqa: PLR2004
        if days:
            yield Figure(match[0], match.start(), days=days)


def _numbers_in(text: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if len(match[0]) > _LONGEST:
            yield Figure(match[0], start, values=((re.sub(r"\D", "", match[0]),),))
            continue
        readings: list[tuple[str, ...]] = [(value,) for value in _readings(match[0])]
        groups = match[0].split()
        if len(groups) > 1:  # `1 200`, or two numbers side by side
            readings.append(tuple(plain(group) for group in groups))
        if scale := _SCALE.match(text, end):
            end = scale.end()
            readings = [(_times(readings[0][0], _SCALES[scale[1].lower()]),)]
        elif short := _SHORT_SCALE.match(text, end):
            end = short.end()
            scale_name = (short[1] or short[2]).lower()
            readings.append((_times(readings[0][0], _SHORT_SCALES[scale_name]),))
        before = _RANGE.search(text[max(0, start - 8) : start])
        if before and match[0].isdecimal() and len(match[0]) < len(before[1]):
            full = before[1][: -len(match[0])] + match[0]
            readings.insert(0, (plain(full),))
        span = None
        if match[0].isdecimal() and match[0].endswith("0") and _DECADE.match(text, end):
            span = (int(match[0]), int(match[0]) + 9)
        elif match[0].isdecimal() and _CENTURY.match(text, end) and len(match[0]) <= 2:  # noqa: PLR2004
            span = _century(int(match[0]))
        yield Figure(text[start:end], start, values=tuple(readings), span=span)


def _shaped_in(text: str) -> Iterator[Figure]:
    for match in _SHAPES.finditer(text):
        value = "".join(str(unicodedata.digit(each)) for each in match[0])
        yield Figure(match[0], match.start(), values=((plain(value[:_LONGEST]),),), is_word=True)


def _spelled_in(text: str) -> Iterator[Figure]:
    for match in SPELLED.finditer(text):
        for value in values_of_words(match[0]):
            is_century = bool(_CENTURY.match(text, match.end()))
            span = _century(value) if is_century else None
            yield Figure(match[0], match.start(), ((str(value),),), span=span, is_word=True)


def _century(number: int) -> tuple[int, int]:
    return ((number - 1) * _HUNDREDS, number * _HUNDREDS)


def _readings(raw: str) -> list[str]:
    """Return the values that a number in digits may have, the likeliest first."""
    bare = re.sub(r"[\s'’\u066c]", "", raw).replace("\u066b", ".")
    separators = re.sub(r"\d", "", bare)
    if not separators:
        return [plain(bare)]
    first, *rest = re.split(r"[.,]", bare)
    if len(set(separators)) > 1:  # the last one is the decimal mark, or it is a list
        thousands, mark = separators[0], separators[-1]
        if separators.count(mark) > 1 or thousands == mark:
            return [plain(group) for group in (first, *rest)]
        return [plain(bare.replace(thousands, "").replace(mark, "."))]
    if all(len(group) == 3 for group in rest) and len(first) <= 3 and first.strip("0"):  # noqa: PLR2004
        whole = plain(first + "".join(rest))
        return [whole] if separators[0] == "," or len(rest) > 1 else [plain(bare), whole]
    if len(rest) > 1:
        return [bare] if separators[0] == "." else [plain(group) for group in (first, *rest)]
    return [plain(f"{first}.{rest[0]}")]


def plain(number: str) -> str:
    """Return a number in digits without leading zeros; `3.10` is not `3.1`, but `3.0` is `3`."""
    whole, _, decimals = number.partition(".")
    whole = str(int(whole)) if whole else "0"
    if not decimals.strip("0٠"):
        return whole
    return f"{whole}.{''.join(str(int(digit)) for digit in decimals)}"


def _times(value: str, scale: int) -> str:
    try:
        return format((Decimal(value) * scale).normalize(), "f")
    except ArithmeticError:
        return value  # a version, such as 1.2.3
