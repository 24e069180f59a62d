"""What a report can state: each fact a sentence, with the numbers of the sources that say it."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from galley_local.extractive.form import bare_subject, fitness
from galley_local.extractive.markup import clean
from galley_local.extractive.salience import agreement, centrality, feedback, rarity, telling
from galley_local.extractive.sameness import Statement, overlap
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, stem, weight

_LAST_SOURCE = 0.2  # how much less than the first the last source counts
_LEAST_FEEDBACK = 0.2  # of a sentence that does not speak of the topic
_CITATION = re.compile(r"\s*\[\d{1,3}\]")


@dataclass
class Fact:
    """A sentence for the report; `place` is its place among its source's claims."""

    text: str
    source: int
    place: int
    title: str = ""
    cites: set[int] = field(default_factory=set)
    score: float = 0.0
    named: float = 0.0  # which share of the topic's ideas it speaks of
    needs: "Fact | None" = field(default=None, repr=False)  # says what this one speaks of
    statement: Statement = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.text = _as_sentence(self.text)
        self.cites = self.cites or {self.source}
        self.statement = Statement(self.text)

    @property
    def stems(self) -> frozenset[str]:
        """The stems of what the sentence says."""
        return self.statement.stems

    @property
    def length(self) -> int:
        """The number of its words."""
        return len(self.text.split())

    def cited(self) -> str:
        """Return the sentence with its citations before the full stop."""
        marks = "".join(f"[{number}]" for number in sorted(self.cites))
        end = re.search(r"[.!?][\"”'’)]*$", self.text)
        if end is None:
            return f"{self.text} {marks}."
        if len(end[0]) == 1:
            return f"{self.text[:-1]} {marks}{end[0]}"
        return f"{self.text} {marks}"


def gather(sources: Iterable[dict[str, Any]]) -> list[Fact]:
    """Return the facts that the sources' claims state, one fact for claims that say the same."""
    facts = [
        Fact(str(claim["text"]), int(source["number"]), place, str(source.get("title", "")))
        for source in sources
        for place, claim in enumerate(source["claims"])
        if str(claim["text"]).strip()
    ]
    return merge(facts)


def merge(facts: Iterable[Fact]) -> list[Fact]:
    """
    Return the facts without repetitions.

    Two sources that say the same are both cited only if what stays is said by both.
    """
    kept: list[Fact] = []
    for fact in facts:
        twin = next((one for one in kept if fact.statement.repeats(one.statement)), None)
        if twin is None:
            kept.append(fact)
        elif fact.statement.supports(twin.statement):
            twin.cites |= fact.cites
        elif twin.statement.supports(fact.statement):
            fact.cites |= twin.cites
            kept[kept.index(twin)] = fact
    return kept


def without(facts: Iterable[Fact], told: Iterable[Fact]) -> list[Fact]:
    """Return the facts that `told` does not state already."""
    known = list(told)
    return [
        fact for fact in facts if not any(fact.statement.repeats(one.statement) for one in known)
    ]


def rate(topic: Topic, facts: list[Fact]) -> None:
    """Give every fact its score: how much it says on the topic, and on what surrounds the topic."""
    said = [fact.stems for fact in facts]
    claims = Counter(fact.source for fact in facts)
    told = agreement(said, [fact.source for fact in facts])
    value = rarity(topic, said)
    for fact, stems in zip(facts, said, strict=True):
        fact.named = topic.coverage(stems, value)
    # What stands beside the topic's words, in several sources, belongs to the topic.
    counted = feedback(said, [fact.named for fact in facts], _LEAST_FEEDBACK)
    shared = {one: count * math.log(1 + told[one]) for one, count in counted.items()}
    central = centrality(topic, said, shared)
    most = max(claims, default=1)
    best = max((fact.named for fact in facts), default=0.0) or 1.0
    for fact, share in zip(facts, central, strict=True):
        rank = 1 - fact.place / (1 + claims[fact.source])
        # The search put the sources in order, the best first.
        trust = 1 - _LAST_SOURCE * (fact.source - 1) / max(1, most - 1)
        fact.score = (
            0.9 * fact.named
            # What is beside the topic earns its place by being on it too.
            + 0.8 * share * (0.7 + 0.3 * fact.named / best)
            + 0.4 * rank
            + 0.25 * telling(topic, fact.text)
            + 0.15 * (len(fact.cites) - 1)
        ) * (trust * (0.3 + 0.7 * fitness(fact.text)))
        fact.score = max(fact.score, 0.0)


def introduce(topic: Topic, facts: list[Fact]) -> None:
    """Note which facts need the claim before them: it says what `the commission` is."""
    known = {(fact.source, fact.place): fact for fact in facts}
    for fact in facts:
        subject = stem(bare_subject(fact.text))
        before = known.get((fact.source, fact.place - 1))
        if subject and subject not in topic.weights and before and subject in before.stems:
            fact.needs = before


def likeness(one: Fact, other: Fact) -> float:
    """Return how much two facts speak of the same things, from 0 to 1."""
    return overlap(one.stems, other.stems)


def concerns(fact: Fact, what: str, facts: Iterable[Fact]) -> bool:
    """Tell whether a fact is about `what`: all of its words, or one that few facts have."""
    wanted = set(content_stems(what))
    if not wanted:
        return False
    if wanted <= fact.stems:
        return True
    all_facts = list(facts)
    few = max(3, len(all_facts) // 10)
    return any(
        weight(one) == 1.0 and sum(one in other.stems for other in all_facts) <= few
        for one in wanted & fact.stems
    )


def _as_sentence(text: str) -> str:
    text = _CITATION.sub("", clean(text)).strip()
    if text and text.rstrip("\"”'’)")[-1:] not in (".", "!", "?"):
        text += "."
    return text[:1].upper() + text[1:]
