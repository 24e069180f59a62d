"""Differences: what a reviewer reads of the change from one round to the next."""

import pytest
from galley.approval.differences import Piece, Row, differences

OLD = """# Lights

## Lenses

The lens gathers light [1]. A mirror loses half of it [2].

Glass was dear in those days [1].

## Fog

Bells rang in fog [3].
"""


def row(kind: str, *pieces: tuple[str, str], count: int = 0) -> Row:
    """Return a row of pieces."""
    return Row(kind, [Piece(*piece) for piece in pieces], count)


def test_the_same_text_has_no_differences() -> None:
    assert differences(OLD, OLD.replace("\n\n", "\n \n\n")) == []


def test_words_that_changed_are_marked_in_their_sentence() -> None:
    new = OLD.replace("gathers light", "bends and gathers all light")

    rows = differences(OLD, new)

    assert rows[0] == row("heading", ("same", "Lenses"))
    assert rows[1] == row(
        "changed",
        ("same", "The lens"),
        ("removed", "gathers"),
        ("added", "bends and gathers all"),
        ("same", "light [1]. A mirror loses half of it [2]."),
    )


def test_paragraphs_that_stay_are_counted_together() -> None:
    rows = differences(OLD, OLD.replace("Bells rang", "Great bells and horns rang"))

    assert rows[0] == row("unchanged", count=2)
    assert rows[1] == row("heading", ("same", "Fog"))


def test_a_new_paragraph_stands_under_its_heading() -> None:
    rows = differences(OLD, OLD + "\nSirens came later and were heard for miles [3].\n")

    assert rows[-3:] == [
        row("heading", ("same", "Fog")),
        row("unchanged", count=1),
        row("changed", ("added", "Sirens came later and were heard for miles [3].")),
    ]


def test_a_section_that_is_gone_is_shown_where_it_stood() -> None:
    rows = differences(OLD, OLD.replace("## Lenses", "").partition("The lens")[0] + OLD[-30:])

    assert row("heading", ("removed", "Lenses")) in rows
    assert [each.kind for each in rows].index("heading") == 0


def test_a_new_heading_over_the_same_text_is_a_change_of_the_heading() -> None:
    rows = differences(OLD, OLD.replace("## Fog", "## Signals in fog"))

    assert row("heading", ("removed", "Fog"), ("added", "Signals in fog")) in rows
    assert "changed" not in [each.kind for each in rows]


def test_a_sentence_that_moves_is_neither_added_nor_removed() -> None:
    sentence = "A mirror loses half of it [2]."
    moved = OLD.replace(f" {sentence}", "").replace("fog [3].", f"fog [3]. {sentence}")

    rows = differences(OLD, moved)

    assert row("changed", ("same", "Bells rang in fog [3]."), ("moved", sentence)) in rows
    assert {"same", "moved"} == {piece.kind for each in rows for piece in each.pieces}


def test_a_sentence_of_other_words_is_replaced_whole() -> None:
    rows = differences(OLD, OLD.replace("Bells rang in fog [3].", "Nobody could hear a gun [4]."))

    assert row("changed", ("removed", "Bells rang in fog [3].")) in rows
    assert row("changed", ("added", "Nobody could hear a gun [4].")) in rows


@pytest.mark.parametrize(("old", "new"), [("", OLD), (OLD, "")], ids=["from nothing", "to nothing"])
def test_nothing_is_lost_beside_an_empty_text(old: str, new: str) -> None:
    (kind,) = {piece.kind for each in differences(old, new) for piece in each.pieces}

    assert kind == ("added" if new else "removed")
