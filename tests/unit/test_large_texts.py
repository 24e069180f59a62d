"""
Texts of megabytes, and small ones made to be slow: each is read, bounded, or refused with a reason.

What took time out of step with its size once would take minutes here.
"""

import pytest
from galley.approval.differences import differences
from galley.artifacts import Artifacts
from galley.contracts import TEXT_CHARACTERS, Claim, Source, Summary
from galley.documents import UnreadableDocumentError, read_document
from galley.documents.html import LARGEST_BYTES as LARGEST_HTML_BYTES
from galley.documents.plain import LONGEST_HEADING_CHARACTERS
from galley.errors import AgentReplyError, InvalidRequestError
from galley.mail.letters import EXCERPT_CHARACTERS, first_lines
from galley.replies import (
    MOST_CITATIONS,
    REPLY_CHARACTERS,
    changes_from_reply,
    choices_from_reply,
    claims_from_reply,
    draft_from_reply,
)
from galley.reports.evidence import MOST_SENTENCES, Witness
from galley.reports.rendering import Manuscript
from galley.requests import Request
from galley.sources.found import FoundDocuments
from galley.sources.passages import find_passages, in_context

from tests.unit.fakes import SCOPE

LENGTH = REPLY_CHARACTERS
BEGINNING = "# Lights\n\n## Summary\n\n"


def repeated(text: str, length: int = LENGTH) -> str:
    """Return a text again and again, up to a length."""
    return text * (length // len(text))


@pytest.mark.parametrize("unit", ["[1] ", "word [1] ", "A lens. [1] ", "**a [1]** "])
def test_a_paragraph_of_thousands_of_citations_is_shown(unit: str) -> None:
    (_, section) = Manuscript.from_markdown("x\n\n## S\n\n" + repeated(unit, 50_000)).sections

    assert len(section.citations) == 50_000 // len(unit)


def test_a_citations_sentence_is_the_one_it_stands_in() -> None:
    text = "x " * 3000 + "Before it. *The* lens [1] gathers light [2]. After [3]."

    (section,) = Manuscript.from_markdown(text).sections

    sentences = ["The lens", "The lens gathers light", "After"]
    assert [" ".join(each.sentence.split()) for each in section.citations] == sentences


@pytest.mark.parametrize("before", ["*The* ", "*The* Fresnel ", "`The` "])
def test_a_citations_sentence_has_its_beginning(before: str) -> None:
    (section,) = Manuscript.from_markdown(before + "lens gathers light forward [1].").sections

    words = " ".join(section.citations[0].sentence.split())
    assert words == before.replace("*", "").replace("`", "") + "lens gathers light forward"


@pytest.mark.parametrize("unit", ["a.a.", "[", "word [1] ", "**a", "www.a "])
def test_a_letter_says_how_the_longest_draft_begins(unit: str) -> None:
    assert len(first_lines(BEGINNING + repeated(unit))) <= EXCERPT_CHARACTERS + 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a ", "a b "),
        ("a\n\n", "b\n\na\n\n"),
        ("## a\n\nb\n\n", "## b\n\na\n\n"),
        ("A lens. ", "A lamp. "),
    ],
    ids=["words", "paragraphs", "sections", "sentences"],
)
def test_what_changed_between_the_longest_drafts_is_told(old: str, new: str) -> None:
    rows = differences(BEGINNING + repeated(old), BEGINNING + repeated(new))

    assert any(row.kind == "changed" for row in rows)


@pytest.mark.parametrize("turned", [False, True], ids=["shorter", "longer"])
@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("".join(f"## {n}\n\nb\n\n" for n in range(13_000)), "## a\n\nc\n\n## d\n\nb\n\n"),
        (" ".join(map(str, range(35_000))), " ".join(f"{n * 14} x" for n in range(2_500))),
    ],
    ids=["sections", "words"],
)
def test_what_is_left_of_the_longest_draft_is_told(long: str, short: str, turned: bool) -> None:
    old, new = (short, long) if turned else (long, short)

    assert any(row.kind == "changed" for row in differences(BEGINNING + old, BEGINNING + new))


def test_a_word_changed_in_the_longest_draft_is_still_found() -> None:
    paragraphs = [f"The lens of station {number} was lit." for number in range(5_500)]
    changed = [*paragraphs[:3000], "The lens of station 3000 was dark.", *paragraphs[3001:]]

    rows = differences("\n\n".join(paragraphs), "\n\n".join(changed))

    assert [(row.kind, row.count) for row in rows] == [
        ("unchanged", 3000),
        ("changed", 0),
        ("unchanged", 2499),
    ]


