"""The lead: the few sentences of a report that answer its topic, as its summary."""

import re

from galley_local.extractive.brief import Brief
from galley_local.extractive.facts import Fact, likeness
from galley_local.extractive.form import stands_alone
from galley_local.extractive.outline import Section, facts_of
from galley_local.extractive.salience import telling
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems

_LEAD_WORDS = 8, 38  # the length of a sentence that opens a report
_ANSWERS = 0.5  # of the best fact's share of the topic's ideas
_DETAIL = -0.3  # generality of a sentence of names and dates
_EARLY_WORDS = 5
_ALIKE = 0.3
_LEAST = 2  # sentences that a section keeps


def summary_of(
    topic: Topic, sections: list[Section], wanted: list[Section], brief: Brief
) -> list[Fact]:
    """Return the summary: what the first sections say in general, one sentence each."""
    total = sum(len(section.facts) for section in sections)
    count = max(1, min(2 if brief.shortens("Summary") else 4, total // 4))
    lead: list[Fact] = []

    if brief.first and sections:
        opening = [fact for fact in sections[0].facts if brief.opening(fact)]
        opening.sort(key=lambda fact: -brief.opening(fact) - _introduces(fact, brief.first[-1]))
        lead = opening[:1] if len(sections[0].facts) > 1 else []

    most = max((fact.named for fact in facts_of(sections)), default=0.0)
    needed = [fact.needs for fact in facts_of(sections) if fact.needs]

    def fits(fact: Fact) -> bool:
        return (
            _LEAD_WORDS[0] <= fact.length <= _LEAD_WORDS[1]
            and stands_alone(fact.text)
            and not fact.text.startswith("`")  # what an option does answers no topic
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
    if not brief.first:  # else it begins with what was asked for
        lead.sort(key=lambda fact: -fact.named)
    return lead or sorted(facts_of(sections), key=lambda fact: -fact.score - _generality(fact))[:1]


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
