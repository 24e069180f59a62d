"""Headings: what facts are about, in their own words or in those of their sources' titles."""

import re
from collections.abc import Iterable, Sequence

from galley_local.extractive.english import VAGUE_WORDS
from galley_local.extractive.facts import Fact
from galley_local.extractive.phrases import Key, Phrase, noun_runs, phrases, stems_of
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, stem, weight

_LONGEST_TITLE = 5
_LONGEST_PAIR = 7  # words of two headings joined by `and`
_VAGUE = frozenset(stem(word) for word in VAGUE_WORDS)
_SEEN = 2  # facts that hold a phrase make it a name
_SPREAD = 0.3  # of the facts of a section hold the phrase that names it
_SHORTEST = 4  # letters in a phrase
_MOSTLY, _PARTLY = 0.7, 0.45  # of the facts of a section a title speaks for
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
        rest = _uncovered(topic, group, name)
        if name and len(rest) >= max(_SEEN, _PARTLY * len(group)):
            second = naming.best(rest, [*names, name])
            if second and len(f"{name} {second}".split()) < _LONGEST_PAIR:
                kept = second[1:2].isupper() or naming.is_name(second)
                name = f"{name} and {second if kept else second[:1].lower() + second[1:]}"
        names.append(name)
    return names


class _Naming:
    """What groups of these facts may be named."""

    def __init__(self, topic: Topic, every: Sequence[Fact]) -> None:
        self._topic = topic
        self._index = {id(fact): place for place, fact in enumerate(every)}
        self._found = phrases(fact.text for fact in every)
        self._in_titles = set(phrases(sorted({fact.title for fact in every})))

    def best(self, group: Sequence[Fact], taken: Sequence[str]) -> str:
        """Return the best name for a group that is not like one that is taken."""
        places = {self._index[id(fact)] for fact in group if id(fact) in self._index}
        options = [
            *_titles(self._topic, group),
            *_phrases(self._topic, self._found.values(), places, self._in_titles),
        ]
        options.sort(key=lambda option: (-option[0], option[1]))
        free = (text for _, text in options if not any(_alike(text, name) for name in taken))
        return next(free, "")

    def is_name(self, heading: str) -> bool:
        """Tell whether a heading begins with a name, which keeps its capital letter."""
        first = self._found.get(stems_of(heading.split(maxsplit=1)[0]))
        return first is None or 2 * first.named > len(first.texts)


def _uncovered(topic: Topic, group: Sequence[Fact], name: str) -> list[Fact]:
    """Return the facts of a group that its name says nothing of."""
    own = set(stems_of(name)) - topic.weights.keys()
    return (
        [fact for fact in group if title_heading(fact.title) != name and not own & fact.stems]
        if own
        else []
    )


def _titles(topic: Topic, group: Sequence[Fact]) -> list[tuple[float, str]]:
    options = []
    for title in dict.fromkeys(fact.title for fact in group):
        if heading := title_heading(title):
            own = set(content_stems(heading)) - topic.weights.keys()
            # A title speaks for its own source, and for what others say in its words.
            spoken = sum(fact.title == title or bool(own & fact.stems) for fact in group)
            share = spoken / len(group)
            trust = 1.1 if share >= _MOSTLY else 0.4 if share >= _PARTLY else 0.1
            trust *= _NO_SUBJECT if not own or _KIND_OF_DOCUMENT.search(heading) else 1.0
            options.append((trust * share, heading))
    return options


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
    if len(phrase.key) == 1 and phrase.key[0] in _VAGUE:
        quality *= 0.3
    if last.endswith("ing"):
        quality *= 0.5
    return quality * (0.5 + 0.5 * min(1.0, phrase.whole / len(phrase.texts)))


def _alike(one: str, other: str) -> bool:
    mine, his = set(stems_of(one)), set(stems_of(other))
    return mine <= his or his <= mine
