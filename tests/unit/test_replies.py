"""Contracts: an agent's reply is read whole or refused, and records survive being kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from galley.contracts import Brief, Change, Choice, Claim, Contract, Review, Source, Summary
from galley.errors import AgentReplyError, ArtifactMissingError
from galley.replies import (
    CHANGE_KINDS,
    changes_from_reply,
    choices_from_reply,
    cited_numbers,
    claims_from_reply,
    draft_from_reply,
)

from tests.unit.fakes import DRAFT, a_brief, a_review, a_source, a_summary

TEXT = "The Fresnel lens\ngathers light.\n\nMirrors lose it."
Reader = Callable[[str], Any]


def choices(reply: str) -> list[Choice]:
    """Read a search agent's reply, with two known sources."""
    return choices_from_reply(reply, {"aaaaaaaa", "bbbbbbbb"})


def claims(reply: str) -> list[Claim]:
    """Read a summary agent's reply on `TEXT`."""
    return claims_from_reply(reply, TEXT)


def changes(reply: str) -> list[Change]:
    """Read a reviser agent's reply on a draft of two sources."""
    return changes_from_reply(reply, {1, 2})


def a_reply(name: str, *items: Any) -> str:
    """Return a reply with one list."""
    return json.dumps({name: list(items)})


@pytest.mark.parametrize(
    "record",
    [a_source(text='"quotes" \\ 灯 💡\n'), a_summary(), a_brief(), a_review()],
    ids=lambda record: type(record).__name__,
)
def test_a_record_that_was_kept_comes_back_equal(record: Contract) -> None:
    assert record == type(record).from_json(record.to_json())


@pytest.mark.parametrize("kind", [Source, Summary, Brief, Review], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"colour": "red"}', '{"claims": 3}'])
def test_a_record_that_cannot_be_read_is_a_missing_artifact(
    text: str, kind: type[Contract]
) -> None:
    with pytest.raises(ArtifactMissingError, match=f"a kept {kind.__name__} cannot be read"):
        kind.from_json(text)


READERS = [
    pytest.param(choices, id="choices"),
    pytest.param(claims, id="claims"),
    pytest.param(changes, id="changes"),
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("", id="empty"),
        pytest.param("I could not do it.", id="prose"),
        pytest.param("{", id="half an object"),
        pytest.param("}{", id="braces the wrong way round"),
        pytest.param("{'sources': []}", id="quotes of Python"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="an empty object"),
        pytest.param('{"sources": {}, "claims": {}, "changes": {}}', id="no list"),
        pytest.param('{"sources": ["a"], "claims": ["a"], "changes": ["a"]}', id="no objects"),
        pytest.param('{"sources": null, "claims": null, "changes": null}', id="null"),
        pytest.param('{"a": 1} and {"b": 2}', id="two objects"),
        pytest.param('{"a": ' + "[" * 100_000 + "}", id="a deep nest"),
    ],
)
def test_a_malformed_reply_is_refused(reply: str, read: Reader) -> None:
    with pytest.raises(AgentReplyError):
        read(reply)


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param("{}", id="bare"),
        pytest.param("```json\n{}\n```", id="fenced"),
        pytest.param("Here it is:\n{}\nI hope it helps.", id="in sentences"),
    ],
)
def test_what_a_model_wraps_around_its_object_does_not_matter(wrapped: str) -> None:
    reply = a_reply("sources", {"source_id": "aaaaaaaa", "reason": "why"})

    assert [Choice("aaaaaaaa", "why")] == choices(wrapped.replace("{}", reply))


@pytest.mark.parametrize(
    ("read", "reply"),
    [
        pytest.param(choices, a_reply("sources", {"source_id": 7}), id="a number for an id"),
        pytest.param(choices, a_reply("sources", {"reason": "why"}), id="no id"),
        pytest.param(
            choices,
            a_reply("sources", {"source_id": "aaaaaaaa", "reason": "x" * 501}),
            id="a long reason",
        ),
        pytest.param(claims, a_reply("claims", {"text": "x", "quote": None}), id="no quote"),
        pytest.param(claims, a_reply("claims", {"text": "Mirrors lose it."}), id="no quote at all"),
        pytest.param(
            claims,
            a_reply("claims", {"text": "x" * 2001, "quote": "Mirrors lose it."}),
            id="a long claim",
        ),
        pytest.param(changes, a_reply("changes", {"kind": "expand", "what": 7}), id="no words"),
        pytest.param(
            changes, a_reply("changes", {"kind": "expand", "what": "x" * 1001}), id="a long what"
        ),
    ],
)
def test_a_field_of_another_form_is_refused(read: Reader, reply: str) -> None:
    with pytest.raises(AgentReplyError):
        read(reply)


@pytest.mark.parametrize(
    ("read", "reply"),
    [
        pytest.param(
            choices, r'{"sources": [{"source_id": "aaaaaaaa", "reason": "\ud83d"}]}', id="choices"
        ),
        pytest.param(
            claims, r'{"claims": [{"text": "\ud83d", "quote": "Mirrors lose it."}]}', id="claims"
        ),
        pytest.param(changes, r'{"changes": [{"kind": "other", "what": "\ud83d"}]}', id="changes"),
    ],
)
def test_half_a_character_that_could_not_be_kept_is_refused(read: Reader, reply: str) -> None:
    with pytest.raises(AgentReplyError):
        read(reply)


def test_choices_keep_the_agents_order_and_name_a_source_once() -> None:
    ids = ("bbbbbbbb", "aaaaaaaa", "bbbbbbbb")
    reply = a_reply("sources", *({"source_id": each, "reason": ""} for each in ids))

    assert ["bbbbbbbb", "aaaaaaaa"] == [choice.source_id for choice in choices(reply)]


