"""Passages: the paragraphs that speak of some words, verbatim, best first."""

import pytest
from galley.passages import find_passages

TEXT = """# Fog signals

Bells rang in fog.

Fog signals  with compressed
air were heard for miles.

Lenses were polished by hand."""


def test_the_paragraph_with_most_of_the_words_comes_first() -> None:
    assert ["Fog signals  with compressed\nair were heard for miles.", "Bells rang in fog."] == (
        find_passages(TEXT, "signals in fog")
    )


@pytest.mark.parametrize("words", ["lens", "LENSES", "the lens?", "polishing", "polished"])
def test_another_form_of_a_word_finds_it(words: str) -> None:
    assert ["Lenses were polished by hand."] == find_passages(TEXT, words)


@pytest.mark.parametrize("words", ["", "a of", "railways", "!?"])
def test_words_that_stand_nowhere_find_nothing(words: str) -> None:
    assert find_passages(TEXT, words) == []


def test_a_heading_is_no_passage() -> None:
    assert find_passages("# Fog\n\n## Fog\n", "fog") == []


def test_no_more_passages_come_back_than_asked_for() -> None:
    assert len(find_passages("fog\n\n" * 9, "fog", limit=2)) == 2


def test_a_passage_is_cut_to_a_length() -> None:
    assert ["fog fog"] == find_passages("fog " * 100, "fog", characters=7)


def test_equally_good_passages_stay_in_their_order() -> None:
    assert ["fog a", "fog b", "fog c"] == find_passages("fog a\n\nfog b\n \nfog c", "fog")


def test_an_empty_text_has_no_passages() -> None:
    assert find_passages("", "fog") == []
