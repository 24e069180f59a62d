"""The outline: runs of sentences gathered into sections by what they speak of."""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from galley_local.extractive.facts import Fact, likeness
from galley_local.extractive.headings import name_all
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, weight

Run = list[Fact]

_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b")
_LONGEST_RUN = 4
_SAME_SOURCE = 0.2  # runs of one source lean to one section
_KINDRED = 0.12  # groups more alike than this are one section even if there is room for two
_FOREIGN = 0.06  # groups less alike than this are never one section
_FEWEST = 3  # sections
_FACTS = 6  # in a section, about
_SMALLEST = 3  # sentences in a section
_LONG = 24  # sentences: a shorter report may have smaller sections


@dataclass
class Section:
    """A heading and the facts under it."""

    heading: str
    facts: list[Fact] = field(default_factory=list)

    @property
    def score(self) -> float:
        """How much the section matters: its three best facts."""
        best = sorted((fact.score for fact in self.facts), reverse=True)[:3]
        return sum(best) / 3


def outline(topic: Topic, facts: list[Fact], every: list[Fact], limit: int) -> list[Section]:
    """Return the facts in at most `limit` sections, the most important first."""
    most = max(_FEWEST, min(limit, round(len(facts) / _FACTS)))
    groups = _cluster(_confronted(runs_of(facts)), most, limit)
    groups.sort(key=lambda group: (-_weight_of(group), group[0][0].source, group[0][0].place))
    names = name_all(topic, [_flat(group) for group in groups], every)
    fallback = topic.text[:1].upper() + topic.text[1:]
    made: list[Section] = []
    for name, group in zip(names, groups, strict=True):
        ordered = _flat(_in_order(group, name))
        if not name and made:
            made[-1].facts += ordered
        else:
            made.append(Section(name or fallback, ordered))
    return made


def runs_of(facts: list[Fact]) -> list[Run]:
    """Return facts in runs: neighbours among the claims of one source stay together."""
    runs: list[Run] = []
    for fact in sorted(facts, key=lambda one: (one.source, one.place)):
        last = runs[-1][-1] if runs else None
        follows = last and last.source == fact.source and fact.place - last.place == 1
        if follows and len(runs[-1]) < _LONGEST_RUN:
            runs[-1].append(fact)
        else:
            runs.append([fact])
    return runs


def in_reading_order(facts: list[Fact], heading: str) -> list[Fact]:
    """Return facts in an order that reads well: by time where they are dated, else by kinship."""
    return _flat(_in_order(runs_of(facts), heading))


def _cluster(runs: list[Run], most: int, limit: int) -> list[list[Run]]:
    """Join the most alike groups until about `most` are left, none of them half of the report."""
    vectors = _vectors(runs)
    alike = [[_similarity(runs, vectors, a, b) for b in range(len(runs))] for a in range(len(runs))]
    groups = [[number] for number in range(len(runs))]
    cap = max(6, math.ceil(1.7 * sum(map(len, runs)) / most))
    while len(groups) > 1:
        best: tuple[float, int, int] | None = None
        for first in range(len(groups)):
            for second in range(first + 1, len(groups)):
                size = sum(len(runs[n]) for n in groups[first] + groups[second])
                value = sum(alike[a][b] for a in groups[first] for b in groups[second])
                value /= len(groups[first]) * len(groups[second])
                value -= 1.0 if size > cap else 0.01 * size
                if best is None or value > best[0] + 1e-9:
                    best = (value, first, second)
        few = len(groups) <= most
        if best is None or (len(groups) <= limit and best[0] < (_KINDRED if few else _FOREIGN)):
            break
        _, first, second = best
        groups[first] += groups.pop(second)
    homes = _without_strays(groups, runs, alike)
    return [[runs[number] for number in group] for group in homes]


def _without_strays(
    groups: list[list[int]], runs: list[Run], alike: list[list[float]]
) -> list[list[int]]:
    """Take in a group too small for a section where its source is not cited yet, or drop it."""
    smallest = _SMALLEST if sum(map(len, runs)) >= _LONG else _SMALLEST - 1
    kept = [group for group in groups if sum(len(runs[n]) for n in group) >= smallest]
    if not kept:
        return groups
    cited = {runs[number][0].source for group in kept for number in group}
    for group in groups:
        if group not in kept and {runs[number][0].source for number in group} - cited:
            home = max(kept, key=lambda one: max(alike[a][b] for a in one for b in group))
            home += group
    return kept


def _vectors(runs: list[Run]) -> list[dict[str, float]]:
    told = Counter((fact.source, one) for run in runs for fact in run for one in fact.stems)
    counts: list[defaultdict[str, float]] = []
    for run in runs:
        count: defaultdict[str, float] = defaultdict(float)
        for fact in run:
            for one in fact.stems:
                # What the rest of its source speaks of says what a short run is about.
                count[one] += 0.6 + 0.5 * math.log(told[fact.source, one])
        for one in content_stems(run[0].title):
            count[one] += 1
        counts.append(count)
    held = Counter(one for count in counts for one in count)
    vectors = []
    for count in counts:
        vector = {
            one: weight(one) * math.sqrt(number) * math.log((1 + len(runs)) / held[one])
            for one, number in count.items()
            if not one.isdigit()
        }
        norm = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors.append({one: value / norm for one, value in vector.items()})
    return vectors


def _similarity(runs: list[Run], vectors: list[dict[str, float]], a: int, b: int) -> float:
    if a == b:
        return 0.0
    small, large = sorted((vectors[a], vectors[b]), key=len)
    value = sum(number * large.get(one, 0.0) for one, number in small.items())
    value += _SAME_SOURCE * (runs[a][0].source == runs[b][0].source)
    return value


def _in_order(runs: list[Run], heading: str) -> list[Run]:
    named = set(content_stems(heading))

    def opens(run: Run) -> float:
        # A section begins with what its heading promises.
        spoken = {one for fact in run for one in fact.stems}
        return _best(run) + len(named & spoken) / max(1, len(named))

    rest = sorted(runs, key=lambda run: (-opens(run), run[0].source, run[0].place))
    if sum(bool(_year(run)) for run in runs) >= 0.6 * len(runs):
        undated = [run for run in rest if not _year(run)]
        return [*undated, *sorted((run for run in rest if _year(run)), key=_year)]
    ordered = [rest.pop(0)] if rest else []
    while rest:
        near = max(rest, key=lambda run: (_kinship(ordered[-1], run), -rest.index(run)))
        rest.remove(near)
        ordered.append(near)
    return ordered


def _kinship(run: Run, other: Run) -> float:
    near = max(likeness(a, b) for a in run for b in other)
    return near + 0.1 * (run[-1].source == other[0].source)


def _confronted(runs: list[Run]) -> list[Run]:
    """Put each sentence that contradicts one of another source right behind it."""
    for run in runs:
        for fact in list(run):
            for other in runs:
                against = next((one for one in other if _disagree(one, fact)), None)
                if other is not run and against:
                    other.remove(against)
                    run.insert(run.index(fact) + 1, against)
    return [run for run in runs if run]


def _disagree(one: Fact, other: Fact) -> bool:
    return one.source != other.source and one.statement.disagrees(other.statement)


def _year(run: Run) -> int:
    return min((int(year) for fact in run for year in _YEAR.findall(fact.text)), default=0)


def _best(run: Run) -> float:
    return max(fact.score for fact in run)


def _weight_of(group: list[Run]) -> float:
    best = sorted((fact.score for run in group for fact in run), reverse=True)[:4]
    return sum(best) / 4


def _flat(runs: list[Run]) -> list[Fact]:
    return [fact for run in runs for fact in run]
