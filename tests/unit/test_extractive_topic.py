"""Topics: the ideas behind the words, and what speaks of them in other words."""

import pytest

from galley_local.extractive.kin import kin, kin_words
from galley_local.extractive.salience import centrality, feedback, rarity, telling
from galley_local.extractive.topic import Topic
from galley_local.extractive.words import content_stems, stem

TOPIC = Topic("How beacons were seen farther")


def test_other_words_for_the_same_thing_speak_of_the_topic() -> None:
    assert TOPIC.coverage(content_stems("a beacon visible from a great distance")) > 0.7
    assert TOPIC.coverage(content_stems("a beacon with a garden behind the wall")) < 0.7


def test_the_topics_own_word_counts_more_than_its_kin() -> None:
    own, by_kin = content_stems("it was seen"), content_stems("it was visible")

    assert TOPIC.coverage(own) > TOPIC.coverage(by_kin) > 0


def test_kin_has_one_word_for_each_stem_and_not_the_word_itself() -> None:
    words = kin_words(stem("seen"))

    assert "visible" in words
    assert "seen" not in words
    assert len({stem(word) for word in words}) == len(words)
    assert kin(stem("seen")) == {stem(word) for word in words}


def test_a_word_without_kin_has_none() -> None:
    assert kin(stem("beacon")) == frozenset()


@pytest.mark.parametrize("plural", ["lenses", "processes", "journals", "copies"])
def test_a_plural_has_the_stem_of_its_singular(plural: str) -> None:
    singular = {"lenses": "lens", "processes": "process", "journals": "journal", "copies": "copy"}

    assert stem(plural) == stem(singular[plural])


@pytest.mark.parametrize(
    ("verb", "noun"),
    [("recover", "recovery"), ("discovers", "discoveries"), ("delivered", "delivery")],
)
def test_what_is_done_and_the_doing_of_it_have_one_stem(verb: str, noun: str) -> None:
    assert stem(verb) == stem(noun)
    assert stem("every") != stem("ever")


def test_what_every_sentence_says_counts_less_than_what_few_say() -> None:
    said = [frozenset(content_stems(text)) for text in ["beacon", "beacon hill", "beacon seen"]]

    value = rarity(TOPIC, said)

    assert value[stem("beacon")] < TOPIC.ideas[stem("beacon")]
    assert value[stem("seen")] / TOPIC.ideas[stem("seen")] > value[stem("beacon")]


def test_an_anecdote_with_the_topics_words_is_not_central() -> None:
    texts = [
        "the beacon had a mirror and a flame",
        "a mirror behind the flame made the beacon seen farther",
        "the flame and its mirror were seen from afar",
        "the beacon was painted by a poet",
    ]
    said = [frozenset(content_stems(text)) for text in texts]
    relevance = [TOPIC.coverage(stems) for stems in said]

    central = centrality(TOPIC, said, feedback(said, relevance))

    assert min(central) == central[3]
    assert max(central) == 1.0


def test_how_is_answered_by_reasons_and_who_by_names() -> None:
    reason = "The beacon reached farther because each mirror limits the spread of its beam."
    anecdote = "In 1811 the beacon of Robert Stevenson was visited by Walter Scott of Abbotsford."

    assert telling(TOPIC, reason) > 0 > telling(TOPIC, anecdote)
    assert telling(Topic("Who built beacons"), anecdote) > telling(Topic("Who built them"), reason)