@pytest.mark.parametrize(
    "line", [" " * 5_000_000 + "b", "#" * 5_000_000 + "b", "a " * 2_500_000], ids=["s", "#", "w"]
)
def test_a_heading_of_megabytes_is_a_short_title(line: str) -> None:
    document = read_document("lights.md", f"# a{line}\n\nThe lens gathers light.".encode())

    assert len(document.title) <= LONGEST_HEADING_CHARACTERS
    assert len(document.text) > 5_000_000


@pytest.mark.parametrize(
    "text",
    [repeated("a\n", 5_000_000), repeated("a ", 5_000_000), repeated("\n \t", 5_000_000)],
    ids=["a million lines", "one line", "no words"],
)
def test_a_passage_is_found_in_megabytes(text: str) -> None:
    assert find_passages(f"{text}\n\nThe lens.", "lens") == ["The lens."]


def test_a_quote_that_begins_like_everything_else_is_found() -> None:
    found = in_context("a " * 1_000_000 + "b and more\n\nNext.", "a " * 1500 + "b")

    assert found is not None
    assert found.quote.endswith("a b")
    assert found.after == "and more"


def test_a_long_document_is_kept_with_what_it_lacks(artifacts: Artifacts) -> None:
    uri = f"s3://{artifacts.bucket}/corpus/long.md"
    artifacts.keep("corpus/long.md", "# Long\n\n" + "x" * 3_000_000)

    FoundDocuments(artifacts, SCOPE).title_of(uri, 1.0)

    (key,) = artifacts.list_keys(SCOPE.key("found/"))
    kept = artifacts.read(key, Source)
    assert len(kept.text) == TEXT_CHARACTERS
    assert len(kept.text) + kept.left_out == len("# Long\n\n") + 3_000_000


def test_a_page_looks_for_the_nearest_sentence_in_a_bounded_part() -> None:
    sentences = [f"Station {number} had keepers." for number in range(MOST_SENTENCES + 1)]
    source = Source("0a1b2c3d", "T", "u", " ".join(sentences))
    summary = Summary("0a1b2c3d", "T", "u", [Claim("Whales sing.", "Whales sing.")])

    witness = Witness(1, summary, source)

    assert witness.anchor_for(f"Station {MOST_SENTENCES - 1} had keepers") == "source-1-2"
    assert len(witness._sentences) == MOST_SENTENCES


@pytest.mark.parametrize(
    "read",
    [
        draft_from_reply,
        lambda reply: claims_from_reply(reply, "text"),
        lambda reply: changes_from_reply(reply, {1}),
        lambda reply: choices_from_reply(reply, set()),
    ],
    ids=["draft", "claims", "changes", "choices"],
)
def test_a_reply_of_megabytes_is_refused_with_its_length(read: object) -> None:
    reply = BEGINNING + repeated("A lens [1]. ", 5_000_000)

    with pytest.raises(AgentReplyError, match=r"5,0\d\d,\d{3} characters|4,\d{3},\d{3} characters"):
        read(reply)  # type: ignore[operator]


def test_the_longest_draft_is_a_draft() -> None:
    unit = "A lens gathers light and bends it forward, to where a ship may be. " * 4 + "[1] "
    draft = BEGINNING + repeated(unit, LENGTH - len(BEGINNING))

    assert draft_from_reply(draft) == draft.strip()


def test_a_draft_that_cites_too_often_is_refused() -> None:
    draft = BEGINNING + "A lens [1]. " * MOST_CITATIONS

    assert draft_from_reply(draft) == draft.strip()
    with pytest.raises(AgentReplyError, match="more often than 1,000 times"):
        draft_from_reply(draft + "[1]")


def test_html_that_would_take_minutes_is_not_read() -> None:
    page = b"<html><body><p>" + b"light " * (LARGEST_HTML_BYTES // 6) + b"</p></body></html>"

    with pytest.raises(UnreadableDocumentError, match="more than 2 MB"):
        read_document("lens.html", page)


def test_a_request_of_a_thousand_unknown_fields_is_answered_shortly() -> None:
    known = {"topic": "x" * 1_000_000, "reviewers": ["a@example.com"] * 100}
    event = known | {f"field-{number}": "" for number in range(1000)}

    with pytest.raises(InvalidRequestError) as raised:
        Request.from_event(event, "id")

    said = str(raised.value)
    assert "topic: 1,000,000 characters, expected at most 500" in said
    assert "reviewers: expected a list of 1 to 8" in said
    assert "(1,000 in all)" in said
    assert len(said) < 1000
