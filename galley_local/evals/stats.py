"""
The few statistics that the evals need, exact where they can be.

* Wilson's interval for a share: right for few cases, and for shares near 0 and 1, where the usual
  one (share ± 1.96 standard errors) is not.
* McNemar's test, exact and one-sided: of the cases whose outcome has changed, are more lost than a
  fair coin would lose? Cases that stayed as they were say nothing of a change, and do not count.
* Holm's correction: several graders look at one role, and each look may alarm by chance.

They are a dozen lines: a statistics package would be a hundred times the size of all this.
"""

from collections.abc import Mapping
from math import comb, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
LEVEL = 0.05  # of false alarms for a role, all of its graders together


def wilson(passed: int, count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval for a share of which `passed` of `count` were seen (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = passed / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / count + spread / (4 * count))
    low = 0.0 if passed == 0 else max(0.0, middle - half)
    return low, 1.0 if passed == count else min(1.0, middle + half)


def chance_of_losing(lost: int, won: int) -> float:
    """Return how likely so many lost cases are, or more, if each change is a fair coin's."""
    changed = lost + won
    tail = sum(comb(changed, count) for count in range(lost, changed + 1))
    return float(tail / 2**changed)


def holm(chances: Mapping[str, float]) -> dict[str, float]:
    """Return chances corrected for being several (Holm 1979); each stays at most 1."""
    corrected: dict[str, float] = {}
    highest = 0.0
    for place, name in enumerate(sorted(chances, key=lambda each: (chances[each], each))):
        highest = max(highest, min(1.0, (len(chances) - place) * chances[name]))
        corrected[name] = highest
    return corrected
