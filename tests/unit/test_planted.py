"""Planted errors: the cases are what they say they are, and the gate sees what it should."""

import random

import pytest

from galley_local.planted.__main__ import table
from galley_local.planted.errors import PLANTS, UNSEEN, Plant, unknown_source
from galley_local.planted.made_up import FOREIGN_NAMES, INVENTED, PARAPHRASES
from galley_local.planted.measure import PARAPHRASED, SEED, Figures, cases_of, measure
from galley_local.planted.reports import World, read_world
from galley_local.planted.rewordings import REWORDINGS, as_it_is

FEW = 6  # of a kind, for the time it takes


@pytest.fixture(scope="module")
def world() -> World:
    """Give the example documents and their reports."""
    return read_world()


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Give the figures of a few cases of each kind."""
    return measure(most=FEW)


def test_what_is_promised_is_reached(figures: Figures) -> None:
    assert figures.recall >= 0.98
    assert figures.precision >= 0.95


def test_every_kind_has_cases(figures: Figures) -> None:
    assert len(PLANTS) == len(figures.planted) >= 5
    assert len(UNSEEN) == len(figures.unseen)
    assert {each.__name__.replace("_", " ") for each in REWORDINGS} == figures.clean.keys() - {
        PARAPHRASED
    }


def test_no_true_sentence_goes_back_to_the_writer(figures: Figures) -> None:
    assert 0 == sum(count.failed for count in figures.clean.values())


def test_the_tables_have_every_kind(figures: Figures) -> None:
    shown = table(figures)

    assert all(f"| {kind} |" in shown for kind in (*figures.planted, *figures.unseen))


@pytest.mark.parametrize("plant", [*PLANTS, *UNSEEN], ids=lambda plant: str(plant.__name__))
def test_a_seed_always_makes_the_same_errors(plant: Plant, world: World) -> None:
    made = cases_of(plant, world, SEED)

    assert made == cases_of(plant, world, SEED)
    assert {case.sentence for case in made}.isdisjoint(world.sentences)


def test_another_seed_makes_others(world: World) -> None:
    assert cases_of(unknown_source, world, 1) != cases_of(unknown_source, world, 2)


def test_what_is_left_as_it_is_is_true(world: World) -> None:
    rng = random.Random(SEED)

    assert all(as_it_is(one, world, rng) is one for one in world.sentences)


def test_what_is_made_up_stands_in_no_document(world: World) -> None:
    texts = " ".join(source.text for source in world.sources.values())

    assert [] == [name for name in FOREIGN_NAMES if name in texts]
    assert [] == [sentence for sentence in INVENTED if sentence.rstrip(".") in texts]


def test_paraphrases_are_of_documents_and_not_their_words(world: World) -> None:
    assert len(PARAPHRASES) > 20
    for name, sentence in PARAPHRASES:
        assert sentence not in world.sources[name].text
