"""The approval page in a browser: read, checked and decided on, with and without script."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from .conftest import PHONE, Desk, Window, wait_until

Open = Callable[..., Window]

LARGEST_PAGE_BYTES = 60_000
SLOWEST_PAGE_SECONDS = 0.1
MOST_TABS = 200
SMALLEST_TARGET_PIXELS = 44
WITHOUT_SCRIPT = {"java_script_enabled": False}
ON_A_PHONE = {"viewport": PHONE, "is_mobile": True, "has_touch": True}


@dataclass(frozen=True)
class Links:
    """Links to pages of every kind."""

    open: str
    rejected: str
    second: str
    invalid: str


@pytest.fixture(scope="module")
def links(desk: Desk, browser: Browser) -> Links:
    """Give links to a draft that waits, one that was rejected, and the one after it."""
    rejected = desk.ask()
    page = browser.new_page()
    page.goto(rejected)
    comment_on(page, "Summary").fill("start with Augustin Fresnel")
    overall(page).fill("More on fog signals; drop source 3.")
    reject(page).click()
    expect(page.get_by_role("status")).to_contain_text("by editor@example.com")
    page.context.close()
    second = desk.link(2)
    return Links(desk.ask(), rejected, second, rejected[:-4] + "0000")


def overall(page: Page) -> Locator:
    """Return the field for comments on the whole draft."""
    return page.get_by_label("Comments on the whole draft")


def comment_on(page: Page, section: str) -> Locator:
    """Return the field for comments on a section, opened."""
    page.get_by_text(f"Comment on “{section}”").click()
    return page.get_by_role("textbox", name=f"Comment on “{section}”")


def reject(page: Page) -> Locator:
    """Return the button that rejects."""
    return page.get_by_role("button", name="Reject with comments")


def approve(page: Page) -> Locator:
    """Return the button that approves."""
    return page.get_by_role("button", name="Approve and publish")


def tab_to(page: Page, target: Locator) -> None:
    """Press the tab key until something has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"the tab key does not lead to {target}")


# ---- reading -------------------------------------------------------------------------------------


def test_a_citation_leads_to_the_marked_words_and_back(links: Links, window: Open) -> None:
    page = window(links.open, **WITHOUT_SCRIPT).page
    citation = page.locator("#draft .citation").nth(5)

    citation.click()

    quoted = page.locator(":target")
    expect(quoted).to_be_in_viewport()
    expect(quoted.locator("mark")).not_to_be_empty()
    expect(citation).to_be_in_viewport()  # the sources stand beside the draft
    quoted.locator(".uses a").last.click()
    expect(page.locator("#draft :target")).to_be_in_viewport()


def test_every_citation_of_both_rounds_leads_to_marked_words(links: Links, window: Open) -> None:
    for link in (links.open, links.second):
        page = window(link).page

        unmarked = page.locator("#draft .citation").evaluate_all(
            "all => all.filter(each => !document.querySelector(`${each.hash} mark`)).length"
        )

        assert unmarked == 0


def test_a_second_round_shows_what_changed_beside_what_was_asked(
    links: Links, window: Open
) -> None:
    changes = window(links.second).page.get_by_role("region", name="What has changed since round 1")

    expect(changes).to_contain_text("More on fog signals; drop source 3.")
    expect(changes).to_contain_text("On the section “Summary”: start with Augustin Fresnel")
    expect(changes.locator("ins").filter(has_text="Fog signals").first).to_be_visible()
    expect(changes.locator("del").filter(has_text=re.compile(r"^\[3\] \w"))).to_be_visible()
    expect(changes).to_contain_text("paragraphs unchanged")


def test_pages_of_ten_sources_are_small_and_quick(links: Links) -> None:
    browser = build_opener(ProxyHandler({}))
    for link in (links.open, links.second):
        seconds = []
        for _ in range(8):
            started = time.perf_counter()
            body = browser.open(link).read()
            seconds.append(time.perf_counter() - started)

        assert body.count(b'class="source"') >= 9
        assert len(body) <= LARGEST_PAGE_BYTES
        assert min(seconds) <= SLOWEST_PAGE_SECONDS


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_refused(
    links: Links, window: Open
) -> None:
    for link in (links.open, links.second):
        opened = window(link)

        assert [link] == [request.url for request in opened.requests]
        assert opened.complaints == []


# ---- deciding ------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, WITHOUT_SCRIPT], ids=["script", "no script"])
def test_an_approval_publishes(options: dict[str, bool], desk: Desk, window: Open) -> None:
    opened = window(desk.ask(), **options)
    overall(opened.page).fill("A fine report.")

    approve(opened.page).click()

    expect(opened.page.get_by_role("status")).to_contain_text("pproved by editor@example.com")
    expect(opened.page.get_by_text("A fine report.")).to_be_visible()
    expect(approve(opened.page)).to_have_count(0)
    wait_until(lambda: desk.status() == "SUCCEEDED")
    assert opened.complaints == []


