"""Signing in and out in a browser, which keeps cookies and checks where forms lead."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from galley_local.corpus import Corpus
from galley_local.stack import Stack

from .conftest import CORPUS, PHONE, REVIEWER, TOPIC, Desk, Window

Open = Callable[..., Window]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Give a stack whose reviewers sign in."""
    with Stack(Corpus.read(CORPUS), sign_in=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def link(desk: Desk) -> str:
    """Give the link to a draft that waits."""
    return desk.ask()


@pytest.fixture
def signing_in(stack: Stack, link: str, window: Open) -> Window:
    """Give a window on the page on which the pool asks who is there."""
    to = urlencode({"to": link.removeprefix(stack.url)})
    return window(f"{stack.url}/sign-in?{to}")


def sign_in(page: Page, address: str = REVIEWER) -> None:
    """Fill the pool's form."""
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_to_the_draft(signing_in: Window, link: str) -> None:
    sign_in(signing_in.page)

    expect(signing_in.page).to_have_url(link)
    expect(signing_in.page.get_by_role("button", name="Approve")).to_be_visible()
    assert signing_in.complaints == []


def test_scripts_do_not_see_the_session(signing_in: Window) -> None:
    sign_in(signing_in.page)
    expect(signing_in.page.get_by_role("button", name="Approve")).to_be_visible()

    names = [cookie["name"] for cookie in signing_in.page.context.cookies()]
    assert names == ["galley-session"]
    assert signing_in.page.evaluate("document.cookie") == ""


def test_signing_out_leads_through_the_pool_and_back(signing_in: Window, stack: Stack) -> None:
    page = signing_in.page
    sign_in(page)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.goto(f"{stack.url}/sign-out")
    expect(page.get_by_role("status")).to_contain_text(REVIEWER)

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading")).to_have_text("You are signed out")
    assert any("/logout?" in request.url for request in signing_in.requests)
    assert page.context.cookies() == []
    assert signing_in.complaints == []


def test_the_inbox_leads_to_the_draft(stack: Stack, link: str, window: Open) -> None:
    opened = window(f"{stack.url}/inbox")
    page = opened.page
    sign_in(page)
    expect(page).to_have_url(f"{stack.url}/inbox")
    expect(page.get_by_role("heading")).to_have_text("Waiting for your decision")
    expect(page.get_by_role("listitem")).to_contain_text("press, round 1, until")

    page.get_by_role("link", name=TOPIC).click()

    expect(page).to_have_url(link)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    assert opened.complaints == []


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": PHONE}], ids=str)
def test_everybody_can_use_the_pages(
    options: dict[str, object], stack: Stack, link: str, window: Open
) -> None:
    inbox = f"{stack.url}/inbox"
    opened = window(inbox, **options)
    page = opened.page
    found = {"asked who is there": (opened.violations(), opened.overflow())}

    def look(name: str, address: str = "") -> None:
        if address:
            page.goto(address)
        found[name] = (opened.violations(), opened.overflow())

    sign_in(page)
    expect(page).to_have_url(inbox)
    look("inbox")
    look("signed in", f"{stack.url}/sign-out")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading")).to_have_text("You are signed out")
    look("signed out")
    page.goto(inbox)
    sign_in(page, "somebody@example.com")
    expect(page.get_by_role("heading")).to_have_text("Nothing waits for you")
    look("empty inbox")
    look("somebody else", link)
    expect(page.get_by_role("status")).to_contain_text("You are signed in as somebody@example.com")

    assert len(found) == 6
    assert found == dict.fromkeys(found, ([], 0))


def test_somebody_else_sees_nothing_and_can_sign_in_as_another(
    link: str, signing_in: Window
) -> None:
    page = signing_in.page
    sign_in(page, "somebody@example.com")
    expect(page.get_by_role("status")).to_contain_text("You are signed in as somebody@example.com")
    expect(page.get_by_text(TOPIC)).to_have_count(0)

    page.get_by_role("link", name="Sign in as somebody else").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading")).to_have_text("You are signed out")
    page.goto(link)
    sign_in(page)

    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def test_a_sign_in_that_fails_says_what_to_do(stack: Stack, window: Open) -> None:
    refused = window(f"{stack.url}/signed-in?code=x&state=y")

    expect(refused.page.get_by_role("alert")).to_contain_text("Open the link in your mail again")
    assert refused.violations() == []
