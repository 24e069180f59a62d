"""Writer: a report made of the sources' own sentences, each with its citation."""

import re
from collections import Counter
from typing import Any

from galley_local.extractive.brief import Brief
from galley_local.extractive.facts import Fact, gather, likeness, rate, without
from galley_local.extractive.outline import Section, outline, runs_of
from galley_local.extractive.sentences import leans
from galley_local.extractive.tools import UseTool
from galley_local.extractive.words import Topic

_REDUNDANCY = 0.6
_FAIRNESS = 0.9  # each further sentence of one source counts that much less
_EARLY = 2  # place among the claims of a source
_BESIDE = 1.25  # a sentence next to a chosen one reads better than one from elsewhere


def write(
    topic: Topic, sources: list[dict[str, Any]], changes: list[dict[str, Any]], use_tool: UseTool
) -> str:
    """Return the writer agent's answer: the report as Markdown."""
    brief = Brief(changes)
    kept = [one for one in sources if one["number"] not in brief.dropped]
    every = brief.without_removed(gather(kept))
    rate(topic, every)
    brief.favour(every)
    wanted = brief.wanted_sections(kept, every, use_tool)
    asked = [fact for section in wanted for fact in section.facts]
    length = brief.length(len(kept)) - sum(fact.length for fact in asked) // 2
    chosen = select(without(every, asked), length)
    sections = outline(topic, chosen, every, max(3, min(7, round(len(chosen) / 5))))
    sections = brief.arranged(sections, wanted)
    lead = _lead(sections, wanted, brief)
    for section in sections:
        section.facts = [fact for fact in section.facts if fact not in lead]
    return _markdown(topic, lead, [section for section in sections if section.facts])


def select(facts: list[Fact], length: int) -> list[Fact]:
    """Return the facts for a report of about `length` words: important, different, from all sources."""
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
            and fact.score >= 0.5 * pick.score
        ]
        for taken in [pick, *sorted(beside, key=lambda fact: -fact.score)[:1]]:
            worth.remove(taken)
            chosen.append(taken)
            used[taken.source] += 1
            places.add((taken.source, taken.place))
            for fact in worth:
                alike[id(fact)] = max(alike[id(fact)], likeness(fact, taken))
    return chosen


def _lead(sections: list[Section], wanted: list[Section], brief: Brief) -> list[Fact]:
    """Return the summary: what the first sections say in general, one sentence each."""
    facts = [fact for section in sections for fact in section.facts]
    count = 4 if len(facts) >= 18 else 3 if len(facts) >= 10 else min(2, len(facts) // 2)
    lead: list[Fact] = []
    for section in sections:
        fit = [
            fact
            for fact in section.facts
            if 8 <= fact.length <= 38
            and (section not in wanted or brief.opening(fact))
            and not leans(fact.text)
            and all(fact.source != one.source and likeness(fact, one) < 0.3 for one in lead)
        ]
        # What a source says first introduces it; anything else is a detail out of place.
        early = [fact for fact in fit if fact.place <= _EARLY or brief.opening(fact)]
        if early and len(lead) < count and len(section.facts) >= 3:
            lead.append(max(early, key=lambda fact: brief.opening(fact) + _generality(fact)))
    return lead


def _generality(fact: Fact) -> float:
    """Return how well a fact opens a report: early in its source, without names and dates."""
    names = sum(word[:1].isupper() for word in fact.text.split()[1:])
    numbers = len(re.findall(r"\d+", fact.text))
    return fact.score + 0.6 / (1 + fact.place) - 0.12 * names - 0.2 * numbers


def _markdown(topic: Topic, lead: list[Fact], sections: list[Section]) -> str:
    title = topic.text[:1].upper() + topic.text[1:].rstrip(".")
    parts = [f"# {title}"]
    if lead:
        parts += ["## Summary", _paragraph(lead)]
    for section in sections:
        parts.append(f"## {section.heading}")
        parts += [_paragraph(facts) for facts in _paragraphs(section.facts)]
    return "\n\n".join(parts) + "\n"


def _paragraphs(facts: list[Fact]) -> list[list[Fact]]:
    """Cut a long section where the least is lost: between runs of different sources."""
    if len(facts) < 6:
        return [facts] if facts else []
    ends = {id(run[-1]) for run in runs_of(facts)}

    def loss(at: int) -> tuple[float, int]:
        inside = 0.0 if id(facts[at - 1]) in ends else 1.0
        near = likeness(facts[at - 1], facts[at])
        same = 0.1 * (facts[at - 1].source == facts[at].source)
        return inside + near + same + 0.05 * abs(at - len(facts) / 2), at

    cut = min(range(2, len(facts) - 1), key=loss)
    return [*_paragraphs(facts[:cut]), *_paragraphs(facts[cut:])]


def _paragraph(facts: list[Fact]) -> str:
    return " ".join(fact.cited() for fact in facts)
