"""
Approval links: an HMAC over everything the reviewer is asked about.

The task token is not part of it and never leaves the table.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class SigningKey:
    """A key, and the id by which links name it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The key's id, which says nothing of the key."""
        return self.sign("key id")[:8]

    def sign(self, *message: object) -> str:
        """Return the HMAC-SHA-256 of a message, in hexadecimal."""
        # JSON, not joined strings: no two messages are signed as the same text
        text = json.dumps(message, sort_keys=True).encode("utf-8")
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Ticket:
    """What a link stands for: one reviewer, one draft, until a time (seconds since the epoch)."""

    workflow_id: str
    tenant: str
    round: int
    reviewer: str
    draft_sha256: str
    expires_at: int

    def path(self, key: SigningKey) -> str:
        """Return the path and query of the ticket's link."""
        return f"/approvals/{self.workflow_id}/{self.round}?{urlencode(self.query(key))}"

    def query(self, key: SigningKey) -> dict[str, str]:
        """Return what the link carries besides workflow and round."""
        return {
            "expires": str(self.expires_at),
            "kid": key.id,
            "signature": key.sign("link", asdict(self)),
        }

    def form_token(self, key: SigningKey) -> str:
        """Return what the form on the ticket's page carries, and no other page can."""
        return key.sign("form", "POST", asdict(self))

    def is_linked_by(self, query: Mapping[str, str], key: SigningKey) -> bool:
        """Tell whether a link is this ticket's, in constant time."""
        expected = self.query(key)
        return _are_same(expected, {name: query.get(name, "") for name in expected})


def _are_same(expected: Mapping[str, str], given: Mapping[str, str]) -> bool:
    texts = (urlencode(each, errors="replace").encode("ascii") for each in (expected, given))
    return hmac.compare_digest(*texts)
