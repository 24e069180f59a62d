"""The extractive reviser: free text becomes changes, earlier ones stay unless taken back."""

import json
from typing import Any

import pytest
from galley.prompts import fence

from galley_local.extractive import ExtractiveMind

KNOWN = "Fog signals, mercury floats, lamps, oil, towers, reflectors, keepers and the Argand lamp."
SOURCES = [
    {"number": number, "source_id": str(number), "title": title}
    for number, title in enumerate(
        ["Rambles round the western lights", "Lamps", "Oil", "Towers", "Fog signals"], start=1
    )
]


def passages(name: str, parameters: dict[str, str]) -> str:
    """Return a passage that holds what the sources know, if anything of it was asked for."""
    assert name == "find_passages"
    wanted = parameters["words"].lower().split()
    found = [KNOWN] if any(word.rstrip("s") in KNOWN.lower() for word in wanted) else []
    return json.dumps({"draft": found, "sources": []})


def revise(comments: str, *earlier: dict[str, Any]) -> list[tuple[str, str | int]]:
    """Return the changes as pairs of a kind and what it is about."""
    prompt = "".join(
        fence(name, value)
        for name, value in {
            "topic": "Lighthouses",
            "draft": "# Lighthouses\n\n## Summary\n\nLamps were lit [2].",
            "sources": SOURCES,
            "earlier_changes": list(earlier),
            "comments": comments,
        }.items()
    )
    answer = json.loads(ExtractiveMind().answer("reviser", prompt, passages))
    return [(one["kind"], one["source"] or one["what"]) for one in answer["changes"]]


def change(kind: str, what: str = "", source: int | None = None) -> dict[str, Any]:
    """Return a change as an earlier round kept it."""
    return {"kind": kind, "what": what, "source": source}


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        ("More on fog signals", [("expand", "fog signals")]),
        ("Please tell me more about the keepers.", [("expand", "keepers")]),
        ("Fog signals is too thin", [("expand", "Fog signals")]),
        ("expand the section on mercury floats!", [("expand", "mercury floats")]),
        ("The report needs more detail on towers.", [("expand", "towers")]),
        ("Explain how the Argand lamp works", [("expand", "Argand lamp")]),
        ("Drop source 3", [("drop_source", 3)]),
        ("do not cite [3]", [("drop_source", 3)]),
        ("Remove source 2 and 5", [("drop_source", 2), ("drop_source", 5)]),
        ("please drop the third source", [("drop_source", 3)]),
        ("Source 4 is not reliable.", [("drop_source", 4)]),
        ("I do not trust source [4], drop it", [("drop_source", 4)]),
        ("Drop the source about rambles", [("drop_source", 1)]),
        ("Shorter", [("shorten", "")]),
        ("It's too long", [("shorten", "")]),
        ("cut it by half", [("shorten", "")]),
        ("The section on oil is too long", [("shorten", "oil")]),
        ("Start with the Argand lamp", [("start_with", "Argand lamp")]),
        ("lead with towers, not with oil", [("start_with", "towers")]),
        ("Put the reflectors first", [("start_with", "reflectors")]),
        ("Remove the part about oil", [("remove", "oil")]),
        ("leave out keepers", [("remove", "keepers")]),
        ("Nothing about oil please", [("remove", "oil")]),
        ("The tone is too academic.", [("other", "The tone is too academic.")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wish_becomes_a_change(comments: str, expected: list[Any]) -> None:
    assert revise(comments) == expected


@pytest.mark.parametrize(
    "comments",
    [
        "More on fog signals, drop source 3 and make it shorter.",
        "More on fog signals. Drop source 3. Shorter!",
        "- more on fog signals\n- drop source 3\n- shorter",
        "Good draft, but say more about fog signals; drop [3]; it is too long",
    ],
    ids=["commas", "sentences", "list", "semicolons"],
)
def test_one_comment_may_hold_several_wishes(comments: str) -> None:
    changes = revise(comments)

    assert changes == [("expand", "fog signals"), ("drop_source", 3), ("shorten", "")]


def test_things_that_are_listed_are_expanded_one_by_one() -> None:
    assert revise("More on keepers and towers") == [("expand", "keepers"), ("expand", "towers")]


def test_what_neither_draft_nor_sources_know_is_no_expansion() -> None:
    assert revise("More on submarines") == [("other", "submarines")]


def test_a_source_that_the_draft_does_not_have_is_not_dropped() -> None:
    assert [kind for kind, _ in revise("Drop source 17")] == ["other"]


def test_earlier_changes_come_first() -> None:
    changes = revise("shorter", change("expand", "oil"), change("shorten"))

    assert changes == [("expand", "oil"), ("shorten", ""), ("shorten", "")]


@pytest.mark.parametrize(
    ("comments", "earlier", "expected"),
    [
        ("Cite source 3 again", change("drop_source", source=3), []),
        ("Bring back the part about oil", change("remove", "oil"), []),
        ("It is too short now", change("shorten"), []),
        ("More on oil", change("remove", "oil"), [("expand", "oil")]),
        ("Remove oil", change("expand", "oil"), [("remove", "oil")]),
        ("Start with oil", change("start_with", "lamps"), [("start_with", "oil")]),
        ("More on oil", change("expand", "oil"), [("expand", "oil")]),
    ],
    ids=["source", "part", "length", "expand", "remove", "start", "twice"],
)
def test_a_comment_may_take_an_earlier_change_back(
    comments: str, earlier: dict[str, Any], expected: list[Any]
) -> None:
    kept = change("expand", "towers")

    assert revise(comments, kept, earlier) == [("expand", "towers"), *expected]


def test_praise_alone_is_still_one_change() -> None:
    assert revise("Good draft, thanks!") == [("other", "Good draft, thanks!")]


def test_a_wish_of_no_known_kind_is_clipped() -> None:
    ((kind, what),) = revise("whatever " * 100)

    assert kind == "other"
    assert len(str(what)) == 300
