"""
Noun phrases that many sentences share: what the sections of a report can be named after.

There is no grammar model, so a phrase shows itself by its surroundings: it fills the room
between words of grammar (`of the FOG SIGNAL was`), and its last word is also seen right
after an article or preposition.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from galley_local.extractive.english import BEFORE_A_NOUN, STOP_WORDS, VERBS
from galley_local.extractive.words import WEAK_STEMS, stem

Key = tuple[str, ...]

_TOKEN = re.compile(r"`[^`]*`|\w+(?:[-'’]\w+)*|[^\w\s]")
_LONGEST = 3
_SHORTEST_WORD, _SHORTEST_VERB = 3, 4


@dataclass
class Phrase:
    """A phrase and the texts it was seen in, by their index."""

    key: Key
    written: Counter[str] = field(default_factory=Counter)
    texts: set[int] = field(default_factory=set)
    whole: int = 0  # how often it filled a room between words of grammar
    named: int = 0  # how often it was capitalised inside a sentence

    def heading(self) -> str:
        """Return the phrase as a heading, in the spelling seen most often."""
        # Of one word the plural, where it is used: `Lamps` names a section better than `Lamp`.
        several = {text for text in self.written if len(self.key) == 1 and text.endswith("s")}
        choice = several or set(self.written)
        best = min(choice, key=lambda text: (-self.written[text], text))
        return best[:1].upper() + best[1:]


def phrases(texts: Iterable[str]) -> dict[Key, Phrase]:
    """Return the phrases of one to three words found in the texts, by their stems."""
    found: dict[Key, Phrase] = {}
    nouns: set[str] = set()
    for index, text in enumerate(texts):
        for run, after_article, at_start in _runs(text):
            if after_article:
                nouns.add(stem(run[-1]))
            for length in range(1, min(_LONGEST, len(run)) + 1):
                for start in range(len(run) - length + 1):
                    part = run[start : start + length]
                    key = stems_of(" ".join(part))
                    phrase = found.setdefault(key, Phrase(key))
                    inside = not (at_start and start == 0)
                    phrase.written[_spelling(part, inside)] += 2 if inside else 1
                    phrase.texts.add(index)
                    phrase.whole += length == len(run)
                    phrase.named += inside and part[-1][:1].isupper()
    return {
        key: phrase
        for key, phrase in found.items()
        if phrase.whole
        and _last_stem(phrase) in nouns
        and not all(one in WEAK_STEMS for one in key)
    }


def stems_of(text: str) -> Key:
    """Return a phrase's key: the stems of its words, hyphens read as spaces."""
    return tuple(stem(word) for word in text.replace("-", " ").split())


def noun_runs(text: str) -> list[list[str]]:
    """Return the words between words of grammar, run by run."""
    return [run for run, _, _ in _runs(text)]


def _runs(text: str) -> Iterator[tuple[list[str], bool, bool]]:
    run: list[str] = []
    after_article = at_start = False
    previous = ""
    for token in [*_TOKEN.findall(text), "."]:
        if _carries(token):
            if not run:
                after_article = previous.lower() in BEFORE_A_NOUN
                at_start = previous in ("", ".", "!", "?")
            run.append(token)
        elif run:
            yield run, after_article, at_start
            run = []
        previous = token
    if run:
        yield run, after_article, at_start


def _carries(token: str) -> bool:
    word = token.lower().replace("’", "'")
    if not token[0].isalpha() or len(token) < _SHORTEST_WORD or word in STOP_WORDS or word in VERBS:
        return False
    # `-ed` and `-ly` are verbs and adverbs, unless the word is a name.
    return token[0].isupper() or not (len(word) > _SHORTEST_VERB and word.endswith(("ed", "ly")))


def _spelling(part: list[str], inside: bool) -> str:
    first = part[0]
    if not inside and first[1:].islower():
        first = first.lower()
    return " ".join([first, *part[1:]]).removesuffix("'s").removesuffix("’s")


def _last_stem(phrase: Phrase) -> str:
    return phrase.key[-1]
