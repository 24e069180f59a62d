"""Signing in and out in a browser, which keeps cookies and checks where forms lead."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from galley_local.corpus import Corpus
from galley_local.stack import Stack

from .conftest import CORPUS, Desk, Window

Open = Callable[..., Window]
REVIEWER = "editor@example.com"


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


def test_everybody_can_use_the_pages(signing_in: Window, stack: Stack) -> None:
    page = signing_in.page
    assert signing_in.violations() == []
    sign_in(page)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()

    page.goto(f"{stack.url}/sign-out")

    assert signing_in.violations() == []
    assert signing_in.overflow() == 0


def test_a_sign_in_that_fails_says_what_to_do(stack: Stack, window: Open) -> None:
    refused = window(f"{stack.url}/signed-in?code=x&state=y")

    expect(refused.page.get_by_role("alert")).to_contain_text("Open the link in your mail again")
    assert refused.violations() == []
