"""A source, read once for everything that the sentences of a draft ask of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from galley.citations.figures import Day, Figure, figures_in
from galley.citations.names import has_name
from galley.citations.texts import Words, unmarked
from galley.contracts import Source

# A passage is so many words long; the next one begins in its middle.
PASSAGE_WORDS = 40
FEW_CAPITALS = 50  # one in so many different words
_STEM = 6
_WEAK_WORDS = """
about after all also and another any are because been before being between both but can could did
does done during each even few first for from had has have her his how into its just let like made
make many may might more most much must nor not off one only onto other our out over own per said
same says second shall should some such than that the their them then there these they this those
three through too two under until upon use used using very via was well were what when where which
while who whom whose why will with within without would you your
"""
_WEAK = frozenset(_WEAK_WORDS.split())


@dataclass(frozen=True)
class Place:
    """Whether a figure stands in a source, and whether where the source speaks of the same."""

    stands: bool
    is_near: bool = False


class Reading:
    """The words, figures and passages of a source."""

    def __init__(self, source: Source) -> None:
        self.text = f"{source.title}\n\n{source.text}"
        self.words = Words(self.text)
        # the passages in which each stands
        self._numbers: defaultdict[str, set[int]] = defaultdict(set)
        self._days: defaultdict[Day, set[int]] = defaultdict(set)
        for figure in figures_in(unmarked(self.text)):
            self._add(figure)

    def _add(self, figure: Figure) -> None:
        passages = self._passages_at(figure.start)
        for day in figure.days:
            self._days[day] |= passages
            for part in {day[0], day[2]} - {0}:
                self._numbers[str(part)] |= passages
        for values in figure.values:
            for value in values:
                self._numbers[value] |= passages

    def place_of(self, figure: Figure, passages: frozenset[int]) -> Place:
        """Return whether a figure stands here, and whether in one of the passages."""
        found = list(self._found(figure))
        return Place(bool(found), any(not each.isdisjoint(passages) for each in found))

    def has_parts_of(self, figure: Figure) -> bool:
        """Tell whether a date's numbers stand here, with a month in a name that is not known."""
        return any(
            all(str(part) in self._numbers for part in (year, number) if part)
            and not any((said[0], said[2]) == (year, number) for said in self._days)
            for year, _, number in figure.days
        )

    def _found(self, figure: Figure) -> Iterator[set[int]]:
        for values in figure.values:
            if all(value in self._numbers for value in values):
                yield self._numbers[values[0]]
        for day in figure.days:
            yield from self._found_day(day)
        if figure.span:
            for year in self._years:
                if figure.span[0] <= year <= figure.span[1]:
                    yield self._numbers[str(year)]

    def _found_day(self, day: Day) -> Iterator[set[int]]:
        year, month, number = day
        for said, passages in self._days.items():
            # What the day's name leaves out may stand elsewhere: `on 12 May of the same year`.
            year_fits = said[0] == year or not year or (not said[0] and str(year) in self._numbers)
            if said[1] == month and year_fits and (not number or said[2] == number):
                yield passages

    def has_name(self, name: str) -> bool:
        """Tell whether a proper name stands in the source."""
        return has_name(self.words, self._names, name)

    def passages_like(self, stems: frozenset[str]) -> Counter[int]:
        """Return how many of some stems each passage has."""
        counts: Counter[int] = Counter()
        for stem in stems:
            counts.update(self._passages.get(stem, ()))
        return counts

    @cached_property
    def _years(self) -> list[int]:
        return sorted(int(value) for value in self._numbers if len(value) == 4 and value.isdigit())  # noqa: PLR2004

    @cached_property
    def _names(self) -> frozenset[str]:
        # A text without capitals, such as a transcript, has its names among all other words.
        words = self.words
        has_capitals = len(words.capitals) * FEW_CAPITALS > len(words.vocabulary)
        return frozenset(words.capitals) if has_capitals else words.vocabulary

    @cached_property
    def _passages(self) -> dict[str, list[int]]:
        passages: defaultdict[str, list[int]] = defaultdict(list)
        half = PASSAGE_WORDS // 2
        for start in range(0, len(self.words.words), half):
            for stem in {*map(_stem_of, self.words.words[start : start + half])} - {""}:
                # each half belongs to the passage that it begins and to the one before
                found = passages[stem]
                for passage in (start // half - 1, start // half):
                    if not found or found[-1] < passage:
                        found.append(passage)
        return passages

    def _passages_at(self, position: int) -> set[int]:
        half = self.words.word_at(position) // (PASSAGE_WORDS // 2)
        return {half - 1, half}


def stems_in(text: str) -> frozenset[str]:
    """Return the beginnings of the words that say what a sentence is about."""
    return frozenset(map(_stem_of, Words(text).words)) - {""}


@lru_cache(maxsize=50_000)
def _stem_of(word: str) -> str:
    if word.isascii() and (len(word) < 3 or word in _WEAK or word.isdecimal()):  # noqa: PLR2004
        return ""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:  # noqa: PLR2004
            word = word.removesuffix(ending)
            break
    return word[:_STEM]
