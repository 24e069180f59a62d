"""Web actions: searches that are made once, and pages that become sources or a reason why not."""

import json
import os
from collections.abc import Callable
from email.message import Message
from typing import Any

import boto3
import pytest
from galley.artifacts import Artifacts
from galley.contracts import Source
from galley.web import fetching, search
from galley.web.exchange import Answer, Request
from galley.web.failures import UnreachableError

from functions.web_actions import app
from tests.unit.fakes import SCOPE, load_event, tool_answer, tool_state, with_parameters

SEARCH = load_event("web_actions")
PAGE = "<html><body><article><h1>The lens</h1><p>{}</p></article></body></html>"
SENTENCE = "The Fresnel lens gathers light that a mirror would lose, and sends it to the horizon. "
URL = "https://lens.example/history"


def a_page(sentence: str = SENTENCE, kind: str = "text/html") -> Answer:
    """Return a page as its site answers with it."""
    return an_answer(PAGE.format(sentence * 5).encode(), 200, kind)


def an_answer(body: bytes = b"", status: int = 200, kind: str = "application/json") -> Answer:
    """Return an answer."""
    headers = Message()
    headers["Content-Type"] = kind
    return Answer(status, headers, body)


def named_by_tavily(*urls: str) -> Answer:
    """Return Tavily's answer that names some pages."""
    results = [{"url": url, "title": "A lens", "content": "gathers light"} for url in urls]
    return an_answer(json.dumps({"results": results}).encode())


class FakeWeb:
    """Answers by addresses, and remembers what it was asked."""

    def __init__(self, **answers: Answer | Exception) -> None:
        self.answers: dict[str, Answer | Exception] = {
            "https://api.tavily.com/search": named_by_tavily(URL),
            "https://en.wikipedia.org/w/api.php": an_answer(b'{"batchcomplete": true}'),
            "https://lens.example/robots.txt": an_answer(status=404),
            URL: a_page(),
            **answers,
        }
        self.asked: list[Request] = []

    def exchange(self, request: Request, deadline: float, most_bytes: int) -> Answer:
        """Stand in for the exchange with a site."""
        self.asked.append(request)
        answer = self.answers[str(request.address).partition("?")[0]]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def web(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> FakeWeb:
    """Give a web with one page, and the secret with the providers' keys."""
    fake = FakeWeb()
    for module in (fetching, search):
        monkeypatch.setattr(module, "exchange", fake.exchange)
    monkeypatch.setattr(app.KEYS, "_keys", None)
    boto3.client("secretsmanager").create_secret(
        Name=os.environ["WEB_KEYS_ARN"], SecretString=json.dumps({"tavily": "tvly-key\n"})
    )
    return fake


@pytest.fixture
def call(web: FakeWeb, context: Any) -> Callable[..., dict[str, Any]]:
    """Give a way to call a tool, whose answer is JSON."""

    def call(function: str, **parameters: str) -> dict[str, Any]:
        event = with_parameters({**SEARCH, "function": function}, **parameters)
        answer: dict[str, Any] = json.loads(tool_answer(app.lambda_handler(event, context)))
        return answer

    return call


def test_a_search_names_pages_and_asks_with_the_key(
    web: FakeWeb, call: Callable[..., dict[str, Any]]
) -> None:
    found = call("search_web", query="lens")

    (named,) = found["results"]
    assert (URL, "A lens", "tavily") == (named["url"], named["title"], named["provider"])
    assert found["failed"] == {}
    assert web.asked[0].headers["Authorization"] == "Bearer tvly-key"


def test_who_asks_says_so(web: FakeWeb, call: Callable[..., dict[str, Any]]) -> None:
    call("search_web", query="lens")
    call("fetch_page", url=URL)

    agents = {request.headers["User-Agent"] for request in web.asked}
    assert agents == {"galley/1 (research reports; robots@example.com)"}


def test_the_same_search_is_made_once(web: FakeWeb, call: Callable[..., dict[str, Any]]) -> None:
    first = call("search_web", query="lens")

    assert first == call("search_web", query=" LENS ")
    assert len(web.asked) == 2  # each provider


def test_a_provider_that_fails_is_named_and_asked_again(
    web: FakeWeb, call: Callable[..., dict[str, Any]]
) -> None:
    web.answers["https://api.tavily.com/search"] = an_answer(status=401)
    failed = call("search_web", query="lens")
    web.answers["https://api.tavily.com/search"] = named_by_tavily(URL)

    again = call("search_web", query="lens")

    assert failed == {
        "results": [],
        "failed": {"tavily": "PageRefusedError: tavily answers with 401"},
    }
    assert [URL] == [each["url"] for each in again["results"]]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"results": [{}]}', b'{"results": 7}'])
