"""`sam local start-api`: the approval API in a container, for workflows that wait on the stack."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from galley_local.lambdas.function import Function
from galley_local.rehearsal import sample_request, wait_for_end, wait_until
from galley_local.reviewer import open_link
from galley_local.stack import Stack
from tests.container.sam import Sam
from tests.container.storage import Kept
from tests.container.waiting import Waiting, started, started_for_all

ANSWER_SECONDS = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def api(sam: Sam, functions: dict[str, Function]) -> Iterator[str]:
    """Return the address of the approval API in a container."""
    with sam.api(functions["approval_api"]) as url:
        yield url


def ask(api: str, method: str, link: str, **form: str) -> tuple[int, str]:
    """Return status and page of a request for a mailed link, made to another address."""
    address, parts = urlsplit(api), urlsplit(link)
    connection = HTTPConnection(address.netloc, timeout=ANSWER_SECONDS)
    try:
        body = urlencode(form) if form else None
        connection.request(method, f"{parts.path}?{parts.query}", body, FORM if form else {})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8")
    finally:
        connection.close()


def told_of_the_approval(stack: Stack) -> list[str]:
    """Return who was sent word of an approval in which they did not have the last say."""
    return [each.to[0] for each in stack.mailbox.mails() if each.subject.startswith("Approved: ")]


def timeless(page: str) -> str:
    """Return a page that does not say for how long it has been waiting."""
    return re.sub(r", [\w ]+ ago", "", page)


def test_the_link_leads_to_the_page_of_the_laptop(api: str, waiting: Waiting) -> None:
    status, page = ask(api, "GET", waiting.link)

    assert status == 200
    assert timeless(page) == timeless(open_link(waiting.link).text)
    assert "<form" in page


def test_looking_decides_nothing(api: str, stack: Stack, waiting: Waiting) -> None:
    before = open_link(waiting.link).text

    ask(api, "HEAD", waiting.link)
    ask(api, "GET", waiting.link)

    assert timeless(before) == timeless(open_link(waiting.link).text)
    found = stack.client("stepfunctions").describe_execution(executionArn=waiting.execution)
    assert found["status"] == "RUNNING"


def test_a_link_that_was_changed_shows_no_draft(api: str, waiting: Waiting) -> None:
    status, page = ask(api, "GET", waiting.link[:-1] + "!")

    assert status == 403
    assert "<form" not in page


def test_a_decision_lets_the_workflow_go_on(api: str, stack: Stack) -> None:
    waits = started(stack, "lighthouses-decided")

    token = open_link(waits.link).form_token
    status, page = ask(api, "POST", waits.link, form_token=token, decision="approved")

    assert status == 200
    assert "<form" not in page
    wait_for_end(stack, waits.execution)


def test_every_reviewers_vote_counts_and_the_last_lets_it_go_on(api: str, stack: Stack) -> None:
    one, other = started_for_all(stack, "lighthouses-of-two", "one@example.com", "two@example.com")

    pages = []
    for waits in (one, other):
        token = open_link(waits.link).form_token
        pages.append(ask(api, "POST", waits.link, form_token=token, decision="approved"))

    assert [status for status, _ in pages] == [200, 200]
    assert "The draft still waits for two@example.com" in pages[0][1]
    wait_for_end(stack, other.execution)
    kept = Kept(stack, sample_request()["tenant"], other.workflow_id)
    assert kept.audit() == ["viewed", "approved"] * 2
    wait_until(lambda: ["one@example.com"] == told_of_the_approval(stack))
