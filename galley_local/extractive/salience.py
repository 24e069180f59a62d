"""Salience: how much each sentence of a set says on a topic, and on what surrounds the topic."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from galley_local.extractive.topic import Topic
from galley_local.extractive.words import NUMBER, weight, words

_CARRIERS = 12  # stems at most make a sentence central: a long one is not more so
_EVERYWHERE = 0.6  # below 1: a word of every sentence tells next to nothing
_NUMBER_TELLS, _NAME_TELLS = 0.3, 0.15
_REASON_TELLS, _MANY_NAMES = 0.5, 8
_REASONS = re.compile(
    r"\b(?:because|since|so that|in order to|by (?:\w+ly )?\w+ing|without \w+ing|depends?"
    r"|means that|makes?|allows?|lets?|causes?|ensures?|prevents?|avoids?|needs?|requires?|limits?"
    r"|reduces?|increases?|whenever|if|unless|until|each|every|instead of|rather than|\w+er than"
    r"|(?:more|less|fewer) (?:\w+ )?than|times (?:as|more|the)|thus|only)\b",
    re.IGNORECASE,
)


def rarity(topic: Topic, said: Sequence[AbstractSet[str]]) -> dict[str, float]:
    """Return what each idea of the topic counts: what every sentence says tells none apart."""
    held = {one: sum(topic.speaks_of(one, stems) > 0 for stems in said) for one in topic.ideas}
    return {
        one: value * math.log(_EVERYWHERE + len(said) / (1 + held[one]))
        for one, value in topic.ideas.items()
    }


def feedback(
    said: Sequence[AbstractSet[str]], relevance: Sequence[float], least: float = 0.0
) -> dict[str, float]:
    """Return how much each stem stands beside the topic: in relevant sentences, and how often."""
    counted: defaultdict[str, float] = defaultdict(float)
    for stems, value in zip(said, relevance, strict=True):
        for one in stems:
            counted[one] += least + value
    return counted


def centrality(
    topic: Topic, said: Sequence[AbstractSet[str]], counted: Mapping[str, float]
) -> list[float]:
    """
    Return from 0 to 1 how much each sentence speaks of what surrounds the topic.

    The topic's own words do not count: an anecdote has them too.
    """
    mass = {
        one: weight(one) * math.log1p(value) * (0.0 if one in topic.weights else 1.0)
        for one, value in counted.items()
    }
    central = [
        sum(sorted((mass[one] for one in stems), reverse=True)[:_CARRIERS])
        / (len(stems) + 4) ** 0.7
        for stems in said
    ]
    top = max(central, default=0.0) or 1.0
    return [value / top for value in central]


def agreement(said: Sequence[AbstractSet[str]], sources: Sequence[int]) -> Counter[str]:
    """Return how many sources speak of each stem."""
    return Counter(
        one
        for _, one in {
            (source, one) for source, stems in zip(sources, said, strict=True) for one in stems
        }
    )


def telling(topic: Topic, text: str) -> float:
    """Return up to 1 how much a sentence tells of what the topic asks for."""
    named = sum(word[0].isupper() for word in words(text)[1:])
    counted = len(NUMBER.findall(text))
    if not topic.asks_how:
        return min(1.0, _NUMBER_TELLS * counted + _NAME_TELLS * named)
    # `How` and `why` are answered by reasons; who was where and when is an anecdote.
    return min(1.0, _REASON_TELLS * len(_REASONS.findall(text))) - min(1.0, named / _MANY_NAMES)