def test_a_provider_that_answers_nonsense_is_named(
    body: bytes, web: FakeWeb, call: Callable[..., dict[str, Any]]
) -> None:
    web.answers["https://api.tavily.com/search"] = an_answer(body)

    assert "FormatError" in call("search_web", query="lens")["failed"]["tavily"]


@pytest.mark.parametrize("secret", [None, "{}", "no JSON", "[]"])
def test_without_a_key_its_provider_is_not_asked(
    secret: str | None,
    web: FakeWeb,
    call: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if secret is None:
        monkeypatch.setattr(app.KEYS, "_secret_arn", "")
    else:
        boto3.client("secretsmanager").put_secret_value(
            SecretId=os.environ["WEB_KEYS_ARN"], SecretString=secret
        )

    failed = call("search_web", query="lens")["failed"]

    assert failed == {"tavily": "PageRefusedError: there is no key for tavily in the secret"}
    assert "api.tavily.com" not in [request.address.host for request in web.asked]


def test_pages_that_may_not_be_fetched_are_not_named(
    web: FakeWeb, call: Callable[..., dict[str, Any]]
) -> None:
    web.answers["https://api.tavily.com/search"] = named_by_tavily(
        "https://www.blocked.example/x", "ftp://lens.example/", "file:///etc/passwd", URL
    )

    assert [URL] == [each["url"] for each in call("search_web", query="lens")["results"]]


@pytest.mark.parametrize("query", ["", " \n"])
def test_an_empty_query_is_answered_in_words(query: str, web: FakeWeb, context: Any) -> None:
    response = app.lambda_handler(with_parameters(SEARCH, query=query), context)

    assert tool_state(response) == "REPROMPT"
    assert "'query' must say what to look for" in tool_answer(response)


def test_a_page_that_a_search_has_named_is_kept_whole(
    artifacts: Artifacts, call: Callable[..., dict[str, Any]]
) -> None:
    call("search_web", query="lens")

    page = call("fetch_page", url=URL)

    kept = artifacts.read(SCOPE.found_key(page["source_id"]), Source)
    assert ("The lens", URL) == (kept.title, kept.uri)
    assert kept.text.count(SENTENCE.strip()) == 5
    assert kept.retrieved_at.endswith("+00:00")
    assert page["characters"] == len(kept.text)
    assert kept.text.startswith(page["beginning"])


def test_a_page_is_fetched_once(web: FakeWeb, call: Callable[..., dict[str, Any]]) -> None:
    call("search_web", query="lens")
    first = call("fetch_page", url=URL)
    asked = len(web.asked)

    assert first == call("fetch_page", url=f"{URL}#later")
    assert asked == len(web.asked)


@pytest.mark.parametrize(
    "url",
    [
        "https://lens.example/other",
        "https://evil.example/?stolen=the+knowledge+base",
        "https://lens.example/history?more",
    ],
)
def test_an_address_that_no_search_has_named_is_not_asked(
    url: str, web: FakeWeb, call: Callable[..., dict[str, Any]]
) -> None:
    call("search_web", query="lens")
    asked = len(web.asked)

    assert call("fetch_page", url=url)["failed"] == "AddressError"
    assert asked == len(web.asked)


def test_what_another_workflow_has_searched_names_nothing_here(
    web: FakeWeb, call: Callable[..., dict[str, Any]], context: Any
) -> None:
    call("search_web", query="lens")
    others = {**SEARCH["sessionAttributes"], "workflow_id": "lighthouses-2"}
    event = {**SEARCH, "function": "fetch_page", "sessionAttributes": others}

    answer = tool_answer(app.lambda_handler(with_parameters(event, url=URL), context))

    assert json.loads(answer)["failed"] == "AddressError"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        pytest.param(an_answer(status=404), "PageMissingError", id="missing"),
        pytest.param(an_answer(status=410), "PageMissingError", id="gone"),
        pytest.param(an_answer(status=403), "PageRefusedError", id="refused"),
        pytest.param(an_answer(status=500), "PageRefusedError", id="broken"),
        pytest.param(an_answer(b"GIF89a", kind="image/gif"), "FormatError", id="picture"),
        pytest.param(UnreachableError("gone"), "UnreachableError", id="unreachable"),
        pytest.param(
            an_answer(b"<html><body><script>draw()</script></body></html>", kind="text/html"),
            "NoTextError",
            id="only scripts",
        ),
        pytest.param(an_answer(b"", kind="text/html"), "NoTextError", id="empty"),
        pytest.param(an_answer(b"\x00" * 99, kind="text/plain"), "NoTextError", id="binary"),
    ],
)
def test_a_page_that_cannot_be_had_is_a_reason_and_a_gap(
    answer: Answer | Exception,
    failure: str,
    web: FakeWeb,
    artifacts: Artifacts,
    call: Callable[..., dict[str, Any]],
) -> None:
    call("search_web", query="lens")
    web.answers[URL] = answer

    page = call("fetch_page", url=URL)

    assert (failure, True) == (page["failed"], bool(page["why"]))
    (key,) = artifacts.list_keys(SCOPE.key("found/"))
    kept = artifacts.read(key, Source)
    assert (page["why"], "", URL) == (kept.gap, kept.text, kept.uri)


