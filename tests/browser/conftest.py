"""A browser of this machine, and a stack whose approval pages it opens."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from galley_local.corpus import Corpus
from galley_local.stack import Stack

CORPUS = Path(__file__).parents[2] / "examples" / "corpus"
TOPIC = "How lighthouses made their lights seen farther"
REVIEWER = "editor@example.com"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONGEST_RUN_SECONDS = 60
PHONE = {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}


def browser_path() -> str:
    """Return where Chromium is: $CHROMIUM, or what the path has."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail("these tests need a browser: apt install chromium, or name one in $CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser without a window."""
    quiet = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return template parameters that differ from their defaults; modules override this."""
    return {}


@pytest.fixture(scope="module")
def stack(parameters: dict[str, str]) -> Iterator[Stack]:
    """Give a stack on this machine."""
    with Stack(Corpus.read(CORPUS), parameters=parameters) as stack:
        yield stack


@dataclass
class Desk:
    """Where a reviewer sits: starts workflows and waits for their mails."""

    stack: Stack
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    name: str = ""
    arn: str = ""

    def ask(self, *others: str) -> str:
        """
        Start a workflow and return the link of its first round.

        Where others are asked as well, all must approve.
        """
        reviewers = {"reviewers": [REVIEWER, *others], "approval": "all" if others else "any"}
        request = {"tenant": "press", "topic": TOPIC, **reviewers}
        self.name = f"review-{next(self.numbers)}"
        self.arn = self.stack.start(request, name=self.name)
        return self.link(1)

    def link(self, round_number: int, reviewer: str = REVIEWER) -> str:
        """Wait for a round's mail to a reviewer, and return its link."""
        path = f"/approvals/{self.name}/{round_number}?"

        def links() -> list[str]:
            own = (mail for mail in self.stack.mailbox.mails() if reviewer in mail.to)
            return [link for mail in own for link in mail.links if path in link]

        wait_until(lambda: links() != [])
        return links()[0]

    def status(self) -> str:
        """Return the status of the workflow that was started last."""
        client = self.stack.client("stepfunctions")
        return str(client.describe_execution(executionArn=self.arn)["status"])

    def text(self, name: str) -> str:
        """Return one of its artifacts."""
        bucket, key = self.stack.outputs["ArtifactsBucket"], f"press/{self.name}/{name}"
        found = self.stack.client("s3").get_object(Bucket=bucket, Key=key)
        return str(found["Body"].read().decode("utf-8"))


@pytest.fixture(scope="module")
def desk(stack: Stack) -> Desk:
    """Give a reviewer's desk on the module's stack."""
    return Desk(stack)


@dataclass
class Window:
    """A browser's window on a page, and what it asked for and complained of meanwhile."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def violations(self) -> list[str]:
        """Return what axe finds that keeps somebody from using the page."""
        self.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
        results: dict[str, Any] = self.page.evaluate("axe.run()")
        return [
            f"{each['id']}: {node['html']}"
            for each in results["violations"]
            if each["impact"] in SERIOUS
            for node in each["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Give a way to open windows, each as a browser of its own would."""
    contexts: list[BrowserContext] = []

    def opened(link: str, **options: Any) -> Window:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        window = Window(context.new_page())
        window.page.on("console", lambda message: window.complaints.append(message.text))
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("request", lambda request: window.requests.append(request))  # noqa: PLW0108
        window.page.goto(link)
        return window

    yield opened
    for context in contexts:
        context.close()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in the stack."""
    deadline = time.monotonic() + LONGEST_RUN_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"nothing happened in {LONGEST_RUN_SECONDS} s")
        time.sleep(0.05)
