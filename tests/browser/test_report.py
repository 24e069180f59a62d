"""The published report in a browser: the page that reviewers' letters lead to."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from galley_local.reviewer import decide, open_link

from .conftest import PHONE, REVIEWER, Desk, Window, wait_until

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def report(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the address of a published page that was saved: it needs no server."""
    decide(open_link(desk.ask(), REVIEWER), "approved")
    wait_until(lambda: desk.status() == "SUCCEEDED")
    saved = tmp_path_factory.mktemp("saved") / "report.html"
    saved.write_text(desk.text("published/report.html"), encoding="utf-8")
    return saved.as_uri()


def citations(page: Page) -> Locator:
    """Return the citations of the text."""
    return page.locator("main .citation")


def test_the_letter_leads_to_the_page(report: str, desk: Desk, window: Open) -> None:
    mails = desk.stack.mailbox.mails()
    (letter,) = (each for each in mails if each.subject.startswith("Published: "))

    opened = window(letter.links[0])

    expect(opened.page.get_by_text(f"Approved by {REVIEWER}").first).to_be_visible()
    expect(citations(opened.page).first).to_be_visible()


def test_a_citation_opens_the_passage_and_escape_closes_it(report: str, window: Open) -> None:
    page = window(report).page
    citation = citations(page).nth(3)

    citation.focus()
    page.keyboard.press("Enter")

    passage = page.locator(":popover-open")
    expect(passage).to_be_in_viewport()
    expect(passage.locator("mark")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(passage).to_have_count(0)
    expect(citation).to_be_focused()


def test_every_citation_opens_marked_words(report: str, window: Open) -> None:
    page = window(report).page

    leads = citations(page).evaluate_all(
        "all => all.map(each => each.popoverTargetElement?.querySelector('mark')?.textContent)"
    )

    assert len(leads) > 10
    assert all(leads)


def test_the_page_asks_nobody_for_anything(report: str, window: Open) -> None:
    opened = window(report)
    citations(opened.page).first.click()

    assert [each.url for each in opened.requests] == [report]
    assert opened.complaints == []


@pytest.mark.parametrize(
    "size", [{}, {"viewport": PHONE, "is_mobile": True}], ids=["desk", "phone"]
)
def test_everybody_can_read_it(size: dict[str, object], report: str, window: Open) -> None:
    opened = window(report, **size)

    assert opened.violations() == []
    assert opened.overflow() <= 0


def test_on_paper_every_passage_is_there(report: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(report)
    page.emulate_media(media="print")

    shown = page.locator(".quoted").evaluate_all("all => all.map(each => each.checkVisibility())")

    assert shown
    assert all(shown)
    expect(page.get_by_role("button", name="Close")).to_have_count(0)
    page.close()