def test_a_page_that_can_be_had_later_is_a_source_after_all(
    web: FakeWeb, artifacts: Artifacts, call: Callable[..., dict[str, Any]]
) -> None:
    call("search_web", query="lens")
    answers, web.answers[URL] = web.answers[URL], an_answer(status=500)
    call("fetch_page", url=URL)
    web.answers[URL] = answers

    page = call("fetch_page", url=URL)

    kept = artifacts.read(SCOPE.found_key(page["source_id"]), Source)
    assert ("", True) == (kept.gap, bool(kept.text))


def test_a_text_is_read_in_the_encoding_that_its_site_names(
    web: FakeWeb, artifacts: Artifacts, call: Callable[..., dict[str, Any]]
) -> None:
    call("search_web", query="lens")
    text = "Маяк\n\n" + "Свет маяка виден далеко в море, потому что линза собирает его. " * 3
    web.answers[URL] = an_answer(text.encode("koi8-r"), kind="text/plain; charset=koi8-r")

    page = call("fetch_page", url=URL)

    assert artifacts.read(SCOPE.found_key(page["source_id"]), Source).text == text.strip()


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "unicode_escape"])
def test_an_encoding_that_no_text_has_is_not_tried(
    charset: str, web: FakeWeb, artifacts: Artifacts, call: Callable[..., dict[str, Any]]
) -> None:
    call("search_web", query="lens")
    text = "light-" * 10 + "+AGE- \\u0061"  # which means something else in most of them
    web.answers[URL] = an_answer(text.encode(), kind=f"text/plain; charset={charset}")

    page = call("fetch_page", url=URL)

    assert artifacts.read(SCOPE.found_key(page["source_id"]), Source).text == text


def test_an_abstract_is_a_source_at_the_papers_address(
    web: FakeWeb,
    artifacts: Artifacts,
    call: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "PROVIDERS", ["openalex"])
    words = (SENTENCE * 5).split()
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    work = {
        "id": "https://openalex.org/W1",
        "doi": "https://doi.org/10.1/lens",
        "display_name": "On lenses",
        "abstract_inverted_index": places,
        "best_oa_location": {"pdf_url": "https://papers.example/lens.pdf"},
    }
    body = json.dumps({"results": [work]}).encode()
    web.answers["https://api.openalex.org/works"] = an_answer(body)

    (named,) = call("search_web", query="lens")["results"]

    kept = artifacts.read(SCOPE.found_key(named["source_id"]), Source)
    assert named["url"] == "https://papers.example/lens.pdf"
    assert ("On lenses", "https://doi.org/10.1/lens") == (kept.title, kept.uri)
    assert kept.text == " ".join(words)
