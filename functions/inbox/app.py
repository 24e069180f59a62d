"""Inbox: what waits for whoever is signed in."""

import os
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from galley import telemetry
from galley.admission import way_in
from galley.events import API_CALL, check_event
from galley.inboxes import Inboxes
from galley.pages import Page
from galley.secrets import SigningKeys
from galley.sessions import session_in
from galley.workflows import Workflows, table_named

API = APIGatewayHttpResolver()
TABLE = table_named(os.environ["TABLE_NAME"])
WORKFLOWS, INBOXES = Workflows(TABLE), Inboxes(TABLE)
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
SIGNS_IN = bool(os.environ["POOL_ID"])
PAGE = Page.beside(__file__)


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, API_CALL, "inbox")
    return API.resolve(event, context)


@API.get("/inbox")
def show() -> Response[str]:
    """Return the drafts that wait, each with its link."""
    session = session_in(API.current_event.cookies, KEYS) if SIGNS_IN else None
    if SIGNS_IN and session is None:
        return Response(303, headers={**PAGE.headers, "Location": way_in("/inbox", {})})
    links = [
        (approval, ticket.path(KEYS.current()))
        for approval, ticket in (INBOXES.waiting(session.address, WORKFLOWS) if session else ())
    ]
    page = PAGE.fill(session=session, links=sorted(links, key=lambda each: each[0].expires_at))
    return Response(200 if session else 404, "text/html; charset=utf-8", page, PAGE.headers)
