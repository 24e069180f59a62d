"""
The hosted sign-in of a user pool: its page, its token endpoint, its keys and its sign-out.

It asks for no password: whoever reaches a stack on this machine may sign in as anyone. Everything
else is checked as Cognito does, because that is what the application counts on.
"""

import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from galley.pages import ENVIRONMENT, Page
from werkzeug.wrappers import Request, Response

from galley_local.cognito.user_pool import UserPool

CODE_SECONDS = 300
_HTML, _CSS = (
    Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.html", "page.css")
)
PAGE = Page(ENVIRONMENT.from_string(_HTML), _CSS)


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    address: str
    redirect_uri: str
    challenge: str
    nonce: str
    expires_at: float


class HostedSignIn:
    """The endpoints of a user pool that browsers and the application call."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool
        self._grants: dict[str, Grant] = {}

    def respond(self, request: Request) -> Response | None:
        """Answer a request for one of the pool's endpoints; None if it is for another."""
        match request.method, request.path:
            case "GET" | "POST", "/oauth2/authorize":
                return self._authorize(request)
            case "POST", "/oauth2/token":
                return self._token(request)
            case "GET", "/logout":
                return self._logout(request)
            case "GET", path if path == f"/{self._pool.id}/.well-known/jwks.json":
                return Response(self._pool.keys, content_type="application/json")
        return None

    def _authorize(self, request: Request) -> Response:
        asked = request.args
        expected = {
            "client_id": [self._pool.client_id],
            "redirect_uri": self._pool.callback_urls,
            "response_type": ["code"],
            "code_challenge_method": ["S256"],
        }
        wrong = [name for name, values in expected.items() if asked.get(name) not in values]
        wrong += [name for name in ("code_challenge", "state") if not asked.get(name)]
        if "openid" not in asked.get("scope", "").split():
            wrong.append("scope")
        if wrong:
            return _page(HTTPStatus.BAD_REQUEST, wrong=wrong)
        address = request.form.get("address", "").strip()
        if request.method == "GET" or "@" not in address:
            return _page(HTTPStatus.OK, asks=True)
        self._pool.admit(address, request.form.get("groups", "").split())
        code = secrets.token_urlsafe(24)
        self._grants[code] = Grant(
            address,
            asked["redirect_uri"],
            asked["code_challenge"],
            asked.get("nonce", ""),
            time.monotonic() + CODE_SECONDS,
        )
        query = urlencode({"code": code, "state": asked["state"]})
        return _redirect(f"{asked['redirect_uri']}?{query}")

    def _token(self, request: Request) -> Response:
        sent = request.form
        if sent.get("client_id") != self._pool.client_id:
            return _error("invalid_client")
        if sent.get("grant_type") != "authorization_code":
            return _error("unsupported_grant_type")
        grant = self._grants.pop(sent.get("code", ""), None)  # whatever follows, it is used up
        digest = sha256(sent.get("code_verifier", "").encode("utf-8")).digest()
        challenge = urlsafe_b64encode(digest).decode("ascii").rstrip("=")
        if (
            grant is None
            or grant.expires_at < time.monotonic()
            or (sent.get("redirect_uri"), challenge) != (grant.redirect_uri, grant.challenge)
        ):
            return _error("invalid_grant")
        nonce = {"nonce": grant.nonce} if grant.nonce else {}
        answer = {
            "id_token": self._pool.id_token(grant.address, **nonce),
            "token_type": "Bearer",
            "expires_in": 3600,
        }
        return Response(json.dumps(answer), content_type="application/json")

    def _logout(self, request: Request) -> Response:
        asked = request.args
        wrong = ["client_id"] if asked.get("client_id") != self._pool.client_id else []
        if asked.get("logout_uri") not in self._pool.logout_urls:
            wrong.append("logout_uri")
        if wrong:
            return _page(HTTPStatus.BAD_REQUEST, wrong=wrong)
        return _redirect(asked["logout_uri"])


def _redirect(url: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": url})


def _error(name: str) -> Response:
    body = json.dumps({"error": name})
    return Response(body, HTTPStatus.BAD_REQUEST, content_type="application/json")


def _page(status: HTTPStatus, **values: object) -> Response:
    return Response(PAGE.fill(**values), status, PAGE.headers, content_type="text/html")
