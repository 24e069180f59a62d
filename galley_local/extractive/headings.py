"""Headings: what facts are about, in their own words or in those of their sources' titles."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from galley_local.extractive.facts import Fact
from galley_local.extractive.phrases import Key, Phrase, noun_runs, phrases, stems_of
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, weight

_LONGEST_TITLE = 5
_SEEN = 2  # facts that hold a phrase make it a name
_SPREAD = 0.3  # of the facts of a section hold the phrase that names it
_SHORTEST = 4  # letters in a phrase
_MOSTLY, _PARTLY = 0.5, 0.34  # of the facts of a section are from one source
_NUMBERED = re.compile(
    r"^(?:(?:chapter|part|section|appendix)\s+)?[\dA-Z]?[\d.]*[.:)]?\s+(?=[A-Z])|^[\d.]+\s+", re.I
)
_SITE = re.compile(r"\s+(?:\||—|–|-|::|»)\s+.*$")
_CUT = re.compile(
    r"\s*[:;(].*$|,.*$|\s+(?:and|or|that|which|who|for|from|in|on|by|to|with|as|when|how|versus|vs)\s.*$",
    re.I,
)
_NO_TITLE = re.compile(
    r"[_/\\<>{}=@#*|]|\w\(\d\)|\.\w|^\W|^(?:introduction|overview|summary|contents|index|readme|notes?|"
    r"preface|about|home|faq|news|changelog|release history|manual page|"
    r"copyright)s?$|licen[sc]e|(?-i:^[a-z]+$)",
    re.I,
)


def title_heading(title: str) -> str:
    """Return a source's title as a heading of one to five words; empty where it does not serve."""
    whole = _SITE.sub("", _NUMBERED.sub("", " ".join(title.split()))).strip(" .")
    for text in (whole, _CUT.sub("", whole)):
        heading = re.sub(r"^(?:the|a|an|on|about)\s+", "", text.strip(), flags=re.IGNORECASE)
        tells = any(weight(one) == 1.0 for one in content_stems(heading))
        if tells and len(heading.split()) <= _LONGEST_TITLE and not _NO_TITLE.search(heading):
            return heading[:1].upper() + heading[1:]
    names = [[word for word in run if word[0].isupper()] for run in noun_runs(whole)]
    longest = max(names, key=len, default=[])
    return " ".join(longest) if 1 < len(longest) <= _LONGEST_TITLE else ""


def name_all(topic: Topic, groups: Sequence[Sequence[Fact]], every: Sequence[Fact]) -> list[str]:
    """Return a heading for each group of facts, all of them different."""
    index = {id(fact): place for place, fact in enumerate(every)}
    found = phrases(fact.text for fact in every)
    in_titles = set(phrases(sorted({fact.title for fact in every})))
    names: list[str] = []
    for group in groups:
        places = {index[id(fact)] for fact in group}
        options = [
            *_titles(group),
            *_phrases(topic, found.values(), places, in_titles, {p for p, f in enumerate(every)}),
        ]
        options.sort(key=lambda option: (-option[0], option[1]))
        free = (text for _, text in options if not any(_alike(text, name) for name in names))
        names.append(next(free, ""))
    return names


def _titles(group: Sequence[Fact]) -> list[tuple[float, str]]:
    options = []
    for title, count in Counter(fact.title for fact in group).items():
        if heading := title_heading(title):
            share = count / len(group)
            # A title speaks for its own source: for a mixed section it is the last resort.
            trust = 1.1 if share >= _MOSTLY else 0.4 if share >= _PARTLY else 0.1
            options.append((trust * share, heading))
    return options


def _phrases(
    topic: Topic,
    found: Iterable[Phrase],
    places: set[int],
    in_titles: set[Key],
    all_places: set[int],
) -> list[tuple[float, str]]:
    options = []
    for phrase in found:
        inside = len(phrase.texts & places)
        if inside < _SEEN or len("".join(phrase.key)) < _SHORTEST:
            continue
        if len(phrase.key) == 1 and phrase.key[0] in topic.weights:
            continue
        heading = phrase.heading()
        own = inside / len(phrase.texts & all_places)
        coverage = min(1.0, 1.5 * inside / len(places))
        coverage *= 1.0 if inside >= _SPREAD * len(places) else 0.3
        score = coverage * (0.35 + 0.65 * own) * _quality(topic, phrase, heading)
        options.append((score * (1.25 if phrase.key in in_titles else 1.0), heading))
    return options


def _quality(topic: Topic, phrase: Phrase, heading: str) -> float:
    last = heading.rsplit(maxsplit=1)[-1]
    quality = (0.75, 1.5, 1.5)[min(len(phrase.key), 3) - 1]
    for one in phrase.key:
        quality *= 0.5 if weight(one) < 1 else 1.0
    if all(one in topic.weights for one in phrase.key):
        quality *= 0.6
    if len(phrase.key) == 1 and not last.endswith("s") and not phrase.named:
        quality *= 0.6
    if last.endswith("ing"):
        quality *= 0.5
    return quality * (0.5 + 0.5 * min(1.0, phrase.whole / len(phrase.texts)))


def _alike(one: str, other: str) -> bool:
    mine, his = set(stems_of(one)), set(stems_of(other))
    return mine <= his or his <= mine
