"""True sentences worded in another way: what the gate says of them is a false alarm."""

import random
import re
from dataclasses import replace

from galley_local.planted.errors import DATE, MONTHS, NAME, NUMBER, SPELLED, YEAR, Plant
from galley_local.planted.reports import Sentence, World

_IN_DIGITS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "fourteen": "14", "twenty": "20",
    "thirty": "30",
}  # fmt: skip
_IN_WORDS = {digits: word for word, digits in _IN_DIGITS.items()}
_SAME = {
    "used": "employed", "began": "started", "built": "constructed", "showed": "demonstrated",
    "large": "big", "small": "little", "many": "numerous", "needed": "required", "nearly": "almost",
    "about": "approximately", "called": "named", "made": "produced", "kept": "retained",
    "must": "has to", "gives": "provides", "because": "since", "enough": "sufficient",
}  # fmt: skip


def as_it_is(one: Sentence, _world: World, _random: random.Random) -> Sentence:
    """Change nothing."""
    return one


def other_type(one: Sentence, _world: World, _random: random.Random) -> Sentence:
    """Write apostrophes, dashes, spaces and ligatures as a typesetter does."""
    text = one.text.replace("'", "’").replace(" - ", " – ").replace("fi", "ﬁ")
    return replace(one, text=re.sub(r"(\d) (?=[a-z])", "\\1\u00a0", text).replace("-", "\u2011"))


def other_case(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Begin with another phrase, so that the first word loses its capital."""
    first = one.text.partition(" ")[0]
    known = {"The", "A", "An", "In", "By", "Most", "Every", "Each", "No", "From", "Before", "When"}
    if first not in known:
        return None
    return replace(one, text=f"It is recorded that {first.lower()}{one.text[len(first) :]}")


def other_thousands(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Group the digits of large numbers in another way."""
    mark = rng.choice(("", "\u202f", "’"))
    text = re.sub(r"(?<=\d),(?=\d{3})", mark, one.text)
    if text == one.text:
        text = re.sub(r"\b([2-9]\d|\d)(\d{3})\b", r"\1,\2", one.text)
    return None if text == one.text else replace(one, text=text)


def digits_for_words(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Write numbers in words as digits."""
    # half of "twenty-six" is no number
    text = re.sub(rf"(?<!-){SPELLED.pattern}(?!-)", lambda found: _IN_DIGITS[found[0]], one.text)
    return None if text == one.text else replace(one, text=text)


def words_for_digits(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Write small numbers in digits as words."""
    text = NUMBER.sub(lambda found: _IN_WORDS.get(found[0], found[0]), one.text)
    return None if text == one.text else replace(one, text=text)


def other_order(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Put the clause behind the first comma in front."""
    first, comma, rest = one.text.rstrip(" .").partition(", ")
    if not comma:
        return None
    first = first if NAME.match(f"x {first}", 2) else first[:1].lower() + first[1:]
    return replace(one, text=f"{rest[:1].upper()}{rest[1:]}, {first}.")


def possessive(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Say `Fresnel's lens` for `the lens of Fresnel`, or the other way round."""
    text = re.sub(r"\b[Tt]he (\w+) of ([A-Z][a-z]+)\b(?! [A-Z])", r"\2's \1", one.text)
    if text == one.text:
        text = re.sub(r"\b([A-Z][a-z]+)['’]s (\w+)\b", r"the \2 of \1", one.text)
    return None if text == one.text else replace(one, text=text[:1].upper() + text[1:])


def other_date(one: Sentence, _world: World, rng: random.Random) -> Sentence | None:
    """Write a date in another form."""

    def change(found: re.Match[str]) -> str:
        day, month, year = found.groups()
        iso = f"{year}-{MONTHS.index(month) + 1:02d}-{int(day):02d}"
        return rng.choice((f"{month} {day}, {year}", iso, f"{day}th of {month} {year}"))

    text = DATE.sub(change, one.text)
    return None if text == one.text else replace(one, text=text)


def decade(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Say in which decade a year is."""
    text = YEAR.sub(lambda found: f"the {found[0][:3]}0s", one.text)
    return None if text == one.text or "the the" in text else replace(one, text=text)


def other_words(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Put common words in place of others that mean the same."""
    text = re.sub(r"[a-z]+", lambda found: _SAME.get(found[0], found[0]), one.text)
    return None if text == one.text else replace(one, text=text)


def introduced(one: Sentence, _world: World, rng: random.Random) -> Sentence:
    """Say first who says it."""
    opening = rng.choice(("According to one account, ", "As the record shows, ", "Notably, "))
    return replace(one, text=f"{opening}{one.text}")


def shortened(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Leave out what follows the last comma."""
    kept, comma, rest = one.text.rpartition(", ")
    return replace(one, text=f"{kept}.") if comma and len(kept) > len(rest) else None


def joined(one: Sentence, world: World, rng: random.Random) -> Sentence | None:
    """Make one sentence of two, with the citations of both."""
    other = rng.choice(world.sentences)
    if other == one:
        return None
    both = tuple(dict.fromkeys((*one.cites, *other.cites)))
    return replace(one, text=f"{one.text.rstrip(' .')}; {other.text}", cites=both)


def quoted(one: Sentence, _world: World, _random: random.Random) -> Sentence | None:
    """Quote the first words as they are."""
    words = one.text.rstrip(".").split()[:12]
    if '"' in one.text or "“" in one.text or "`" in one.text:
        return None
    return replace(one, text=f"The source says “{' '.join(words)}”.")


REWORDINGS: tuple[Plant, ...] = (
    as_it_is, other_type, other_case, other_thousands, digits_for_words, words_for_digits,
    other_order, possessive, other_date, decade, other_words, introduced, shortened, joined, quoted,
)  # fmt: skip
