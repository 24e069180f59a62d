"""
Attempts to sign in: what a browser keeps between leaving for the user pool and coming back.

PKCE's verifier and the token's nonce are derived from the attempt's state by the key that signs:
neither leaves the function before the code does.
"""

import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Self

from aws_lambda_powertools.shared.cookies import Cookie

from galley.calls import Call
from galley.secrets import SigningKeys
from galley.sign_in.cookies import content_of, no_cookie, signed_cookie
from galley.signing import SigningKey

INBOX = "/inbox"
LIFETIME_SECONDS = 600
NO_POOL = "Nobody has to sign in here: the link in your mail is all that you need."
FROM_ELSEWHERE = "Another site has asked for this. Nothing was changed."
ELSEWHERE = "The address to go to after signing in is not one of this application's."
UNKNOWN = (
    "This sign-in was not begun in this browser, was finished before, or took longer than "
    f"{LIFETIME_SECONDS // 60} minutes. Open the link in your mail again."
)
# What is reviewed and where: a path of this application, and nothing that a browser could take for
# another host's. Not `$`, which a line break may follow.
_OURS = re.compile(
    rf"{INBOX}|(?:/approvals/[A-Za-z0-9_-]{{1,80}}/[1-9][0-9]{{0,2}}"
    r"|/reports/[a-z0-9-]{1,40}/[A-Za-z0-9_-]{1,80})(?:\?[A-Za-z0-9=&%._~-]{0,500})?"
)


class SignInError(Exception):
    """A sign-in that leads nowhere: the message is for the reviewer, the detail for the log."""

    def __init__(
        self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST, detail: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail


@dataclass(frozen=True)
class Attempt:
    """One sign-in under way: what it is known by, and where it leads."""

    state: str
    to: str
    key: SigningKey
    expires_at: int

    @classmethod
    def begin(cls, to: str, keys: SigningKeys) -> Self:
        """Begin a sign-in that leads to a path of this application; refuse any other."""
        if not _OURS.fullmatch(to):
            raise SignInError(ELSEWHERE)
        expires_at = int(time.time()) + LIFETIME_SECONDS
        return cls(secrets.token_hex(32), to, keys.current(), expires_at)

    @classmethod
    def of(cls, state: str, cookies: Iterable[str], keys: SigningKeys) -> Self:
        """Return the attempt that this browser has begun under a state; refuse any other."""
        content = content_of(_cookie_name(state), cookies, keys) or {}
        key = keys.find(content.get("key_id", ""))
        known = content.get("state", "").encode("ascii")
        if key and hmac.compare_digest(known, state.encode("utf-8", "replace")):
            return cls(state, content["to"], key, content["expires_at"])
        raise SignInError(UNKNOWN)

    def cookie(self, origin: str) -> Cookie:
        """Return the cookie that keeps the attempt."""
        content = {
            "state": self.state,
            "to": self.to,
            "key_id": self.key.id,
            "expires_at": self.expires_at,
        }
        return signed_cookie(_cookie_name(self.state), content, self.key, origin)

    def no_cookie(self, origin: str) -> Cookie:
        """Return what makes the browser forget the attempt: it is not finished twice."""
        return no_cookie(_cookie_name(self.state), origin)

    @property
    def verifier(self) -> str:
        """What only the function that began can show."""
        return self.key.sign("verifier", self.state)

    @property
    def challenge(self) -> str:
        """What the verifier is recognised by."""
        digest = sha256(self.verifier.encode("ascii")).digest()
        return urlsafe_b64encode(digest).decode("ascii").rstrip("=")

    @property
    def nonce(self) -> str:
        """What the token of this attempt has to hold."""
        return self.key.sign("nonce", self.state)


def check_sender(call: Call) -> None:
    """Raise `SignInError` where a browser says that another site's page has made the call."""
    if call.is_cross_site:
        raise SignInError(FROM_ELSEWHERE, HTTPStatus.FORBIDDEN)


def _cookie_name(state: str) -> str:
    # One of sixteen: links opened side by side do not get into each other's way, and however many
    # are opened, the cookies stay shorter than what a request may have.
    return f"sign-in-{state[:1]}"
