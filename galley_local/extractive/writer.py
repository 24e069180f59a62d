"""Writer: a report made of the sources' own sentences, each with its citation."""

from collections import Counter
from typing import Any

from galley_local.extractive.brief import Brief, names, with_section
from galley_local.extractive.facts import Fact, gather, introduce, likeness, rate, without
from galley_local.extractive.layout import report
from galley_local.extractive.lead import summary_of
from galley_local.extractive.lookup import Lookup
from galley_local.extractive.outline import Section, facts_of, outline
from galley_local.extractive.selection import select
from galley_local.extractive.tools import UseTool
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems

_SECTIONS = 7
_STRANGE = 0.08  # of likeness to any other sentence of its section
_LONG = 20  # sentences: a shorter report cannot spare one
_LEAST = 2  # sentences that a section keeps


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
        wanted.append(lookup.section(what, facts_of(wanted), brief.scale))
        wanted[-1].facts = brief.without_removed(wanted[-1].facts)
    asked = facts_of(wanted)
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
    _leave_out_misfits([section for section in made if section not in wanted])
    lead = summary_of(topic, made, wanted, brief)
    for section in made:
        section.facts = [fact for fact in section.facts if fact not in lead]
    return report(topic.text, lead, [section for section in made if section.facts])


def _without_sections(topic: Topic, every: list[Fact], length: int, brief: Brief) -> list[Fact]:
    """Return the facts without those of sections that a change takes out by their headings."""
    if not brief.takes_out:
        return every
    drafted = outline(topic, select(every, length), every, _SECTIONS)
    gone = facts_of([section for section in drafted if brief.removes(section)])
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
    cited = Counter(fact.source for fact in facts_of(made))
    spare = [
        (fact.score, section, fact)
        for section in made
        if section not in asked_for
        for fact in section.facts
    ]
    total = sum(fact.length for fact in facts_of(made))
    for _, section, fact in sorted(spare, key=lambda one: (one[0], one[2].source, one[2].place)):
        if total <= length:
            return
        if len(section.facts) > _LEAST and cited[fact.source] > 1:
            section.facts.remove(fact)
            cited[fact.source] -= 1
            total -= fact.length


def _leave_out_misfits(made: list[Section]) -> None:
    """Take out single sentences of another source that speak of something else."""
    if len(facts_of(made)) < _LONG:
        return
    for section in made:
        named = set(content_stems(section.heading))
        for fact in list(section.facts):
            others = [one for one in section.facts if one is not fact]
            fits = named & fact.stems or any(
                one.source == fact.source or likeness(fact, one) >= _STRANGE for one in others
            )
            if len(others) >= _LEAST and not fits:
                section.facts = others
