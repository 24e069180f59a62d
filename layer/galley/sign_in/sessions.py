"""
Sessions: who has signed in, kept in a cookie that this application has signed.

The cookie holds all there is to know, so that nothing is looked up; a session ends with its time,
when the reviewer signs out, or when the key that signed it has been rotated out.
"""

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Self

from aws_lambda_powertools.shared.cookies import Cookie

from galley.mail.addresses import folded
from galley.secrets import SigningKeys
from galley.sign_in.cookies import content_of, no_cookie, signed_cookie
from galley.signing import SigningKey

LIFETIME_SECONDS = 12 * 3600  # a working day
MOST_GROUPS = 40  # with more, browsers would drop the cookie without a word
_COOKIE = "session"
_REVIEWERS = "reviewers-"


class TooManyGroupsError(Exception):
    """A reviewer is in more groups than a cookie can hold."""


@dataclass(frozen=True)
class Session:
    """One reviewer who has signed in: address, groups of reviewers, and until when."""

    address: str
    groups: tuple[str, ...]
    expires_at: int

    @classmethod
    def begin(cls, address: str, groups: Iterable[str]) -> Self:
        """Begin a session; of the groups, those of reviewers count."""
        own = tuple(sorted({group for group in groups if group.startswith(_REVIEWERS)}))
        if len(own) > MOST_GROUPS:
            raise TooManyGroupsError
        return cls(address, own, int(time.time()) + LIFETIME_SECONDS)

    def may_review(self, reviewer: str, tenant: str) -> bool:
        """Tell whether this is the reviewer of a draft, or one of its tenant's reviewers."""
        return self.is_of(reviewer) or f"{_REVIEWERS}{tenant}" in self.groups

    def is_of(self, address: str) -> bool:
        """Tell whether it is the session of whoever has an address."""
        return self.address != "" and folded(self.address) == folded(address)

    def cookie(self, key: SigningKey, origin: str) -> Cookie:
        """Return the cookie that keeps the session."""
        return signed_cookie(_COOKIE, asdict(self), key, origin)


def session_in(cookies: Iterable[str], keys: SigningKeys) -> Session | None:
    """Return the session of a request's cookies, if it has one that is genuine and not over."""
    content = content_of(_COOKIE, cookies, keys)
    if content is None:
        return None
    return Session(content["address"], tuple(content["groups"]), content["expires_at"])


def no_session(origin: str) -> Cookie:
    """Return what makes a browser forget its session."""
    return no_cookie(_COOKIE, origin)
