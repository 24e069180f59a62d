"""Selection: which facts a report of some length is made of."""

from collections import Counter

from galley_local.extractive.facts import Fact, likeness

_REDUNDANCY = 0.6
_FAIRNESS = 0.9  # each further sentence of one source counts that much less
_BESIDE = 1.25  # a sentence next to a chosen one reads better than one from elsewhere


def select(facts: list[Fact], length: int) -> list[Fact]:
    """Return the facts for about `length` words: important, different, from all sources."""
    left = sorted(facts, key=lambda fact: (-fact.score, fact.source, fact.place))
    best = left[0].score if left else 0.0
    worth = [fact for fact in left if fact.score >= 0.25 * best]
    alike = {id(fact): 0.0 for fact in worth}
    used: Counter[int] = Counter()
    places: set[tuple[int, int]] = set()
    chosen: list[Fact] = []

    def gain(fact: Fact) -> float:
        beside = {(fact.source, fact.place - 1), (fact.source, fact.place + 1)} & places
        fresh = _BESIDE if beside else 1 - _REDUNDANCY * alike[id(fact)]
        fair = _FAIRNESS ** used[fact.source] if used[fact.source] else 1.5
        return fact.score * fresh * fair

    while worth and sum(fact.length for fact in chosen) < length:
        pick = max(worth, key=gain)
        # Its best neighbour comes with it: a sentence alone has no flow.
        beside = [
            fact
            for fact in worth
            if fact.source == pick.source
            and abs(fact.place - pick.place) == 1
            and (fact.score >= 0.5 * pick.score or fact is pick.needs)
        ]
        beside.sort(key=lambda fact: (fact is not pick.needs, -fact.score))
        for taken in [pick, *beside[:1]]:
            worth.remove(taken)
            chosen.append(taken)
            used[taken.source] += 1
            places.add((taken.source, taken.place))
            for fact in worth:
                alike[id(fact)] = max(alike[id(fact)], likeness(fact, taken))
    return chosen
