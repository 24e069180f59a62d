"""Signing in, in containers: what ships for it checks a token of the pool and keeps a session."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from galley_local.attacks.wire import Door
from galley_local.lambdas.function import Function
from galley_local.rehearsal import Call, sample_request
from galley_local.stack import Stack
from tests.container.sam import Sam, with_variables
from tests.container.waiting import Waiting


@pytest.fixture
def with_pool(stack: Stack, url: str, functions: dict[str, Function]) -> Iterator[dict[str, Any]]:
    """Return the functions, told of the stack's pool as containers reach it."""
    origin, stack.user_pool.origin = stack.user_pool.origin, url  # which is the tokens' issuer
    pool = {"POOL_ID": stack.user_pool.id, "POOL_CLIENT_ID": stack.user_pool.client_id}
    yield {
        name: with_variables(function, **pool, POOL_DOMAIN=url)
        for name, function in functions.items()
    }
    stack.user_pool.origin = origin


def call(event: Any, path: str, query: str = "", *cookies: str) -> Any:
    """Return a sample event as a call of another path."""
    http = {**event["requestContext"]["http"], "path": path}
    context = {**event["requestContext"], "http": http, "routeKey": f"GET {path}"}
    return {
        **event,
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": query,
        "queryStringParameters": dict(parse_qsl(query)),
        "requestContext": context,
        "cookies": list(cookies),
    }


def kept(answer: Any) -> str:
    """Return the last cookie that an answer gives, as a browser sends it."""
    return str(answer["cookies"][-1].partition(";")[0])


def test_a_reviewer_signs_in_and_finds_what_waits(
    stack: Stack,
    sam: Sam,
    with_pool: dict[str, Function],
    calls: dict[str, Call],
    waiting: Waiting,
) -> None:
    sample, reviewer = calls["sign_in"].event, sample_request()["reviewer"]

    begun = sam.invoke(with_pool["sign_in"], call(sample, "/sign-in", urlencode({"to": "/inbox"})))
    asked = urlsplit(begun["headers"]["Location"])
    door = Door(stack.url, asked.path, {})
    answer = door.send("POST", {"address": reviewer}, query=asked.query)
    back = urlsplit(answer.headers["location"])
    finished = sam.invoke(with_pool["sign_in"], call(sample, "/signed-in", back.query, kept(begun)))
    listed = sam.invoke(with_pool["inbox"], call(sample, "/inbox", "", kept(finished)))

    assert finished["statusCode"] == 303
    assert finished["headers"]["Location"] == f"{stack.url}/inbox"
    assert listed["statusCode"] == 200
    assert reviewer in listed["body"]
    assert f'href="{urlsplit(waiting.link).path}?' in listed["body"]
