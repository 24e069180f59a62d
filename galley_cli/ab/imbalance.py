"""Whether variants got the shares of workflows that they were meant to get."""

import math
from collections.abc import Mapping

SUSPICIOUS = 0.001  # below it shares are not what they should be: nothing else can be believed


def imbalance(counts: Mapping[str, int], shares: Mapping[str, float]) -> float:
    """
    Return a p-value, good at all looks at once, of counts for shares.

    One over the ratio of likelihoods: of shares of which nothing is known (Dirichlet, one half
    each) to the shares that were set.
    """
    half = 0.5
    total, variants = sum(counts.values()), len(shares)
    log_ratio = math.lgamma(half * variants) - math.lgamma(half * variants + total)
    for name, share in shares.items():
        count = counts.get(name, 0)
        log_ratio += math.lgamma(half + count) - math.lgamma(half) - count * math.log(share)
    return math.exp(-max(0.0, log_ratio))
