"""
Approval links: an HMAC over everything the reviewer is asked about.

The task token is not part of it and never leaves the table.
"""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Ticket:
    """What a link stands for: one reviewer, one draft, until a time (seconds since the epoch)."""

    workflow_id: str
    tenant: str
    round: int
    reviewer: str
    draft_sha256: str
    expires_at: int

    def signature(self, key: bytes) -> str:
        """Return the ticket's HMAC-SHA-256, in hexadecimal."""
        # JSON, not joined strings: no two tickets can have the same message
        message = json.dumps(asdict(self), sort_keys=True).encode("utf-8")
        return hmac.new(key, message, hashlib.sha256).hexdigest()

    def is_signed_by(self, signature: str, key: bytes) -> bool:
        """Tell whether a signature is this ticket's, in constant time."""
        return hmac.compare_digest(self.signature(key).encode(), signature.encode())

    def path(self, key: bytes) -> str:
        """Return the path and query of the ticket's link."""
        return f"/approvals/{self.workflow_id}/{self.round}?signature={self.signature(key)}"
