"""Pictures of the reviewer's pages and the report, by a browser: `make pictures` renews them."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from galley_local.corpus import Corpus
from galley_local.rehearsal import wait_for_link, wait_until
from galley_local.reviewer import decide, open_link
from galley_local.stack import ROOT, Stack

PICTURES = Path(__file__).with_name("pictures")
NAME, COMMENT = "lighthouses", "More on fog signals, and begin with the Fresnel lens."
REVIEWERS = ["editor@example.com", "keeper@example.com"]
REQUEST = {
    "workflow_id": NAME,
    "tenant": "press",
    "topic": "How lighthouses made their lights seen farther",
    "reviewers": REVIEWERS,
}
SCREEN = {"width": 1180, "height": 780}
PHONE = {"width": 390, "height": 780}


def main() -> None:
    """Play two rounds and publish, and take a picture of each page that matters."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("pictures need a browser: apt install chromium, or name one in $CHROMIUM")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, Stack(Corpus.read(ROOT / "examples" / "corpus")) as stack:
        browser = playwright.chromium.launch(executable_path=chromium)
        stack.start(REQUEST, name=NAME)
        first = wait_for_link(stack, NAME, 1)
        wait_until(lambda: len(stack.mailbox.mails()) == len(REVIEWERS))
        with opened(browser, first, SCREEN) as page:
            page.locator(".draft .citation").nth(4).click()
            page.mouse.wheel(0, -150)
            keep(page, "review")
        decide(open_link(first), "rejected", COMMENT)
        second = wait_for_link(stack, NAME, 2)
        with opened(browser, f"{second}#changes", SCREEN) as page:
            keep(page, "changes")
        with opened(browser, second, PHONE) as page:
            keep(page, "phone")
        with opened(browser, f"{stack.url}/mail", SCREEN) as page:
            page.locator("article summary").nth(1).click()
            page.locator("article iframe").nth(1).scroll_into_view_if_needed()
            page.locator("article iframe").nth(1).screenshot(path=PICTURES / "mail.png")
        decide(open_link(second), "approved")
        wait_until(lambda: letters(stack) != [])
        with opened(browser, letters(stack)[0], SCREEN) as page:
            page.locator("main .citation").nth(3).click()
            keep(page, "report")
        browser.close()


def letters(stack: Stack) -> list[str]:
    """Return the links to the published report."""
    mails = stack.mailbox.mails()
    return [mail.links[0] for mail in mails if mail.subject.startswith("Published: ")]


def opened(browser: Browser, address: str, size: dict[str, int]) -> Page:
    """Open a page in a window of a size."""
    page = browser.new_page(viewport=size, device_scale_factor=1)  # type: ignore[arg-type]
    page.goto(address)
    return page


def keep(page: Page, name: str) -> None:
    """Keep what the window shows."""
    page.wait_for_timeout(300)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
