"""The attack suite: nothing that it tries works here, and it notices where something does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from galley_local.attacks.by_link import BY_LINK
from galley_local.attacks.by_sign_in import BY_SIGN_IN
from galley_local.attacks.on_stack import ON_STACK
from galley_local.attacks.report import Result, attack_by_link, attack_here, table
from galley_local.attacks.search import Secret, found_in
from galley_local.attacks.target import Elsewhere
from galley_local.attacks.wire import MARK, Reply

from .conftest import CORPUS


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """Return what came of every attack, with and without sign-in."""
    return list(attack_here(CORPUS))


def test_no_attack_changes_or_learns_anything(results: list[Result]) -> None:
    assert [result for result in results if result.succeeded] == []


def test_no_attack_makes_the_api_fail(results: list[Result]) -> None:
    assert [result for result in results if "500" in result.statuses] == []


def test_the_table_has_every_attack_and_their_number(results: list[Result]) -> None:
    text = table(results)

    assert [*BY_LINK, *ON_STACK, *BY_SIGN_IN] == [
        result.name for result in results if not result.name.startswith("a search ")
    ]
    assert all(result.name in text for result in results)
    assert text.endswith(f"{len(results)} attacks, 0 succeeded")


class Careless(BaseHTTPRequestHandler):
    """An endpoint that approves whatever comes, and shows what it was sent."""

    decided = False

    def answer(self) -> None:
        """Answer with a form until anything but a bare look has come."""
        length = int(self.headers.get("Content-Length") or 0)
        sent = parse_qs(self.rfile.read(length).decode("utf-8", "replace"))
        form = "" if Careless.decided else '<input name="form_token" value="token">'
        Careless.decided = Careless.decided or "Purpose" in self.headers
        page = f"{form}{sent.get('comments', [''])[0]}".encode("utf-8", "replace")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_GET = do_POST = answer  # noqa: N815  # the names that the server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def careless() -> Iterator[str]:
    """Return a link to an endpoint that a scanner can decide at."""
    Careless.decided = False
    server = HTTPServer(("127.0.0.1", 0), Careless)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/approvals/w/1?signature=0"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_careless_endpoint_is_found_out(careless: str) -> None:
    found = {result.name: result for result in attack_by_link(Elsewhere(careless))}

    assert found["a scanner follows the link 20 times"].changed
    assert "markup" in found["markup in a comment"].leaked
    assert "content-security-policy" in found["a browser prefetches"].leaked
    assert "succeeded" in table(list(found.values()))


@pytest.mark.parametrize(
    ("reply", "leak"),
    [
        (Reply(200, {}, "a token"), "a secret"),
        (Reply(302, {"location": "https://evil.example"}, ""), "a header"),
        (Reply(400, {}, MARK), "markup"),
    ],
)
def test_what_an_answer_must_not_hold_is_found(reply: Reply, leak: str) -> None:
    assert reply.leaks(("token",)) == [leak]


@pytest.mark.parametrize(
    ("secret", "where", "found"),
    [
        (Secret("a token", "12ab"), "log", ["a token in logs"]),
        (Secret("a token", "12ab"), "mail", ["a token in mails"]),
        (Secret("a signature", "12ab", is_mailed=True), "record", ["a signature in records"]),
        (Secret("a signature", "12ab", is_mailed=True), "mail", []),
        (Secret("a token", "ab12"), "log", []),
        (Secret("a token that was not given", ""), "log", []),
    ],
)
def test_what_is_written_is_searched_for_secrets(
    secret: Secret, where: str, found: list[str]
) -> None:
    assert found_in([(where, "so 12ab it is")], [secret]) == found
