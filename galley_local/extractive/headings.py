"""Headings: what facts are about, in their own words or in those of their sources' titles."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from galley_local.extractive.english import VAGUE_WORDS
from galley_local.extractive.facts import Fact
from galley_local.extractive.phrases import Key, Phrase, noun_runs, phrases
from galley_local.extractive.salience import agreement
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, stem, weight, words

_LONGEST_TITLE = 5
_LONGEST_SECOND, _LONGEST_PAIR = 3, 8  # words of what two headings are joined to
_VAGUE = frozenset(stem(word) for word in VAGUE_WORDS)
_COMMON = 0.2  # of all facts, and most sources, hold a word that tells no section from another
_SEEN = 2  # facts that hold a phrase make it a name
_SPREAD = 0.3  # of the facts of a section hold the phrase that names it
_SHORTEST = 4  # letters in a phrase
_MOSTLY, _PARTLY = 0.7, 0.45  # of the facts of a section a title speaks for
_APART = 0.3  # of a section that its heading says nothing of is named beside it
_NO_SUBJECT = 0.3  # of its worth has a title that names no subject of its own
_KIND_OF_DOCUMENT = re.compile(
    r"\b(?:chronicle|history|guide|manual|questions|faq|reference|tutorial|handbook|specification|"
    r"howto|index|page|document|rambles|notes?|essays?|introduction|overview|considerations)\b",
    re.I,
)
_NUMBERED = re.compile(
    r"^(?:(?:chapter|part|section|appendix)\s+)?[\dA-Z]?[\d.]*[.:)]?\s+(?=[A-Z])|^[\d.]+\s+", re.I
)
_BEFORE_SUBJECT = re.compile(
    r"^(?:(?:the|an?|on|about)\s+)?(?:(?:short\s+|brief\s+)?(?:chronicle|history|guide|introduction|"
    r"notes?|rambles|inner workings)\s+(?:of|to|on|round)\s+(?:the\s+)?)?",
    re.I,
)
# `Reflectors before the lens` is about reflectors.
_NOT_ITS_SUBJECT = re.compile(r"\s(?:before|after|without|until|instead of|versus|vs)\s.*$", re.I)
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
    whole = _SITE.sub("", _NUMBERED.sub("", " ".join(title.split()))).strip(" .¶")
    for text in (whole, _CUT.sub("", whole)):
        heading = _BEFORE_SUBJECT.sub("", text.strip())
        tells = any(weight(one) == 1.0 for one in content_stems(heading))
        if tells and len(heading.split()) <= _LONGEST_TITLE and not _NO_TITLE.search(heading):
            return heading[:1].upper() + heading[1:]
    names = [[word for word in run if word[0].isupper()] for run in noun_runs(whole)]
    longest = max(names, key=len, default=[])
    heading = " ".join(longest) if 1 < len(longest) <= _LONGEST_TITLE else ""
    return "" if _KIND_OF_DOCUMENT.search(heading) else heading


def name_all(topic: Topic, groups: Sequence[Sequence[Fact]], every: Sequence[Fact]) -> list[str]:
    """Return a heading for each group of facts, all of them different."""
    naming = _Naming(topic, every)
    names: list[str] = []
    for group in groups:
        name = naming.best(group, names)
        # A heading describes all of its section: what it does not cover is named beside it.
        rest = naming.uncovered(group, name)
        if name and len(rest) >= max(_SEEN, _APART * len(group)):
            name = naming.pair(name, naming.best(rest, [*names, name], _LONGEST_SECOND))
        names.append(name)
    return names


class _Naming:
    """What groups of these facts may be named."""

    def __init__(self, topic: Topic, every: Sequence[Fact]) -> None:
        self._topic = topic
        self._every = every
        self._index = {id(fact): place for place, fact in enumerate(every)}
        self._found = phrases(fact.text for fact in every)
        held = Counter(one for fact in every for one in fact.stems)
        told = agreement([fact.stems for fact in every], [fact.source for fact in every])
        most = len({fact.source for fact in every}) / 2
        self._common = {
            one for one in held if held[one] > _COMMON * len(every) and told[one] > most
        }
        self._in_titles = set(phrases(sorted({fact.title for fact in every})))

    def best(
        self, group: Sequence[Fact], taken: Sequence[str], longest: int = _LONGEST_TITLE
    ) -> str:
        """Return the best name for a group that is not like one that is taken."""
        places = {self._index[id(fact)] for fact in group if id(fact) in self._index}
        options = [
            *self._titles(group),
            *_phrases(self._topic, self._found.values(), places, self._in_titles),
        ]
        options.sort(key=lambda option: (-option[0], option[1]))
        free = (
            text
            for _, text in options
            if len(text.split()) <= longest and not any(_alike(text, name) for name in taken)
        )
        return next(free, "")

    def _titles(self, group: Sequence[Fact]) -> list[tuple[float, str]]:
        options = []
        for title in dict.fromkeys(fact.title for fact in group):
            if heading := title_heading(title):
                own = self._own(heading)
                # A title speaks for its own source, and for what others say in its words.
                spoken = sum(fact.title == title or bool(own & fact.stems) for fact in group)
                share = spoken / len(group)
                trust = 1.4 if share >= _MOSTLY else 0.4 if share >= _PARTLY else 0.1
                trust *= _NO_SUBJECT if not own or _KIND_OF_DOCUMENT.search(heading) else 1.0
                options.append((trust * share, heading))
        return options

    def uncovered(self, group: Sequence[Fact], name: str) -> list[Fact]:
        """Return the facts of a group that its name says nothing of."""
        own = self._own(name)
        return [
            fact
            for fact in group
            if own and title_heading(fact.title) != name and not own & fact.stems
        ]

    def _own(self, name: str) -> set[str]:
        """Return what in a name is its own: neither the topic's nor found all over."""
        name = _NOT_ITS_SUBJECT.sub("", name)
        return set(content_stems(name)) - self._topic.weights.keys() - self._common

    def pair(self, name: str, second: str) -> str:
        """Return two names as one heading, or the first where the second does not fit."""
        both = len(f"{name} {second}".split())
        if not second or both >= _LONGEST_PAIR or _KIND_OF_DOCUMENT.search(second):
            return name
        in_capitals = any(word[0].isupper() for word in second.split()[1:])
        kept = in_capitals or second[1:2].isupper() or self._is_name(second)
        return f"{name} and {second if kept else second[:1].lower() + second[1:]}"

    def _is_name(self, heading: str) -> bool:
        """Tell whether a heading begins with a name, which keeps its capital letter."""
        first = heading.split(maxsplit=1)[0].lower()
        return not any(first in words(fact.text) for fact in self._every)


def _phrases(
    topic: Topic,
    found: Iterable[Phrase],
    places: set[int],
    in_titles: set[Key],
) -> list[tuple[float, str]]:
    options = []
    for phrase in found:
        inside = len(phrase.texts & places)
        if inside < _SEEN or len("".join(phrase.key)) < _SHORTEST:
            continue
        if len(phrase.key) == 1 and phrase.key[0] in topic.weights:
            continue
        heading = phrase.heading()
        if _KIND_OF_DOCUMENT.search(heading):
            continue
        own = inside / len(phrase.texts)
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
    if phrase.key[-1] in _VAGUE:
        quality *= 0.3 if len(phrase.key) == 1 else 0.7
    if last.endswith("ing"):
        quality *= 0.5
    return quality * (0.5 + 0.5 * min(1.0, phrase.whole / len(phrase.texts)))


def _alike(one: str, other: str) -> bool:
    mine, his = set(content_stems(one)), set(content_stems(other))
    return mine <= his or his <= mine
