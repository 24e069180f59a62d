"""Errors to plant: each takes a true sentence and returns one that is not, where it can."""

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from galley_local.planted.made_up import FOREIGN_NAMES, INVENTED
from galley_local.planted.reports import Sentence, World

NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w.-]|,\d)")
YEAR = re.compile(r"\b1[5-9]\d\d\b|\b20\d\d\b")
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
WORDS = "two three four five six seven eight nine ten eleven twelve fourteen twenty thirty".split()  # noqa: SIM905
SPELLED = re.compile(rf"\b(?:{'|'.join(WORDS)})\b")
UNKNOWN = "unknown"  # the name of a source that there is not


class Case(NamedTuple):
    """A sentence with an error, or with none, and of which kind it is."""

    kind: str
    sentence: Sentence


Plant = Callable[[Sentence, World, random.Random], Sentence | None]


def unknown_source(one: Sentence, _world: World, _random: random.Random) -> Sentence:
    """Cite a number that no source has."""
    return replace(one, cites=(UNKNOWN,))


def swapped_citation(one: Sentence, world: World, rng: random.Random) -> Sentence | None:
    """Cite another source, one that lacks a number or name of the sentence."""
    other = rng.choice([name for name in world.sources if name not in one.cites])
    return None if _holds(world, other, one.text) else replace(one, cites=(other,))


def swapped_where_both_hold(one: Sentence, world: World, rng: random.Random) -> Sentence | None:
    """Cite another source, one that has every number and name of the sentence."""
    others = [name for name in world.sources if name not in one.cites]
    fitting = [name for name in others if _holds(world, name, one.text)]
    return replace(one, cites=(rng.choice(fitting),)) if fitting else None


