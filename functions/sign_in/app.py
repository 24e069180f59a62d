"""Sign-in: sends reviewers to the user pool, takes them back, and keeps who they are."""

import os
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.shared.cookies import Cookie
from galley import telemetry
from galley.calls import Call, Response, respond
from galley.pages import Page
from galley.secrets import SigningKeys
from galley.sign_in.attempts import INBOX, NO_POOL, Attempt, SignInError, check_sender
from galley.sign_in.sessions import no_session, session_in
from galley.sign_in.user_pools import UserPool

APPROVAL_URL = os.environ["APPROVAL_URL"].rstrip("/")
KEYS = SigningKeys(os.environ["SIGNING_KEY_ARN"])
POOL = UserPool(os.environ["POOL_ID"], os.environ["POOL_CLIENT_ID"], os.environ["POOL_DOMAIN"])
PAGE = Page.named("sign_in")


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    try:
        return Call.from_event(event, "sign_in").answered_by(ROUTES)
    except SignInError as error:
        return _refused(error)


def begin(call: Call) -> Response:
    """Send a browser to the user pool, with a cookie by which it is known when it is back."""
    origin = _origin(call)
    attempt = Attempt.begin(call.query.get("to", INBOX), KEYS)
    return _answer(attempt.cookie(origin), to=POOL.sign_in_url(attempt, f"{origin}/signed-in"))


def finish(call: Call) -> Response:
    """Take a browser back from the user pool, and keep who has signed in."""
    origin = _origin(call)
    attempt = Attempt.of(call.query.get("state", ""), call.cookies, KEYS)
    session = POOL.session(call.query, attempt, f"{origin}/signed-in")
    kept = [attempt.no_cookie(origin), session.cookie(KEYS.current(), origin)]
    return _answer(*kept, to=origin + attempt.to)


def look(call: Call) -> Response:
    """Show who is signed in, and the way out."""
    _origin(call)
    return _answer(session=session_in(call.cookies, KEYS))


def end(call: Call) -> Response:
    """Forget who is signed in, and lead to where the user pool forgets it too."""
    check_sender(call)
    return _answer(no_session(_origin(call)), onward=POOL.sign_out_url(f"{_origin(call)}/sign-out"))


def _refused(error: SignInError) -> Response:
    telemetry.logger.warning("a sign-in was refused: %s", error, detail=error.detail)
    return _answer(status=error.status, error=error)


def _answer(*cookies: Cookie, to: str = "", status: int = 200, **values: Any) -> Response:
    status, headers = (HTTPStatus.SEE_OTHER, {"Location": to}) if to else (status, {})
    return respond(status, PAGE.headers | headers, "" if to else PAGE.fill(**values), cookies)


def _origin(call: Call) -> str:
    if not POOL.id:
        raise SignInError(NO_POOL, HTTPStatus.NOT_FOUND)
    # else the name that API Gateway answers to, which no header can change
    return APPROVAL_URL or f"https://{call.context['domainName']}"


ROUTES = {
    "GET /sign-in": begin,
    "GET /signed-in": finish,
    "GET /sign-out": look,
    "POST /sign-out": end,
}
