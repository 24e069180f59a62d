"""Passages: the paragraphs that speak of some words, verbatim, best first."""

import pytest
from galley.sources.passages import find_passages, in_context, page_of, sentences_of, stems_of

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


def test_a_quote_comes_with_the_words_of_its_paragraph() -> None:
    found = in_context(
        "Before it.\n\nOne two. Three\n four  five. Six.\n\nAfter.", "Three four five."
    )

    assert found == ("One two.", "Three four five.", "Six.")


def test_the_words_around_a_quote_are_cut_between_words() -> None:
    found = in_context("alpha beta gamma QUOTE delta epsilon zeta", "QUOTE", characters=8)

    assert found == ("… gamma", "QUOTE", "delta …")


@pytest.mark.parametrize("quote", ["other words", "", " "])
def test_words_that_do_not_stand_in_a_text_are_not_found(quote: str) -> None:
    assert in_context("One two three.", quote) is None


def test_a_quote_is_no_pattern() -> None:
    assert in_context("a.c", "a.c") is not None
    assert in_context("abc", "a.c") is None


def test_sentences_are_those_of_paragraphs() -> None:
    assert sentences_of("# Fog\n\nOne\ntwo. Three!\n\n\nFour") == ["One two.", "Three!", "Four"]


def test_words_are_compared_by_their_stems() -> None:
    assert stems_of("Lenses polished") == stems_of("the lens polishing") - {"the"}


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        pytest.param("The first lens", 1, id="first"),
        pytest.param("was  lit at\nCordouan", 1, id="other white space"),
        pytest.param("at Cordouan by a", 1, id="across pages, where it begins"),
        pytest.param("keeper of the crown", 2, id="within a paragraph"),
        pytest.param("The lamp", 3, id="after an empty page"),
        pytest.param("no such words", 0, id="nowhere"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_a_quote_stands_on_a_page(quote: str, page: int) -> None:
    text = "The first lens\nwas lit at Cordouan by a keeper of the crown.\n\nThe lamp burned oil."
    starts = [0, text.index("by a keeper"), text.index("The lamp")]

    assert page == page_of(text, starts, quote)


def test_a_text_without_pages_has_none() -> None:
    assert page_of("The lens.", [], "lens") == 0