def altered_number(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Change a number that is no year: one digit, or by one, or tenfold."""
    return _changed(one, NUMBER, lambda said: _other_number(said, rng), rng, unlike=YEAR)


def altered_year(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Change a year by one to sixty."""
    step = rng.randint(1, 60) * rng.choice((-1, 1))
    return _changed(one, YEAR, lambda said: str(int(said) + step), rng)


def altered_date(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Change the day or the month of a date."""

    def change(said: str) -> str:
        day, month, year = said.split()
        if rng.random() < 0.5:  # noqa: PLR2004
            return f"{int(day) % 28 + rng.randint(1, 2)} {month} {year}"
        return f"{day} {rng.choice([each for each in MONTHS if each != month])} {year}"

    return _changed(one, DATE, change, rng)


def altered_count(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Change a number in words."""
    return _changed(
        one, SPELLED, lambda said: rng.choice([each for each in WORDS if each != said]), rng
    )


def misspelled_name(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Change a letter inside a name."""

    def change(said: str) -> str:
        place = rng.randrange(1, len(said))
        letters = [each for each in "aeioulmnrst" if each != said[place]]
        return said[:place] + rng.choice(letters) + said[place + 1 :]

    return _changed(one, NAME, change, rng)


def altered_name(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Put a name that no document has in place of one."""
    return _changed(one, NAME, lambda _said: rng.choice(FOREIGN_NAMES), rng)


def moved_number(one: Sentence, world: World, rng: random.Random) -> Sentence | None:
    """Put a number of another source in place of one."""
    found = sorted({*NUMBER.findall(_other_text(one, world, rng))} - {*NUMBER.findall(one.text)})
    return _changed(one, NUMBER, lambda _said: rng.choice(found), rng) if found else None


def moved_name(one: Sentence, world: World, rng: random.Random) -> Sentence | None:
    """Put a name of another source in place of one."""
    found = sorted({*NAME.findall(_other_text(one, world, rng))} - {*one.text.split()})
    own = " ".join(world.sources[name].text for name in one.cites)
    found = [name for name in found if name not in own]
    return _changed(one, NAME, lambda _said: rng.choice(found), rng) if found else None


def altered_quotation(one: Sentence, world: World, rng: random.Random) -> Sentence | None:
    """Quote the sentence with one word exchanged."""
    words = one.text.rstrip(".").split()[:20]
    long = [place for place, word in enumerate(words) if len(word) > 3]  # noqa: PLR2004
    others = rng.choice(world.sentences).text.rstrip(".").split()
    other = rng.choice([word for word in others if len(word) > 3] or ["nothing"])  # noqa: PLR2004
    if not long or '"' in one.text or "“" in one.text:
        return None
    place = rng.choice(long)
    if words[place].strip(",;").lower() == other.strip(",;").lower():
        return None
    words[place] = other
    return replace(one, text=f"According to the source, “{' '.join(words)}”.")


def invented_quotation(one: Sentence, _world: World, rng: random.Random) -> Sentence:
    """Quote what nobody has written."""
    words = rng.choice(INVENTED).rstrip(".").split()
    start = rng.randrange(0, max(1, len(words) - 6))
    quote = " ".join(words[start : start + rng.randint(4, 10)])
    return replace(one, text=f"The source calls it “{quote}”.")


def invented_sentence(one: Sentence, _world: World, rng: random.Random) -> Sentence:
    """State what no source says, with a citation."""
    return replace(one, text=rng.choice(INVENTED))


def citation_left_out(one: Sentence, _world: World, _random: random.Random) -> Sentence:
    """State a fact without a citation."""
    return replace(one, cites=())


def negated(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Say the contrary, with the same words."""
    return _changed(
        one, re.compile(r"\b(?:was|were|is|are|had|could)\b"), lambda said: f"{said} not", rng
    )


def exchanged_inside(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Exchange two numbers, or two names, of the sentence."""
    for pattern in (NUMBER, NAME):
        found = list(pattern.finditer(one.text))
        if len(found) > 1 and found[0][0] != found[1][0]:
            (a, b), (c, d) = found[0].span(), found[1].span()
            text = one.text[:a] + one.text[c:d] + one.text[b:c] + one.text[a:b] + one.text[d:]
            return replace(one, text=text)
    return None


def altered_unit(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Change what a number counts."""
    units = "metres feet miles years nights tons seconds minutes pounds ships".split()  # noqa: SIM905
    pattern = re.compile(rf"(?<=\d )(?:{'|'.join(units)})\b")
    return _changed(
        one, pattern, lambda said: rng.choice([each for each in units if each != said]), rng
    )


PLANTS: tuple[Plant, ...] = (
    unknown_source, swapped_citation, altered_number, altered_year, altered_date, altered_count,
    misspelled_name, altered_name, moved_number, moved_name, altered_quotation, invented_quotation,
    invented_sentence, citation_left_out,
)  # fmt: skip
# What words alone cannot tell; measured, and promised to nobody.
UNSEEN: tuple[Plant, ...] = (swapped_where_both_hold, negated, exchanged_inside, altered_unit)


def _changed(
    one: Sentence,
    pattern: re.Pattern[str],
    change: Callable[[str], str],
    rng: random.Random,
    unlike: re.Pattern[str] | None = None,
) -> Sentence | None:
    found = [each for each in pattern.finditer(one.text) if not (unlike and unlike.match(each[0]))]
    if not found:
        return None
    place = rng.choice(found)
    said = change(place[0])
    if said == place[0]:
        return None
    return replace(one, text=one.text[: place.start()] + said + one.text[place.end() :])


def _other_number(said: str, rng: random.Random) -> str:
    value = said.replace(",", "")
    if "." in value or rng.random() < 0.5:  # noqa: PLR2004
        places = [place for place, letter in enumerate(said) if letter.isdigit()]
        place = rng.choice(places)
        digits = [each for each in "123456789" if each != said[place]]
        return said[:place] + rng.choice(digits) + said[place + 1 :]
    return f"{rng.choice((int(value) + 1, abs(int(value) - 1), int(value) * 10)):,}"


def _other_text(one: Sentence, world: World, rng: random.Random) -> str:
    return world.sources[rng.choice([name for name in world.sources if name not in one.cites])].text


def _holds(world: World, name: str, text: str) -> bool:
    """Tell whether a source has, as they are written, all numbers and names of a sentence."""
    facts = {*NUMBER.findall(text), *NAME.findall(text)}
    return all(fact in world.sources[name].text for fact in facts)