def test_who_else_was_asked_and_what_they_said_is_shown(desk: Desk, window: Open) -> None:
    link = desk.ask("second@example.com", "third@example.com")
    other = window(desk.link(1, "second@example.com")).page
    overall(other).fill("Fine, with the mirrors first.")
    approve(other).click()
    expect(other.get_by_role("status")).to_contain_text(
        "still waits for editor@example.com and third@example.com"
    )

    opened = window(link)

    expect(opened.page.locator(".facts")).to_contain_text(
        "second@example.com, third@example.com; all must approve"
    )
    said = opened.page.get_by_role("region", name="What was said of this round")
    expect(said).to_contain_text("Approved by second@example.com")
    expect(said.locator("blockquote")).to_have_text("Fine, with the mirrors first.")
    expect(approve(opened.page)).to_be_visible()
    assert opened.violations() == []


def test_comments_reach_the_review_overall_and_by_section(desk: Desk, window: Open) -> None:
    page = window(desk.ask()).page
    overall(page).fill("Shorter.\n“Quotes” & <tags> stay.")
    comment_on(page, "Summary").fill("begin with mirrors")

    reject(page).click()

    expect(page.get_by_role("status")).to_contain_text("ejected by editor@example.com")
    assert json.loads(desk.text("reviews/1.json"))["comments"] == (
        "Shorter.\n“Quotes” & <tags> stay.\n\nOn the section “Summary”: begin with mirrors"
    )


def test_a_rejection_without_a_comment_asks_for_one(desk: Desk, window: Open) -> None:
    opened = window(desk.ask())

    reject(opened.page).click()

    expect(opened.page.get_by_role("alert")).to_contain_text("A rejection needs a comment")
    expect(overall(opened.page)).to_be_focused()
    expect(overall(opened.page)).to_be_in_viewport()
    assert [request.method for request in opened.requests] == ["GET"]


def test_without_script_the_page_asks_for_it_too(desk: Desk, window: Open) -> None:
    page = window(desk.ask(), **WITHOUT_SCRIPT).page
    comment_on(page, "Summary").fill(" ")

    reject(page).click()

    expect(page.get_by_role("alert")).to_contain_text("A rejection needs a comment")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    overall(page).fill("Shorter.")
    reject(page).click()
    expect(page.get_by_role("status")).to_contain_text("ejected by editor@example.com")


def test_the_keyboard_is_enough(desk: Desk, window: Open) -> None:
    page = window(desk.ask()).page
    keyboard = page.keyboard

    keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the draft")).to_be_focused()
    keyboard.press("Enter")
    keyboard.press("Tab")
    expect(page.locator("#draft .citation").first).to_be_focused()
    keyboard.press("Enter")
    expect(page.locator(":target mark")).to_be_in_viewport()
    keyboard.press("Tab")
    keyboard.press("Enter")  # back to the citation
    tab_to(page, page.locator("summary").first)
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type("begin with mirrors")
    tab_to(page, reject(page))
    keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("ejected by editor@example.com")
    assert "begin with mirrors" in desk.text("reviews/1.json")


def test_what_was_typed_is_not_left_by_accident(desk: Desk, window: Open) -> None:
    page = window(desk.ask()).page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    overall(page).press_sequentially("Shorter.")

    page.close(run_before_unload=True)

    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]


# ---- everywhere and for everyone -----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["open", "second", "rejected", "invalid"])
def test_a_phone_scrolls_in_one_direction(kind: str, links: Links, window: Open) -> None:
    assert window(getattr(links, kind), **ON_A_PHONE).overflow() <= 0


def test_on_a_phone_buttons_are_large_and_cover_nothing(links: Links, window: Open) -> None:
    page = window(links.second, **ON_A_PHONE).page

    for target in (*page.locator("button, summary, nav a").all(), overall(page)):
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST_TARGET_PIXELS
    overall(page).focus()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    field, bar = overall(page).bounding_box(), page.locator(".bar").bounding_box()
    assert field is not None
    assert bar is not None
    assert field["y"] + field["height"] <= bar["y"]


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["open", "second", "rejected", "invalid"])
def test_nothing_keeps_anybody_from_reading_or_deciding(
    kind: str, scheme: str, options: dict[str, object], links: Links, window: Open
) -> None:
    opened = window(getattr(links, kind), color_scheme=scheme, **options)
    for closed in opened.page.locator("summary").all():
        closed.click()

    assert opened.violations() == []


def test_headings_go_down_one_step_at_a_time(links: Links, window: Open) -> None:
    levels = (
        window(links.second)
        .page.locator("h1, h2, h3, h4")
        .evaluate_all("all => all.map(each => Number(each.tagName[1]))")
    )

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
