"""Sign-in: sends reviewers to the user pool, takes them back, and keeps who they are."""

import os
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.shared.cookies import Cookie
from galley import telemetry
from galley.attempts import INBOX, NO_POOL, Attempt, SignInError, check_sender
from galley.events import API_CALL, check_event
from galley.pages import Page
from galley.secrets import SigningKeys
from galley.sessions import no_session, session_in
from galley.user_pools import UserPool

API = APIGatewayHttpResolver()
APPROVAL_URL = os.environ["APPROVAL_URL"].rstrip("/")
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
POOL = UserPool(os.environ["POOL_ID"], os.environ["POOL_CLIENT_ID"], os.environ["POOL_DOMAIN"])
PAGE = Page.beside(__file__)


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    check_event(event, API_CALL, "sign_in")
    return API.resolve(event, context)


@API.get("/sign-in")
def begin() -> Response[str]:
    """Send a browser to the user pool, with a cookie by which it is known when it is back."""
    origin, asked = _origin(), API.current_event.query_string_parameters
    attempt = Attempt.begin(asked.get("to", INBOX), KEYS)
    return _answer(attempt.cookie(origin), to=POOL.sign_in_url(attempt, f"{origin}/signed-in"))


@API.get("/signed-in")
def finish() -> Response[str]:
    """Take a browser back from the user pool, and keep who has signed in."""
    origin, answer = _origin(), API.current_event.query_string_parameters
    attempt = Attempt.of(answer.get("state", ""), API.current_event.cookies, KEYS)
    session = POOL.session(answer, attempt, f"{origin}/signed-in")
    kept = [attempt.no_cookie(origin), session.cookie(KEYS.current(), origin)]
    return _answer(*kept, to=origin + attempt.to)


@API.get("/sign-out")
def look() -> Response[str]:
    """Show who is signed in, and the way out."""
    _origin()
    return _answer(session=session_in(API.current_event.cookies, KEYS))


@API.post("/sign-out")
def end() -> Response[str]:
    """Forget who is signed in, and lead to where the user pool forgets it too."""
    check_sender(API.current_event.headers)
    return _answer(no_session(_origin()), onward=POOL.sign_out_url(f"{_origin()}/sign-out"))


@API.exception_handler(SignInError)  # type: ignore[untyped-decorator]
def refuse(error: SignInError) -> Response[str]:
    telemetry.logger.warning("a sign-in was refused: %s", error, detail=error.detail)
    return _answer(status=error.status, error=error)


def _answer(*cookies: Cookie, to: str = "", status: int = 200, **values: Any) -> Response[str]:
    status, headers = (HTTPStatus.SEE_OTHER, {"Location": to}) if to else (status, {})
    page = "" if to else PAGE.fill(**values)
    return Response(status, "text/html; charset=utf-8", page, PAGE.headers | headers, [*cookies])


def _origin() -> str:
    if not POOL.id:
        raise SignInError(NO_POOL, HTTPStatus.NOT_FOUND)
    # else the name that API Gateway answers to, which no header can change
    return APPROVAL_URL or f"https://{API.current_event.request_context.domain_name}"
