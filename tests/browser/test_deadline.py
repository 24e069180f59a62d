"""A link that is opened too late: the stack's deadline is four seconds here."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, Desk, Window, wait_until


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return a deadline that a test can wait for."""
    return {"ApprovalTimeoutSeconds": "4"}


def test_a_link_that_has_expired_says_so_and_offers_nothing(
    desk: Desk, window: Callable[..., Window]
) -> None:
    link = desk.ask()
    wait_until(lambda: desk.status() == "FAILED")

    opened = window(link, viewport=PHONE)

    expect(opened.page.get_by_text("The time to decide on this draft is over.")).to_be_visible()
    expect(opened.page.get_by_role("button", name="Approve")).to_have_count(0)
    assert opened.overflow() <= 0
    assert opened.violations() == []


def test_a_page_that_was_open_too_long_cannot_decide(
    desk: Desk, window: Callable[..., Window]
) -> None:
    page = window(desk.ask()).page
    wait_until(lambda: desk.status() == "FAILED")

    page.get_by_role("button", name="Approve and publish").click()

    expect(page.get_by_text("over").or_(page.get_by_text("no longer waits"))).to_be_visible()
