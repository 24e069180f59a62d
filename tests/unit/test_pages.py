"""Pages: what carries its own style and script, and may load nothing else."""

import re
import time
from base64 import b64encode
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256

import pytest
from galley.pages import ENVIRONMENT, Page, moment, so_far

from functions.approval_api import app
from functions.sign_in import app as sign_in

TEMPLATE = ENVIRONMENT.from_string(
    "<style>{{ style | safe }}</style>{{ text }}<script>{{ script | safe }}</script>"
)
PAGE = Page(TEMPLATE)


def hash_of(text: str) -> str:
    """Return a text's hash as a content security policy writes it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_values_are_escaped() -> None:
    assert "&lt;i&gt;&#39;&#34;&amp;" in PAGE.fill(text="<i>'\"&")


def test_a_value_is_no_template() -> None:
    assert "{{ 7 * 7 }}" in PAGE.fill(text="{{ 7 * 7 }}")


def test_the_policy_allows_exactly_the_style_and_script_that_the_page_carries() -> None:
    page = Page(TEMPLATE, "a", "b")

    policy = page.headers["Content-Security-Policy"].split("; ")

    assert policy == [
        "default-src 'none'",
        f"style-src {hash_of('a')}",
        f"script-src {hash_of('b')}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    assert "<style>a</style><script>b</script>" == page.fill()


def test_the_approval_page_carries_nothing_that_its_policy_forbids() -> None:
    style = re.search(r"<style>(.*?)</style>", app.PAGE.fill(answer={}), re.DOTALL)

    assert style is not None
    assert hash_of(style[1]) in app.PAGE.headers["Content-Security-Policy"]
    assert "style=" not in app.PAGE.fill(answer={})


def test_a_page_without_a_script_carries_none() -> None:
    assert "<script" not in sign_in.PAGE.fill()
    assert f"script-src {hash_of('')}" in sign_in.PAGE.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "when", [1795436160, Decimal(1795436160), "2026-11-23T12:16:00+00:00", "2026-11-23T13:16+01:00"]
)
def test_a_moment_is_written_out(when: float | str) -> None:
    assert moment(when) == "23 November 2026, 12:16 UTC"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "less than a minute"),
        (60, "1 minute"),
        (7_199, "1 hour"),
        (7_200, "2 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_what_something_has_taken_is_said_in_one_unit(seconds: float, words: str) -> None:
    start = datetime.fromtimestamp(time.time() - seconds, UTC)

    assert so_far(start.isoformat()) == words
