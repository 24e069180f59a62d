"""How something grows: the power of its size that it grows with."""

from collections.abc import Iterable
from math import log
from statistics import linear_regression, quantiles


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """Return the slope of a line through sizes and figures, both as logarithms: 1 is in step."""
    sizes, figures = zip(*points, strict=True)
    return linear_regression([*map(log, sizes)], [*map(log, figures)]).slope


def quartiles(figures: Iterable[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    low, middle, high = quantiles(figures, n=4, method="inclusive")
    return low, middle, high
