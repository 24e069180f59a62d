"""Letters: what the reviewer needs, escaped where it has to be, and nothing loaded."""

import re

import pytest
from galley.letters import Letter, asking, date_of, first_lines
from galley.signing import Ticket

from tests.unit.fakes import DRAFT

TICKET = Ticket(
    workflow_id="lighthouses-1",
    tenant="press",
    round=2,
    reviewer="editor@example.com",
    draft_sha256="0" * 64,
    expires_at=1796025512,
)
LINK = "https://approvals.example.com/approvals/lighthouses-1/2?expires=1&kid=2&signature=3"
HOSTILE = '</title><img src="https://example.com/seen"><script>alert(1)</script>'


def test_the_letter_says_what_is_asked_until_when_and_where() -> None:
    letter = asking(TICKET, "Lighthouses", DRAFT, LINK)

    for text in (letter.text, letter.html):
        for fact in ("Lighthouses", TICKET.tenant, str(TICKET.round), date_of(TICKET.expires_at)):
            assert fact in text
        assert "The Fresnel lens gathers light." in text
        assert "Opening the link decides nothing." in text
    assert letter.text.count(LINK) == 1


def test_the_html_has_one_link_and_loads_nothing() -> None:
    html = asking(TICKET, "Lighthouses", DRAFT, LINK).html

    assert [LINK.replace("&", "&amp;")] == re.findall(r'href="([^"]+)"', html)
    assert "src=" not in html
    assert "url(" not in html


def test_what_others_wrote_is_escaped() -> None:
    html = asking(TICKET, HOSTILE, f"# A\n\n{HOSTILE}\n", LINK).html

    assert "<img" not in html
    assert "<script" not in html


def test_the_link_is_in_no_representation() -> None:
    assert LINK not in repr(asking(TICKET, "Lighthouses", DRAFT, LINK))


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        pytest.param(DRAFT, "The Fresnel lens gathers light.", id="without citations"),
        pytest.param("# A\n\nOne *two*\nthree.\n\nFour.", "One two three. Four.", id="markup"),
        pytest.param("# A\n\n| a |\n|---|\n| b |\n", "", id="no prose"),
        pytest.param("# A\n\n" + 90 * "words ", 66 * "words " + "…", id="cut at a word"),
    ],
)
def test_a_letter_begins_as_the_draft_does(draft: str, expected: str) -> None:
    assert expected == first_lines(draft)


def test_a_subject_is_one_line_of_bounded_length() -> None:
    line = Letter("Approve?\r\nBcc: all@example.com " + 200 * "x", "Text", {}).subject_line

    assert "\n" not in line
    assert "\r" not in line
    assert len(line) == 120


def test_a_date_is_said_in_words() -> None:
    assert date_of(1796025512) == "Monday 30 November 2026, 07:58 UTC"
