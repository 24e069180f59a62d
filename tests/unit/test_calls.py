"""Calls of the HTTP API: what an event says, and what it leaves out."""

from importlib import import_module
from typing import Any

import pytest
from aws_lambda_powertools.shared.cookies import Cookie
from galley.calls import Call, Response, respond
from galley.errors import InvalidEventError

from tests.unit.fakes import load_event
from tests.unit.test_structure import in_template

OF_THE_API = ["approval_api", "inbox", "sign_in"]
FEWEST: dict[str, Any] = {
    "version": "2.0",
    "routeKey": "GET /inbox",
    "rawPath": "/inbox",
    "requestContext": {"domainName": "approvals.example.com", "http": {"method": "GET"}},
}


def show(call: Call) -> Response:
    """Answer a call with its path."""
    return respond(200, {}, call.path)


def test_a_call_is_read_from_its_event() -> None:
    call = Call.from_event(load_event("approval_api"), "approval_api")

    assert call.route == "GET /approvals/{workflow_id}/{round}"
    assert (call.method, call.path) == ("GET", "/approvals/lighthouses-1/1")
    assert call.variables == {"workflow_id": "lighthouses-1", "round": "1"}
    assert call.query["kid"] == "00000000"


@pytest.mark.parametrize("absent", [{}, {"queryStringParameters": None, "cookies": None}], ids=str)
def test_what_a_call_has_none_of_is_empty(absent: dict[str, Any]) -> None:
    call = Call.from_event(FEWEST | absent, "inbox")

    assert (call.variables, call.query, call.headers, call.cookies) == ({}, {}, {}, [])
    assert (call.body, call.is_base64) == ("", False)


@pytest.mark.parametrize(
    ("headers", "is_cross_site"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"host": "a.example", "origin": "https://a.example"}, False),
        ({"host": "a.example", "origin": "null"}, False),
        ({"host": "a.example", "origin": "https://b.example"}, True),
        ({"host": "a.example", "origin": "http://["}, True),
    ],
    ids=str,
)
def test_where_a_call_comes_from_is_what_the_browser_says(
    headers: dict[str, str], is_cross_site: bool
) -> None:
    call = Call.from_event({**FEWEST, "headers": headers}, "inbox")

    assert call.is_cross_site is is_cross_site


def test_a_header_is_found_however_it_is_written() -> None:
    call = Call.from_event(FEWEST | {"headers": {"Sec-Fetch-Site": "none"}}, "inbox")

    assert call.headers == {"sec-fetch-site": "none"}


def test_what_is_no_call_is_refused_by_the_function_it_came_to() -> None:
    with pytest.raises(InvalidEventError, match="not an event for inbox: version is missing"):
        Call.from_event({}, "inbox")


def test_a_route_leads_to_its_function() -> None:
    call = Call.from_event(FEWEST, "inbox")

    assert call.answered_by({"GET /inbox": show})["body"] == "/inbox"


@pytest.mark.parametrize("route", ["POST /inbox", "GET /inbox/", "GET /sign-in", "$default"])
def test_a_route_of_another_function_is_not_found(route: str) -> None:
    call = Call.from_event(FEWEST | {"routeKey": route}, "inbox")

    assert call.answered_by({"GET /inbox": show})["statusCode"] == 404


def test_a_response_is_as_the_http_api_takes_it() -> None:
    assert respond(303, {"Location": "/"}, cookies=[Cookie("a", "1", path="/")]) == {
        "statusCode": 303,
        "headers": {"Location": "/"},
        "cookies": ["a=1; Path=/; Secure"],
        "body": "",
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("function", OF_THE_API)
def test_a_function_answers_the_routes_that_the_template_leads_to_it(function: str) -> None:
    events = in_template(function)["Events"].values()

    routes = {f"{event['Properties']['Method']} {event['Properties']['Path']}" for event in events}
    assert routes == import_module(f"functions.{function}.app").ROUTES.keys()
