"""Sentences: what of a source can stand in a report, clean to read and verbatim to check."""

import pytest

from galley_local.extractive.form import fitness, leans
from galley_local.extractive.markup import clean
from galley_local.extractive.sentences import sentences

MARKDOWN = """---
title: Lenses
---
# The stepped lens

The **stepped lens** was designed by [Augustin Fresnel](https://example.org/f_(optics)) and was
first shown in 1823.[3] See also the list below.

```
lens --order first
```

| order | focal distance |
|-------|----------------|
| first | 920 mm         |

Setting
-------

- The lens of the first order has a focal distance of 920 millimetres.
- Buoys
"""


def test_headings_code_tables_and_debris_are_no_sentences() -> None:
    found = [one.text for one in sentences(MARKDOWN)]

    assert found == [
        "The stepped lens was designed by Augustin Fresnel and was first shown in 1823.",
        "The lens of the first order has a focal distance of 920 millimetres.",
    ]


def test_a_quote_stands_in_its_source_word_for_word() -> None:
    single_spaced = " ".join(MARKDOWN.split())

    quotes = [one.quote for one in sentences(MARKDOWN)]

    assert quotes
    assert all(quote in single_spaced for quote in quotes)


def test_a_sentence_knows_its_heading() -> None:
    assert [one.heading for one in sentences(MARKDOWN)] == ["The stepped lens", "Setting"]


def test_a_connective_that_points_back_is_left_out_of_text_and_quote() -> None:
    text = "However, the keepers of the rock preferred the older lamp for many years."

    (found,) = sentences(text)

    assert found.text == "The keepers of the rock preferred the older lamp for many years."
    assert found.quote in text


def test_a_line_broken_before_inline_code_is_one_sentence() -> None:
    opening = "The journal is written before the database file itself is changed, and "
    text = f"{opening * 2}\n`fsync` was called on both files before the commit ended."

    found = [one.text for one in sentences(text)]

    assert found == [" ".join(text.split())]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("a [link](http://x.org) and ![image](i.png) text", "a link and text"),
        ("see :ref:`the page <page>` and ``code``", "see the page and `code`"),
        ("a fact[12] and another[^note].", "a fact and another."),
        ("`git show <commit>` *shows* <b>one</b>", "`git show <commit>` shows one"),
        ("snake_case_name and _emphasis_", "snake_case_name and emphasis"),
    ],
    ids=["links", "roles", "notes", "code", "underscores"],
)
def test_markup_is_left_out(marked: str, plain: str) -> None:
    assert clean(marked) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Specifies whether the lamp is lit before the keeper has gone to bed.",
        "Please use the newer lamp where the older one was used in the past.",
        "To light the lamp, use the burner that was described in the manual.",
        "The reasons for this were given in the list (see section 4 for details).",
        "Lighting the lamps at dusk and winding the clockwork of the great lens.",
        "`lamp.conf` file of the station that was lit in the year of its building.",
        "The lamp `a[1]` was the first lamp that was ever lit on this coast of ours.",
        "Did the keepers know that the lamp was lit at the wrong hour of the day?",
        "The lamp was lit.",
    ],
    ids=[
        "no-subject",
        "please",
        "imperative",
        "see",
        "no-verb",
        "torn",
        "citation",
        "question",
        "short",
    ],
)
def test_what_is_no_statement_for_a_report_has_no_fitness(text: str) -> None:
    assert fitness(text) == 0


@pytest.mark.parametrize("opening", ["It", "This lamp", "They", "In that case, the lamp", "Both"])
def test_a_sentence_that_leans_on_another_is_less_fit(opening: str) -> None:
    leaning = f"{opening} was shown to ships from the tower in the autumn of 1823."
    standing = "The lamp was shown to ships from the tower in the autumn of 1823."

    assert leans(leaning)
    assert fitness(leaning) < fitness(standing) / 2


def test_words_that_only_look_like_a_reference_do_no_harm() -> None:
    text = "Sailors could see the light from a table of rock in the following year."

    assert fitness(text) > 0
