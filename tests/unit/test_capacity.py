"""What calls of DynamoDB take, by the rules that AWS documents."""

from typing import Any

import pytest

from galley_local.capacity import Item, read_units, size_of, write_units

KEY: dict[str, Any] = {"pk": {"S": "w"}, "sk": {"S": "m"}}
OPEN = ("open", "started_at")


def an_item(size: int, **attributes: str) -> Item:
    """Return an item of so many bytes."""
    item = {**KEY, **{name: {"S": text} for name, text in attributes.items()}, "x": {"S": ""}}
    return {**item, "x": {"S": "." * (size - size_of(item))}}


@pytest.mark.parametrize(
    ("sizes", "is_consistent", "units"),
    [
        ([], True, 1),
        ([], False, 0.5),
        ([4096], True, 1),
        ([4097], True, 2),
        ([4097], False, 1),
        ([2000, 2000, 2000], False, 1),
    ],
)
def test_a_read_takes_a_unit_for_each_four_kilobytes(
    sizes: list[int], units: float, *, is_consistent: bool
) -> None:
    assert read_units(map(an_item, sizes), is_consistent=is_consistent) == units


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, 1024, 1),
        (None, 1025, 2),
        (3000, 500, 3),
        (500, 3000, 3),
        (2048, None, 2),
        (None, None, 1),
    ],
)
def test_a_write_takes_a_unit_for_each_kilobyte_of_the_larger_item(
    before: int | None, after: int | None, units: float
) -> None:
    items = [None if size is None else an_item(size) for size in (before, after)]

    assert write_units(items[0], items[1], []) == units


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        ({}, {}, 1),
        ({}, {"open": "1", "started_at": "a"}, 2),
        ({"open": "1", "started_at": "a"}, {"open": "1", "started_at": "a"}, 2),
        ({"open": "1", "started_at": "a"}, {"started_at": "a"}, 2),
        ({"open": "1", "started_at": "a"}, {"open": "2", "started_at": "a"}, 3),
    ],
    ids=["in none", "enters", "stays", "leaves", "moves"],
)
def test_a_write_takes_as_much_again_in_each_index(
    before: dict[str, str], after: dict[str, str], units: float
) -> None:
    items = [an_item(900, **attributes) for attributes in (before, after)]

    assert write_units(items[0], items[1], [OPEN]) == units


def test_names_and_values_are_bytes_of_an_item() -> None:
    assert size_of({"pk": {"S": "é"}, "n": {"N": "12"}}) == 2 + 2 + 1 + 2
