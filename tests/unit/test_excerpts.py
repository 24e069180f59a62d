"""Excerpts: of a long source, how it begins and what speaks of the topic, never more than asked."""

import pytest
from galley.sources.excerpts import EXCERPT_CHARACTERS, excerpt_of

TOPIC = "How lighthouses made their lights seen farther"
DULL = "\n\n".join(
    f"Item {number}: the committee met again and nothing came of it." for number in range(900)
)
LENS = "## Lenses\n\nA lens made the lights of lighthouses visible from farther away."
OIL = "## Oil\n\nWhale oil gave lighthouses brighter lights."
LONG = f"# Minutes\n\nThe first words.\n\n{DULL}\n\n{LENS}\n\n{DULL}\n\n{OIL}\n\n{DULL}"


def characters_of(excerpt: dict[str, object]) -> int:
    passages = excerpt.get("passages", [])
    assert isinstance(passages, list)
    return len(str(excerpt["text"])) + sum(len(each["text"]) for each in passages)


def test_a_source_that_fits_is_sent_whole() -> None:
    text = "x" * EXCERPT_CHARACTERS

    assert {"text": text} == excerpt_of(text, TOPIC)


def test_a_long_source_is_sent_as_its_beginning_and_the_passages_on_the_topic() -> None:
    excerpt = excerpt_of(LONG, TOPIC, 6_000)

    assert LONG.startswith(excerpt["text"])
    assert "The first words." in excerpt["text"]
    told = [each["text"] for each in excerpt["passages"]]
    assert any(LENS in each for each in told)
    assert any(OIL in each for each in told)


def test_passages_stand_where_they_say_and_in_their_order() -> None:
    passages = excerpt_of(LONG, TOPIC, 6_000)["passages"]

    starts = [each["start"] for each in passages]
    assert sorted(starts) == starts
    assert [
        LONG[start:][: len(each["text"])] for start, each in zip(starts, passages, strict=True)
    ] == [each["text"] for each in passages]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LONG, id="paragraphs"),
        pytest.param("word " * 20_000, id="one paragraph"),
        pytest.param("x" * 100_000, id="one word"),
        pytest.param("# a\n\n" * 20_000, id="headings alone"),
        pytest.param(" \n" * 50_000, id="blanks"),
        pytest.param("灯台の光は遠くまで見えた。" * 8_000, id="no spaces"),
    ],
)
def test_an_excerpt_is_never_longer_than_asked_and_begins_where_the_source_does(text: str) -> None:
    excerpt = excerpt_of(text, TOPIC, 6_000)

    assert 0 < characters_of(excerpt) <= 6_000
    assert text.startswith(excerpt["text"])


def test_where_nothing_speaks_of_the_topic_the_beginning_is_longer() -> None:
    excerpt = excerpt_of(DULL, "Volcanoes", 6_000)

    assert [] == excerpt["passages"]
    assert len(excerpt["text"]) > 5_900
