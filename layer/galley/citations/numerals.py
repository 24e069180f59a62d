"""English numbers in words, as values."""

import re

# Words of one line have one value, a line's number.
_UNIT_WORDS = """
zero
one single once
two both pair twice double
three thrice triple third
four fourth
five fifth
six sixth
seven seventh
eight eighth
nine ninth
ten tenth
eleven eleventh
twelve dozen twelfth
thirteen thirteenth
fourteen fourteenth
fifteen fifteenth
sixteen sixteenth
seventeen seventeenth
eighteen eighteenth
nineteen nineteenth
"""
_TEN_WORDS = """
twenty twentieth
thirty thirtieth
forty fortieth
fifty fiftieth
sixty sixtieth
seventy seventieth
eighty eightieth
ninety ninetieth
"""
_UNITS = {
    word: value
    for value, line in enumerate(_UNIT_WORDS.strip().splitlines())
    for word in line.split()
}
_TENS = {
    word: value * 10
    for value, line in enumerate(_TEN_WORDS.strip().splitlines(), start=2)
    for word in line.split()
}
_TIMES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_ANY = "|".join(sorted([*_UNITS, *_TENS, *_TIMES], key=lambda word: (-len(word), word)))
# After tens a `first` is an ordinal, alone it is mostly none; so is `second`.
SPELLED = re.compile(
    rf"\b(?:{_ANY})(?:(?<=hundred|housand|million|billion)\s+and\s+(?:{_ANY})"
    rf"|[\s-]+(?:{_ANY}))*(?:-(?:first|second))?\b",
    re.I,
)
_LATE = {"first": 1, "second": 2}
_NONE = 10**12
_LARGEST = 10**15  # what is larger is said in digits: no row of words grows beyond it


def values_of_words(words: str) -> list[int]:
    """Return the values of number words in a row: mostly one, but `two three` are two."""
    values: list[int] = []
    total = part = 0
    limit = _NONE  # what comes next is added only if it is smaller
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in _TIMES:
            factor = _TIMES[word]
            if max(part, 1) * factor > _LARGEST:
                values.append(total + part)
                total = part = 0
            part = max(part, 1) * factor
            if factor > _TIMES["hundred"]:
                total, part = total + part, 0
            limit = factor
        elif word != "and":
            value = _LATE.get(word) or _TENS.get(word) or _UNITS.get(word, 0)
            if value >= limit:
                values.append(total + part)
                total = part = 0
            part += value
            limit = 10 if word in _TENS else 0
    return [*values, total + part]
