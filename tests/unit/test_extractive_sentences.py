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
        "Extract a new lamp from the crate that was landed on the rock in the spring.",
        "Informs the keeper that a registered lamp of the station is no longer lit.",
        "Fixed a critical bug that could cause the lamp to become dark without warning.",
        "Added the second lamp, which causes the station to behave as it did before.",
        "Changed in version 3.7: Both of the lamps are lit by default at every station.",
        "A lamp that guards the entrance of a narrow harbour in thick weather.",
        "Can be useful at a station where the lamp is lit by more than one keeper.",
        "When two lamps are lit, specifies which of them is put out before the other.",
        "A history of lamps may be told through towers or the people who kept watch.",
        "The first paper describes in detail how the oil of the lamp is measured.",
        "We already saw in the last part that lamps are lit by the keeper at dusk.",
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
        "command",
        "third-person",
        "fixed",
        "added",
        "label",
        "caption",
        "auxiliary",
        "third-person-late",
        "story-of-a-document",
        "paper",
        "already-seen",
    ],
)
def test_what_is_no_statement_for_a_report_has_little_fitness(text: str) -> None:
    assert fitness(text) < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "Fixed lenses curve around the lamp like a barrel and spread a sheet of light.",
        "Added in 1902, the second lamp doubled the light that was sent over the sea.",
        "Peter the Great ordered a lamp for the harbour of his new town in that year.",
        "Half the lamps of the coast were lit by oil until the price of it rose again.",
        "A mirror that faces the sea sends the light of its lamp towards the horizon.",
        "American engineers used the lamp freely in sheltered bays from 1850 onward.",
        "In haze that hides the shore, a stronger lamp carries only a little farther.",
        "The documents of the trust were lost when the office burned down in winter.",
    ],
    ids=["adjective", "participle", "name", "half", "clause", "used", "in", "documents"],
)
def test_what_only_looks_like_an_instruction_is_a_statement(text: str) -> None:
    assert fitness(text) > 0.5


@pytest.mark.parametrize(
    "text",
    [
        "The lamp was shown to ships from the tower in the autumn (see the log).",
        "Lamp 2.35.1 was shown to ships from the tower after lamp 2.36.0 had failed.",
        "The keepers accepted the fact early and looked for another kind of lamp.",
        "We showed the lamp to ships from the tower in the autumn of the same year.",
    ],
    ids=["aside", "releases", "the-fact", "we"],
)
def test_a_flaw_makes_a_sentence_less_fit(text: str) -> None:
    plain = "The lamp was shown to ships from the tower in the autumn of 1823."

    assert fitness(text) < 0.75 * fitness(plain)


def test_a_subject_that_was_introduced_before_is_noted() -> None:
    text = (
        "Parliament named a commission for the lamps of the northern coast in 1811. "
        "The commission adopted a plan under which fifty lamps would ring the coast."
    )

    first, second = sentences(text)

    assert not first.follows
    assert second.follows
    assert second.fitness < first.fitness


@pytest.mark.parametrize("opening", ["It", "This lamp", "They", "In that case, the lamp", "Both"])
def test_a_sentence_that_leans_on_another_is_less_fit(opening: str) -> None:
    leaning = f"{opening} was shown to ships from the tower in the autumn of 1823."
    standing = "The lamp was shown to ships from the tower in the autumn of 1823."

    assert leans(leaning)
    assert fitness(leaning) < fitness(standing) / 2


def test_words_that_only_look_like_a_reference_do_no_harm() -> None:
    text = "Sailors could see the light from a table of rock in the following year."

    assert fitness(text) > 0
