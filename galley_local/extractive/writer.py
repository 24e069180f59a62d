"""Writer: a report made of the sources' own sentences, each with its citation."""

import re
from collections import Counter
from typing import Any

from galley_local.extractive.brief import Brief, names, with_section
from galley_local.extractive.facts import Fact, gather, introduce, likeness, rate, without
from galley_local.extractive.form import stands_alone
from galley_local.extractive.layout import report
from galley_local.extractive.lookup import Lookup
from galley_local.extractive.outline import Section, outline
from galley_local.extractive.salience import telling
from galley_local.extractive.tools import UseTool
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems

_SECTIONS = 7
_REDUNDANCY = 0.6
_FAIRNESS = 0.9  # each further sentence of one source counts that much less
_LEAD_WORDS = 8, 38  # the length of a sentence that opens a report
_ANSWERS = 0.5  # of the best fact's share of the topic's ideas
_DETAIL = -0.3  # generality of a sentence of names and dates
_EARLY_WORDS = 5
_ALIKE = 0.3
_LEAST = 2  # sentences that a section keeps
_BESIDE = 1.25  # a sentence next to a chosen one reads better than one from elsewhere


def write(
    topic: Topic, sources: list[dict[str, Any]], changes: list[dict[str, Any]], use_tool: UseTool
) -> str:
    """Return the writer agent's answer: the report as Markdown."""
    brief = Brief(changes)
    kept = [one for one in sources if one["number"] not in brief.dropped]
    gathered = gather(kept)
    # A report must cite something, even if a change would leave nothing to cite.
    every = brief.without_removed(gathered) or gathered
    rate(topic, every)
    introduce(topic, every)
    brief.favour(every)
    length = brief.length(every)
    every = _without_sections(topic, every, length, brief)
    lookup = Lookup(kept, every, use_tool)
    wanted: list[Section] = []
    for what in brief.expanded:
        wanted.append(lookup.section(what, _facts_of(wanted), brief.scale))
        wanted[-1].facts = brief.without_removed(wanted[-1].facts)
    asked = _facts_of(wanted)
    # What was asked for replaces half of its length.
    chosen = select(without(every, asked), length - sum(fact.length for fact in asked) // 2)
    made = outline(topic, chosen, every, max(3, _SECTIONS - len(wanted)))
    made = [section for section in made if not brief.removes(section)] or made
    for section in reversed(wanted):
        made = with_section(made, section)
    for what in brief.first:
        made = _opened_with(what, made, lookup, brief)
    brief.shorten(made)
    _trim(
        made, [*wanted, *made[: len(brief.first)]], length + sum(fact.length for fact in asked) // 2
    )
    lead = _lead(topic, made, wanted, brief)
    for section in made:
        section.facts = [fact for fact in section.facts if fact not in lead]
    return report(topic.text, lead, [section for section in made if section.facts])


def _without_sections(topic: Topic, every: list[Fact], length: int, brief: Brief) -> list[Fact]:
    """Return the facts without those of sections that a change takes out by their headings."""
    drafted = outline(topic, select(every, length), every, _SECTIONS)
    gone = _facts_of([section for section in drafted if brief.removes(section)])
    return without(every, gone) or every if gone else every


def _opened_with(what: str, made: list[Section], lookup: Lookup, brief: Brief) -> list[Section]:
    """Return the sections with the one on `what` first; it is made if there is none."""
    if not any(names(what, section) for section in made):
        opening = lookup.section(what, [], brief.scale)
        opening.facts = brief.without_removed(opening.facts)
        for section in made:
            section.facts = without(section.facts, opening.facts)
        made = [opening, *made]
    return sorted(
        (section for section in made if section.facts), key=lambda one: not names(what, one)
    )


def _trim(made: list[Section], asked_for: list[Section], length: int) -> None:
    """Take out the least important sentences of what nobody asked for, down to the length."""
    cited = Counter(fact.source for fact in _facts_of(made))
    spare = [
        (fact.score, section, fact)
        for section in made
        if section not in asked_for
        for fact in section.facts
    ]
    total = sum(fact.length for fact in _facts_of(made))
    for _, section, fact in sorted(spare, key=lambda one: (one[0], one[2].source, one[2].place)):
        if total <= length:
            return
        if len(section.facts) > _LEAST and cited[fact.source] > 1:
            section.facts.remove(fact)
            cited[fact.source] -= 1
            total -= fact.length


def _facts_of(sections: list[Section]) -> list[Fact]:
    return [fact for section in sections for fact in section.facts]


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


def _lead(topic: Topic, sections: list[Section], wanted: list[Section], brief: Brief) -> list[Fact]:
    """Return the summary: what the first sections say in general, one sentence each."""
    total = sum(len(section.facts) for section in sections)
    count = max(1, min(2 if brief.shortens("Summary") else 4, total // 4))
    lead: list[Fact] = []

    if brief.first and sections:
        opening = [fact for fact in sections[0].facts if brief.opening(fact)]
        opening.sort(key=lambda fact: -brief.opening(fact) - _introduces(fact, brief.first[-1]))
        lead = opening[:1] if len(sections[0].facts) > 1 else []

    most = max((fact.named for fact in _facts_of(sections)), default=0.0)
    needed = [fact.needs for fact in _facts_of(sections) if fact.needs]

    def fits(fact: Fact) -> bool:
        return (
            _LEAD_WORDS[0] <= fact.length <= _LEAD_WORDS[1]
            and stands_alone(fact.text)
            and not any(fact is one for one in needed)
            and not fact.needs
            # A summary answers the topic; anything else is a detail out of place.
            and fact.named >= _ANSWERS * most
            and _generality(fact) > _DETAIL
            and all(fact.source != one.source and likeness(fact, one) < _ALIKE for one in lead)
        )

    def worth(fact: Fact) -> float:
        return fact.score + fact.named + _generality(fact) + 0.5 * telling(topic, fact.text)

    # A section keeps two sentences if it can; a summary needs two before that.
    for least, enough in ((_LEAST, count), (1, min(2, count))):
        for section in sections:
            may_lend = [fact for fact in section.facts if section not in wanted and fits(fact)]
            if may_lend and len(lead) < enough and len(section.facts) > least:
                lead.append(max(may_lend, key=worth))
    return lead or sorted(_facts_of(sections), key=lambda fact: -fact.score - _generality(fact))[:1]


def _introduces(fact: Fact, what: str) -> float:
    """Return how well a fact opens a report on `what`: by naming it at once."""
    early = set(content_stems(" ".join(fact.text.split()[:_EARLY_WORDS])))
    stems = set(content_stems(what))
    return fact.score + len(early & stems) / max(1, len(stems))


def _generality(fact: Fact) -> float:
    """Return how well a fact opens a report: early in its source, without names and dates."""
    names = sum(word[:1].isupper() for word in fact.text.split()[1:])
    numbers = len(re.findall(r"\d+", fact.text))
    return 0.6 / (1 + fact.place) - 0.12 * names - 0.2 * numbers
