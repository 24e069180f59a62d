"""The outline: runs of sentences gathered into sections by what they speak of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from galley_local.extractive.clusters import Run, cluster, weight_of
from galley_local.extractive.facts import Fact, likeness
from galley_local.extractive.headings import name_all
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems

_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b")
_LONGEST_RUN = 4
_FEWEST = 3  # sections
_FACTS = 6  # in a section, about


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
    groups = cluster(topic, _confronted(runs_of(facts)), every, most, limit)
    groups.sort(key=lambda group: (-weight_of(group), group[0][0].source, group[0][0].place))
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


def facts_of(sections: Iterable[Section]) -> list[Fact]:
    """Return the facts of all sections in their order."""
    return [fact for section in sections for fact in section.facts]


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


def _flat(runs: list[Run]) -> list[Fact]:
    return [fact for run in runs for fact in run]
