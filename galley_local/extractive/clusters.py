"""Clusters: runs of sentences that speak of the same things, each the matter of a section."""

import math
from collections import Counter, defaultdict
from itertools import combinations

from galley_local.extractive.facts import Fact
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, weight

Run = list[Fact]

_SAME_SOURCE = 0.2  # runs of one source lean to one section
_COHESIVE = 0.12  # likeness of a source's runs that shows it has one subject
_KINDRED = 0.12  # groups more alike than this are one section even if there is room for two
_FOREIGN = 0.05  # groups less alike than this are never one section
_SMALLEST = 3  # sentences in a section
_OFTEN = 3  # claims that hold a word make it one of its source
_COMMON = 0.7  # what all runs speak of still counts a little: `lens` where lenses are the subject
_LARGEST = 1.7  # times the average is the largest section
_LARGER = 0.004  # of likeness each sentence costs that a section has: large ones attract less
_FITS = 0.1  # likeness to some run of a section that takes a stray in
_BEST = 4  # facts show what a section is worth
_FEWEST = 4  # sections that a report has, however little the last of them is worth
_WORTH = 0.55  # of the best section's weight, where there are enough sections
_LONG = 24  # sentences: a shorter report may have smaller sections


def cluster(
    topic: Topic, runs: list[Run], every: list[Fact], most: int, limit: int
) -> list[list[Run]]:
    """
    Join the most alike groups until about `most` are left, none of them half of the report.

    `every` is all that could be said: it shows what a source is about.
    """
    vectors = _vectors(topic, runs, every)
    alike = [[_similarity(runs, vectors, a, b) for b in range(len(runs))] for a in range(len(runs))]
    groups = [[number] for number in range(len(runs))]
    cap = max(6, math.ceil(_LARGEST * sum(map(len, runs)) / most))
    _join(groups, runs, alike, most, cap)
    smallest = _SMALLEST if sum(map(len, runs)) >= _LONG else _SMALLEST - 1
    if smallest == _SMALLEST:
        _grow(groups, runs, every)
        _join(groups, runs, alike, limit, cap)
    homes = _without_strays(groups, runs, alike, smallest)
    # What fits nowhere is left out, the least important first: a section speaks of one thing.
    homes.sort(key=lambda group: -weight_of([runs[number] for number in group]))
    made = [[runs[number] for number in group] for group in homes[:limit]]
    least = _WORTH * weight_of(made[0]) if made else 0.0
    return [
        group for place, group in enumerate(made) if place < _FEWEST or weight_of(group) >= least
    ]


def _join(
    groups: list[list[int]], runs: list[Run], alike: list[list[float]], most: int, cap: int
) -> None:
    """Join the two most alike groups again and again, as long as they are alike enough."""
    while len(groups) > 1:
        best, first, second = -1.0, 0, 0
        for a, b in combinations(range(len(groups)), 2):
            size = sum(len(runs[number]) for number in groups[a] + groups[b])
            value = sum(alike[one][other] for one in groups[a] for other in groups[b])
            value /= len(groups[a]) * len(groups[b])
            value -= 1.0 if size > cap else _LARGER * size
            if value > best + 1e-9:
                best, first, second = value, a, b
        if best < (_KINDRED if len(groups) <= most else _FOREIGN):
            return
        groups[first] += groups.pop(second)


def _grow(groups: list[list[int]], runs: list[Run], every: list[Fact]) -> None:
    """Let what is too small for a section make one of its own source, with its next best claims."""
    used = {id(fact) for run in runs for fact in run}
    small: dict[int, list[int]] = {}
    for group in [one for one in groups if sum(len(runs[n]) for n in one) < _SMALLEST]:
        groups.remove(group)
        for number in group:
            small.setdefault(runs[number][0].source, []).append(number)
    cited = {runs[number][0].source for group in groups for number in group}
    for source, group in small.items():
        groups.append(group)
        missing = _SMALLEST - sum(len(runs[number]) for number in group)
        if missing > 0 and source not in cited:
            more = [one for one in every if one.source == source and id(one) not in used]
            more.sort(key=lambda one: (-one.score, one.place))
            run = runs[group[0]]
            run += more[:missing]
            run.sort(key=lambda one: one.place)


def weight_of(group: list[Run]) -> float:
    """Return how much a group matters: its best facts, and what it says on the whole."""
    scores = sorted((fact.score for run in group for fact in run), reverse=True)
    return sum(scores[:_BEST]) / _BEST + sum(scores) / len(scores)


def _without_strays(
    groups: list[list[int]], runs: list[Run], alike: list[list[float]], smallest: int
) -> list[list[int]]:
    """Take a group too small for a section into the one that it fits, or leave it out."""
    kept = [group for group in groups if sum(len(runs[n]) for n in group) >= smallest]
    short = smallest < _SMALLEST  # a short report has no room to leave a source out
    if not kept:
        return groups
    cited = {runs[number][0].source for group in kept for number in group}
    for group in groups:
        if group not in kept and {runs[number][0].source for number in group} - cited:
            fit = [max(alike[a][b] for a in home for b in group) for home in kept]
            if max(fit) >= _FITS or short:
                home = kept[fit.index(max(fit))]
                home += group
    return kept


def _vectors(topic: Topic, runs: list[Run], every: list[Fact]) -> list[dict[str, float]]:
    told = Counter((fact.source, one) for fact in every for one in fact.stems)
    often: defaultdict[int, list[str]] = defaultdict(list)
    for (source, one), times in told.items():
        if times >= _OFTEN:
            often[source].append(one)
    counts: list[defaultdict[str, float]] = []
    for run in runs:
        count: defaultdict[str, float] = defaultdict(float)
        for fact in run:
            for one in fact.stems:
                count[one] += 0.6 + 0.5 * math.log(max(1, told[fact.source, one]))
        # What the rest of its source speaks of says what a short run is about.
        for one in often[run[0].source]:
            count[one] += 0.5 * told[run[0].source, one] ** 0.5
        for one in content_stems(run[0].title):
            count[one] += 1
        counts.append(count)
    held = Counter(one for count in counts for one in count)
    vectors = []
    for count in counts:
        vector = {
            one: weight(one) * math.sqrt(number) * math.log(_COMMON + len(runs) / held[one])
            for one, number in count.items()
            if not one.isdigit() and one not in topic.weights
        }
        norm = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors.append({one: value / norm for one, value in vector.items()})
    return vectors


def _similarity(runs: list[Run], vectors: list[dict[str, float]], a: int, b: int) -> float:
    if a == b:
        return 0.0
    small, large = sorted((vectors[a], vectors[b]), key=len)
    value = sum(number * large.get(one, 0.0) for one, number in small.items())
    if runs[a][0].source == runs[b][0].source:
        # Only a source that keeps to its subject makes a section: a miscellany falls apart.
        value += _SAME_SOURCE * min(1.0, value / _COHESIVE)
    return value
