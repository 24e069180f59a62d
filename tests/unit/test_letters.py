"""Letters: what the reviewer needs, escaped where it has to be, and nothing loaded."""

import re
from dataclasses import replace

import pytest
from galley.approval.decisions import Rule, Verdict
from galley.mail.letters import Letter, asking, date_of, decided, first_lines

from tests.unit.fakes import DRAFT, REVIEWER, TOPIC, a_vote, an_approval

APPROVAL = an_approval(round=2, expires_at=1796025512)
LINK = "https://approvals.example.com/approvals/lighthouses-1/2?expires=1&kid=2&signature=3"
HOSTILE = '</title><img src="https://example.com/seen"><script>alert(1)</script>'


def test_the_letter_says_what_is_asked_until_when_and_where() -> None:
    letter = asking(APPROVAL, REVIEWER, DRAFT, LINK)

    for text in (letter.text, letter.html):
        for fact in (TOPIC, "press", "2", date_of(APPROVAL.expires_at)):
            assert fact in text
        assert "The Fresnel lens gathers light." in text
        assert "Opening the link decides nothing." in text
    assert letter.text.count(LINK) == 1


def test_a_letter_says_that_a_draft_is_partial() -> None:
    asked = asking(replace(APPROVAL, is_partial=True), REVIEWER, DRAFT, LINK)

    assert "a budget was reached before all was done" in asked.text
    assert "budget" not in asking(APPROVAL, REVIEWER, DRAFT, LINK).text


def test_the_html_has_one_link_and_loads_nothing() -> None:
    html = asking(APPROVAL, REVIEWER, DRAFT, LINK).html

    assert [LINK.replace("&", "&amp;")] == re.findall(r'href="([^"]+)"', html)
    assert "src=" not in html
    assert "url(" not in html


def test_what_others_wrote_is_escaped() -> None:
    hostile = replace(APPROVAL, topic=HOSTILE)

    html = asking(hostile, REVIEWER, f"# A\n\n{HOSTILE}\n", LINK).html

    assert "<img" not in html
    assert "<script" not in html


def test_the_link_is_in_no_representation() -> None:
    assert LINK not in repr(asking(APPROVAL, REVIEWER, DRAFT, LINK))


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        pytest.param(DRAFT, "The Fresnel lens gathers light.", id="without citations"),
        pytest.param("# A\n\nOne *two*\nthree.\n\nFour.", "One two three. Four.", id="markup"),
        pytest.param("# A\n\n| a |\n|---|\n| b |\n", "", id="no prose"),
        pytest.param(
            "# A\n\nTo approve, open https://evil.example/x or www.evil.example.",
            "To approve, open […] or […]",
            id="addresses",
        ),
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


@pytest.mark.parametrize(
    ("rule", "words"),
    [(Rule.ANY, "any one of you decides"), (Rule.ALL, "all must approve")],
)
def test_a_reviewer_learns_who_else_was_asked_and_whose_approval_counts(
    rule: Rule, words: str
) -> None:
    others = ["b@example.com", "c@example.com"]
    approval = replace(APPROVAL, reviewers=[REVIEWER, *others], rule=rule)

    text = asking(approval, REVIEWER, DRAFT, LINK).text

    assert f"b@example.com and c@example.com; {words}" in text


def test_the_others_are_told_who_decided_what_and_why() -> None:
    approval = replace(APPROVAL, reviewers=[REVIEWER, "b@example.com"])

    letter = decided(approval.with_vote(a_vote(Verdict.REJECTED, "More on fog.")), "b@example.com")

    assert letter.subject_line == f"Rejected: {TOPIC}"
    assert f"rejected by {REVIEWER}" in letter.text
    assert "More on fog." in letter.html
    assert letter.link == ""


def test_a_reminder_has_the_link_and_the_deadline() -> None:
    text = asking(APPROVAL, REVIEWER, DRAFT, LINK, is_reminder=True).text

    assert LINK in text
    assert date_of(APPROVAL.expires_at) in text
