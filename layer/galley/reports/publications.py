"""
Links to published reports: signed like those to drafts, and good for as long.

Such a link leads to this application, which answers with the address of a file that S3 takes for a
minute. An address that S3 takes for days cannot be made here: it dies with the session of the role
that has signed it, which lasts hours.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlencode

from galley.calls import Call
from galley.mail.addresses import folded
from galley.scope import Scope
from galley.secrets import SigningKeys
from galley.sign_in.sessions import Session
from galley.signing import SigningKey

_TIME = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class ReportLink:
    """What a link stands for: the published files of one workflow, until a time."""

    tenant: str
    workflow_id: str
    expires_at: int  # seconds since the epoch
    readers: str = ""  # who was asked to review it, where reviewers sign in: hashes, no addresses

    @classmethod
    def in_call(cls, call: Call, keys: SigningKeys) -> Self | None:
        """Return the link by which somebody calls, if it is genuine and not over."""
        expires, key = call.query.get("expires", ""), keys.find(call.query.get("kid", ""))
        if key is None or not _TIME.fullmatch(expires) or int(expires) <= time.time():
            return None
        of, readers = call.variables, call.query.get("readers", "")
        link = cls(of["tenant"], of["workflow_id"], int(expires), readers)
        return link if link.is_linked_by(call.query, key) else None

    def path(self, key: SigningKey) -> str:
        """Return the path and query of the link; `file=` after it names another format."""
        return f"/reports/{self.tenant}/{self.workflow_id}?{urlencode(self._query(key))}"

    def _query(self, key: SigningKey) -> dict[str, str]:
        signature = key.sign("report", asdict(self))
        query = {"expires": str(self.expires_at), "kid": key.id, "signature": signature}
        return query | ({"readers": self.readers} if self.readers else {})

    def is_linked_by(self, query: Mapping[str, str], key: SigningKey) -> bool:
        """Tell whether a link is this one, in constant time."""
        given = query.get("signature", "").encode("utf-8", "replace")
        return hmac.compare_digest(self._query(key)["signature"].encode("ascii"), given)

    def is_for(self, session: Session) -> bool:
        """Tell whether somebody who is signed in was asked, or reviews for the tenant."""
        is_asked = readers_of([session.address]) in self.readers.split(".")
        return is_asked or session.may_review("", self.tenant)

    def key_of(self, name: str) -> str:
        """Return the key of one of the files."""
        return Scope(self.tenant, self.workflow_id).published_key(name)


def readers_of(addresses: Iterable[str]) -> str:
    """Return what a link holds of its readers' addresses."""
    hashes = (hashlib.sha256(folded(each).encode("utf-8")).hexdigest() for each in addresses)
    return ".".join(each[:16] for each in hashes)
