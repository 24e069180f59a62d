"""Cases made from reports, the gate asked about each, and what it said of them counted."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from galley.citations.checking import check

from galley_local.planted.errors import PLANTS, UNKNOWN, UNSEEN, Case, Plant
from galley_local.planted.made_up import PARAPHRASES
from galley_local.planted.reports import Sentence, World, read_world
from galley_local.planted.rewordings import REWORDINGS

SEED = 20261123
MOST_OF_A_KIND = 100
IN_A_DRAFT = 20  # so that nothing that the gate finds is left out
PARAPHRASED = "said in other words, by hand"


@dataclass
class Count:
    """Cases of a kind: how many, of which the gate said something, or that they must not stand."""

    cases: int = 0
    found: int = 0
    failed: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass
class Figures:
    """What was counted, by kind of case."""

    planted: dict[str, Count]
    unseen: dict[str, Count]
    clean: dict[str, Count]

    @property
    def recall(self) -> float:
        """The share of planted errors of which the gate said something."""
        counts = self.planted.values()
        return sum(each.found for each in counts) / max(1, sum(each.cases for each in counts))

    @property
    def precision(self) -> float:
        """The share of sentences with an error among those of which the gate said something."""
        true = sum(each.found for each in self.planted.values())
        return true / max(1, true + sum(each.found for each in self.clean.values()))


def measure(seed: int = SEED, most: int = MOST_OF_A_KIND) -> Figures:
    """Make the cases of a seed, `most` of a kind, and count what the gate says."""
    figures, world = Figures({}, {}, {}), read_world()
    for kinds, counts in (
        (PLANTS, figures.planted),
        (UNSEEN, figures.unseen),
        (REWORDINGS, figures.clean),
    ):
        for plant in kinds:
            _count(cases_of(plant, world, seed)[:most], world, counts)
    by_hand = [Case(PARAPHRASED, Sentence(text, (name,))) for name, text in PARAPHRASES]
    _count(by_hand, world, figures.clean)
    return figures


def cases_of(plant: Plant, world: World, seed: int) -> list[Case]:
    """Return the cases of one kind: of sentences in an order that the seed decides."""
    kind = plant.__name__.replace("_", " ")
    rng = random.Random(f"{seed} {kind}")  # noqa: S311  # it chooses sentences
    sentences = rng.sample(world.sentences, len(world.sentences))
    made = (plant(one, world, rng) for one in sentences)
    changed = [one for one in made if one is not None]
    return [Case(kind, one) for one in changed[:MOST_OF_A_KIND]]


def _count(cases: Sequence[Case], world: World, counts: dict[str, Count]) -> None:
    for start in range(0, len(cases), IN_A_DRAFT):
        drafted = cases[start : start + IN_A_DRAFT]
        for case, said in zip(drafted, _said_of(drafted, world), strict=True):
            count = counts.setdefault(case.kind, Count())
            count.cases += 1
            count.found += bool(said)
            count.failed += said == "fails"
            count.missed += [] if said else [f"{case.sentence.cites} {case.sentence.text}"]


def _said_of(cases: Sequence[Case], world: World) -> Iterator[str]:
    """Yield of each case whether its sentence fails the draft, is warned of, or neither."""
    numbers = {name: number for number, name in enumerate(world.sources, start=1)}
    cited = {name for case in cases for name in case.sentence.cites} - {UNKNOWN}
    known: dict[int, tuple[()]] = {numbers[name]: () for name in cited}
    sources = dict(enumerate(world.sources.values(), start=1))
    lines = [_line(case.sentence, numbers) for case in cases]
    checked = check("# Cases\n\n## All\n\n" + "\n\n".join(lines), known, sources.__getitem__)
    places = iter(range(1, sum(len(case.sentence.cites) for case in cases) + 1))
    fails = Counter(each.place or each.sentence for each in checked.failures)
    warned = Counter(each.place or each.sentence for each in checked.warnings)
    for case in cases:
        taken = [next(places) for _ in case.sentence.cites]
        key = taken[0] if taken else " ".join(case.sentence.text.split())
        yield "fails" if fails[key] else "warned" if warned[key] else ""


def _line(sentence: Sentence, numbers: dict[str, int]) -> str:
    marks = "".join(f"[{numbers.get(name, 999)}]" for name in sentence.cites)
    return f"{sentence.text.rstrip(' .')} {marks}." if marks else sentence.text
