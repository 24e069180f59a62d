"""Inbox: what waits for whoever is signed in."""

import os
from http import HTTPStatus
from itertools import islice
from typing import Any

from galley import telemetry
from galley.approval.admission import way_in
from galley.approval.inboxes import Inboxes
from galley.calls import Call, Response, respond
from galley.pages import Page
from galley.secrets import SigningKeys
from galley.sign_in.sessions import session_in
from galley.workflows import Workflows, table_named

TABLE = table_named(os.environ["TABLE_NAME"])
WORKFLOWS, INBOXES = Workflows(TABLE), Inboxes(TABLE)
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
LONGEST = 100  # drafts that a reviewer is shown
SIGNS_IN = bool(os.environ["POOL_ID"])
PAGE = Page.named("inbox")


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return Call.from_event(event, "inbox").answered_by(ROUTES)


def show(call: Call) -> Response:
    """Return the drafts that wait, each with its link."""
    session = session_in(call.cookies, KEYS) if SIGNS_IN else None
    if SIGNS_IN and session is None:
        location = way_in("/inbox", {})
        return respond(HTTPStatus.SEE_OTHER, {**PAGE.headers, "Location": location})
    waiting = INBOXES.waiting(session.address, WORKFLOWS) if session else ()
    links = [
        (approval, ticket.path(KEYS.current())) for approval, ticket in islice(waiting, LONGEST)
    ]
    page = PAGE.fill(session=session, links=sorted(links, key=lambda each: each[0].expires_at))
    return respond(HTTPStatus.OK if session else HTTPStatus.NOT_FOUND, PAGE.headers, page)


ROUTES = {"GET /inbox": show}