def test_an_id_that_no_tool_returned_is_refused() -> None:
    with pytest.raises(AgentReplyError, match="no search has returned"):
        choices(a_reply("sources", {"source_id": "cccccccc", "reason": ""}))


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param("The Fresnel lens\ngathers light.", id="verbatim"),
        pytest.param("The Fresnel lens gathers  light.", id="other spaces"),
        pytest.param("lens gathers", id="a part"),
    ],
)
def test_a_quote_stands_in_its_source_whatever_its_line_ends(quote: str) -> None:
    assert [Claim("x", quote)] == claims(a_reply("claims", {"text": "x", "quote": quote}))


@pytest.mark.parametrize("own", [{}, {"text": None}, {"text": ""}, {"text": " \n"}])
def test_a_claim_without_words_of_its_own_is_what_its_quote_says(own: dict[str, Any]) -> None:
    quote = "The Fresnel lens\ngathers light."

    found = claims(a_reply("claims", {"quote": quote, **own}))

    assert found == [Claim("The Fresnel lens gathers light.", quote)]


@pytest.mark.parametrize(
    ("quote", "kept"),
    [
        pytest.param("The Fresnel lens gathers light.", None, id="white space"),
        pytest.param("the fresnel lens", "The Fresnel lens", id="another case"),
        pytest.param("“Mirrors lose it”", "Mirrors lose it", id="quotation marks"),
        pytest.param("The Fres\u00adnel lens", "The Fresnel lens", id="a soft hyphen"),
        pytest.param("The Fres-\nnel lens", "The Fresnel lens", id="the end of a line"),
    ],
)
def test_a_quote_is_kept_as_the_source_has_it(quote: str, kept: str | None) -> None:
    (claim,) = claims(a_reply("claims", {"text": "It gathers light.", "quote": quote}))

    assert (kept or quote) == claim.quote


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n", id="blank"),
        pytest.param("The Fresnel lens loses light.", id="other words"),
        pytest.param("The Fresnel lens … it.", id="an ellipsis"),
    ],
)
def test_a_quote_that_the_source_does_not_hold_is_refused(quote: str) -> None:
    with pytest.raises(AgentReplyError, match="does not hold"):
        claims(a_reply("claims", {"text": "x", "quote": quote}))


def test_no_claims_is_an_answer() -> None:
    assert claims(a_reply("claims")) == []


@pytest.mark.parametrize("kind", CHANGE_KINDS)
def test_every_kind_of_change_is_read(kind: str) -> None:
    reply = a_reply("changes", {"kind": kind, "what": "fog", "source": 2})

    assert [Change(kind, "fog", 2)] == changes(reply)


@pytest.mark.parametrize(
    "source",
    [3, 0, -1, "1", None, 1.5, True, [1], {"number": 1}],
    ids=repr,
)
def test_a_source_that_the_draft_does_not_have_cannot_be_dropped(source: Any) -> None:
    with pytest.raises(AgentReplyError):
        changes(a_reply("changes", {"kind": "drop_source", "source": source}))


@pytest.mark.parametrize("source", ["the first", [1], {"number": 1}], ids=repr)
def test_a_source_of_any_change_is_a_number(source: Any) -> None:
    with pytest.raises(AgentReplyError):
        changes(a_reply("changes", {"kind": "expand", "what": "fog", "source": source}))


def test_a_change_of_no_known_kind_is_refused() -> None:
    with pytest.raises(AgentReplyError, match="no known kind"):
        changes(a_reply("changes", {"kind": "publish", "what": "now"}))


def test_a_brief_without_changes_is_refused() -> None:
    with pytest.raises(AgentReplyError, match="asks for no change"):
        changes(a_reply("changes"))


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(DRAFT, id="bare"),
        pytest.param(f"\n\n{DRAFT}\n", id="with blank lines"),
        pytest.param(f"```markdown\n{DRAFT}```", id="fenced as Markdown"),
        pytest.param(f"```\n{DRAFT}```", id="fenced"),
    ],
)
def test_a_draft_is_taken_out_of_its_wrapping(reply: str) -> None:
    assert DRAFT.strip() == draft_from_reply(reply)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        pytest.param("", "title", id="empty"),
        pytest.param("Here is the report:\n" + DRAFT, "title", id="words before it"),
        pytest.param("## Summary\n\nLight [1].", "title", id="no title"),
        pytest.param("# Lights\n\nLight [1].", "section", id="no section"),
        pytest.param("# Lights\n\n## Summary\n\nLight.", "cites no source", id="no citation"),
    ],
)
def test_a_draft_without_title_section_or_citation_is_refused(reply: str, problem: str) -> None:
    with pytest.raises(AgentReplyError, match=problem):
        draft_from_reply(reply)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        pytest.param("none", set(), id="none"),
        pytest.param("a [1]. b [2][3]. c [1].", {1, 2, 3}, id="several"),
        pytest.param("in [1822] and [n]", set(), id="years and letters"),
        pytest.param("[012]", {12}, id="a leading zero"),
    ],
)
def test_citations_are_numbers_in_square_brackets(markdown: str, expected: set[int]) -> None:
    assert expected == cited_numbers(markdown)


@pytest.mark.parametrize(
    ("read", "reply"),
    [
        pytest.param(choices, "secret prose", id="choices"),
        pytest.param(claims, a_reply("claims", {"text": "x", "quote": "secret"}), id="claims"),
        pytest.param(changes, a_reply("changes", {"kind": "secret"}), id="changes"),
        pytest.param(draft_from_reply, "secret", id="draft"),
    ],
)
def test_a_refusal_does_not_repeat_the_reply(read: Reader, reply: str) -> None:
    with pytest.raises(AgentReplyError) as refused:
        read(reply)

    assert "secret" not in str(refused.value)
