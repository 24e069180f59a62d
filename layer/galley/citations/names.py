"""
Proper names in a sentence, by their capitals, and whether a text has them.

A name is compared without case, accents and the endings of possessives, plurals and peoples
(`Paris`, `Parisian`); initials stand for what they abbreviate. Scripts without capitals have no
names here.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from galley.citations.texts import Words, fold

_NAME = re.compile(r"[^\W\d_](?:[\w’'&-]*\w)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_ENDINGS = ("ians", "ian", "eans", "ean", "ns", "n", "ese", "ish", "an", "es", "s")
_SHORTEST = 3
# Words of one line are one country and its people.
_COUNTRIES = """
France French Frenchman Frenchmen
Britain British Briton Britons
Holland Dutch Dutchman Dutchmen Netherlands
England English Englishman Englishmen
Wales Welsh
Spain Spanish Spaniard Spaniards
Switzerland Swiss
Greece Greek Greeks
Denmark Danish Dane Danes
Turkey Turkish
Scotland Scottish Scots
Ireland Irish
Norway Norwegian Norwegians
Sweden Swedish Swedes
Germany German Germans
Poland Polish Poles
China Chinese
Europe European Europeans
Finland Finnish Finns
Iceland Icelandic
Canada Canadian Canadians
Italy Italian Italians
"""
_PEOPLES = {
    fold(name): line.split()[0].lower()
    for line in _COUNTRIES.strip().splitlines()
    for name in line.split()
}
# Words that open sentences, or are capitalised in them, and name nothing.
_COMMON_WORDS = """
a after all also although among an and another any are around as at because before behind being
below beneath beside besides between beyond both but by can could despite during each
earlier either even every few finally first for from further furthermore given had has have he
hence her here his how however if in indeed instead into is it its just last lastly later least
less like likewise long many may meanwhile might more moreover most much must my neither
nevertheless new next no none nor not now of off often old on once one only onto or other others
otherwise our out over overall per perhaps rather second several shall she should since so some
soon still such than that the their then there thereafter therefore these they third this those
though through throughout thus to today together too toward towards two three four five six seven
eight nine ten under unless unlike until up upon usually very via was we well were what when where
whereas whether which while who whom whose why will with within without would yes yet you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_VERB = re.compile(
    r"\s+(?:is|was|were|has|had|did|built|made|wrote|began|became|gave|took|found|held|led|put|set"
    r"|brought|came|went|saw|said|says|[a-z]{2,12}ed)\b"
)
_NO_NAME = ("ly", "ing", "ed")
_SENTENCE_OPENS = " \"“'‘(«*_`"


def names_in(sentence: str) -> Iterator[str]:
    """Yield the words of a sentence that are names, or parts of one."""
    if sentence.isupper():
        return
    found = list(_NAME.finditer(sentence))
    for place, match in enumerate(found):
        word = _POSSESSIVE.sub("", match[0])
        if not word[:1].isupper() or len(word) < 2 or word.lower() in _COMMON:  # noqa: PLR2004
            continue
        is_inside = bool(sentence[: match.start()].strip(_SENTENCE_OPENS))
        following = found[place + 1 : place + 2]
        if (is_inside and not _opens(sentence, match.start())) or _is_name_at_the_start(
            sentence, match, following
        ):
            yield word


def _opens(sentence: str, start: int) -> bool:
    """Tell whether a word stands where any word has a capital: after a colon or in a quotation."""
    return sentence[:start].rstrip(_SENTENCE_OPENS)[-1:] in {":", ".", "!", "?", ";"}


def _is_name_at_the_start(
    sentence: str, match: re.Match[str], following: list[re.Match[str]]
) -> bool:
    word = match[0]
    if any(letter.isupper() for letter in word[1:]) or _POSSESSIVE.search(word):
        return True
    if any(each[0][0].isupper() and each[0].lower() not in _COMMON for each in following):
        return sentence[match.end() : following[0].start()].isspace()
    return not word.endswith(_NO_NAME) and bool(_VERB.match(sentence, match.end()))


def has_name(words: Words, names: frozenset[str], name: str) -> bool:
    """Tell whether a text has a name; `names` are its words that may be one."""
    folded = fold(name)
    if folded in names or any(each in names for each in _kin(folded)):
        return True
    parts = [fold(part) for part in re.split(r"[\W_]+", name) if part]
    if len(parts) > 1 and all(part in words.vocabulary for part in parts):
        return True
    if len(parts) > 1 and "".join(parts) in words.joined:
        return True
    return name.isupper() and _is_abbreviated(words, name)


@lru_cache(maxsize=10_000)
def _kin(folded: str) -> tuple[str, ...]:
    """Return a name's plural and people, or what it is the plural or the people of."""
    longer = [folded + ending for ending in _ENDINGS]
    shorter = [
        folded.removesuffix(ending)
        for ending in _ENDINGS
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST
    ]
    people = [each for each, country in _PEOPLES.items() if country == _PEOPLES.get(folded)]
    return (*longer, *shorter, *people)


def _is_abbreviated(words: Words, name: str) -> bool:
    letters = [re.escape(letter) for letter in name if letter.isalpha()][:8]
    between = r"\w*\W{1,3}(?:(?:of|the|and|for|de)\W{1,3}){0,2}"
    return bool(re.search(rf"\b{between.join(letters)}\w", words.text))
