"""
The Amazon Cognito user pool in which reviewers sign in, by OpenID Connect's code flow with PKCE.

PyJWT ships with the one function that signs in, and with no other.
"""

import hmac
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import boto3

from galley.sign_in.attempts import Attempt, SignInError
from galley.sign_in.sessions import MOST_GROUPS, Session, TooManyGroupsError

if TYPE_CHECKING:
    from jwt import PyJWKClient

WAIT_SECONDS = 5
CLOCK_SECONDS = 30  # by which the pool's clock and ours may differ
KEYS_SECONDS = 3600  # a key that is not known yet is asked for at once
LONGEST_ANSWER = 100_000
NO_ANSWER = "The sign-in service did not answer. Open the link in your mail again, or later."
NOT_SET_UP = "The sign-in service does not know this application. Whoever runs it has to mend that."
USED = "The sign-in took too long, or was finished before. Open the link in your mail again."
UNFINISHED = "The sign-in was not finished. Open the link in your mail to begin again."
NOT_GENUINE = "What the sign-in service has sent cannot be verified, so nobody is signed in."
NOT_VERIFIED = "The user pool has not verified your address. Ask whoever runs it to do so."
TOO_MANY = f"You are in more than {MOST_GROUPS} groups of reviewers, which is more than is kept."
_UNREADABLE = (OSError, HTTPException, ValueError, LookupError, TypeError)
_ERROR = re.compile(r"[a-z_]{1,40}")


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow none: a code is for the pool's own endpoint."""


_OPENER = build_opener(_NoRedirects)


@dataclass(frozen=True)
class UserPool:
    """A user pool, this application as its client, and the address of its hosted sign-in."""

    id: str
    client_id: str
    domain: str

    def sign_in_url(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return where a browser is sent to sign in."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.domain}/oauth2/authorize?{urlencode(query)}"

    def sign_out_url(self, logout_uri: str) -> str:
        """Return where a browser is sent to sign out."""
        query = urlencode({"client_id": self.client_id, "logout_uri": logout_uri})
        return f"{self.domain}/logout?{query}"

    def session(self, answer: Mapping[str, str], attempt: Attempt, redirect_uri: str) -> Session:
        """Begin the session that the pool's answer stands for; raises `SignInError` if none."""
        if not answer.get("code"):
            raise SignInError(UNFINISHED, HTTPStatus.FORBIDDEN, _worded(answer.get("error", "")))
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": answer["code"],
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        claims = self._claims(_id_token(f"{self.domain}/oauth2/token", form))
        for name, expected in {"nonce": attempt.nonce, "token_use": "id"}.items():
            if not hmac.compare_digest(str(claims[name]).encode(), expected.encode()):
                raise SignInError(NOT_GENUINE, HTTPStatus.FORBIDDEN, f"another {name}")
        if claims.get("email_verified") is not True or not claims.get("email"):
            raise SignInError(NOT_VERIFIED, HTTPStatus.FORBIDDEN)
        try:
            return Session.begin(str(claims["email"]), claims.get("cognito:groups", []))
        except TooManyGroupsError as error:
            raise SignInError(TOO_MANY, HTTPStatus.FORBIDDEN) from error

    @cached_property
    def _issuer(self) -> str:
        # where boto3 would call the pool's region, in every partition
        region = self.id.partition("_")[0]
        endpoint = boto3.client("cognito-idp", region_name=region).meta.endpoint_url
        return f"{endpoint}/{self.id}"

    @cached_property
    def _keys(self) -> "PyJWKClient":
        import jwt

        address = f"{self._issuer}/.well-known/jwks.json"
        return jwt.PyJWKClient(address, lifespan=KEYS_SECONDS, timeout=WAIT_SECONDS)

    def _claims(self, token: str) -> dict[str, Any]:
        import jwt  # cryptography takes a tenth of a second, and a way to sign in begins without

        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys.get_signing_key_from_jwt(token),
                algorithms=["RS256"],
                audience=self.client_id,
                issuer=self._issuer,
                leeway=CLOCK_SECONDS,
                options={
                    "require": ["aud", "exp", "iat", "iss", "nonce", "token_use"],
                    "strict_aud": True,
                    "enforce_minimum_key_length": True,
                },
            )
        except (jwt.PyJWKClientConnectionError, OSError) as error:
            raise _no_answer(error) from None
        except (jwt.PyJWTError, ValueError) as error:
            kind = type(error).__name__
            raise SignInError(NOT_GENUINE, HTTPStatus.FORBIDDEN, kind) from None
        return claims


def _id_token(url: str, form: dict[str, str]) -> str:
    # Errors are raised without their cause, which may hold what was sent or what came back.
    request = Request(url, urlencode(form).encode("ascii"), {"Accept": "application/json"})  # noqa: S310  # the template's
    try:
        with _OPENER.open(request, timeout=WAIT_SECONDS) as response:
            return str(json.loads(response.read(LONGEST_ANSWER))["id_token"])
    except HTTPError as error:
        with error:
            raise _refused(error) from None
    except _UNREADABLE as error:
        raise _no_answer(error) from None


def _refused(error: HTTPError) -> SignInError:
    if not HTTPStatus.BAD_REQUEST <= error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _no_answer(error, f"status {error.code}")
    said = ""
    with suppress(*_UNREADABLE):
        said = str(json.loads(error.read(LONGEST_ANSWER))["error"])
    if said == "invalid_grant":
        return SignInError(USED, HTTPStatus.BAD_REQUEST, said)
    return SignInError(NOT_SET_UP, HTTPStatus.BAD_GATEWAY, _worded(said))


def _worded(error: str) -> str:
    # of what others send, the log gets nothing but an error's name
    return error if _ERROR.fullmatch(error) else "an error without a name"


def _no_answer(error: Exception, detail: str = "") -> SignInError:
    return SignInError(NO_ANSWER, HTTPStatus.BAD_GATEWAY, detail or type(error).__name__)
