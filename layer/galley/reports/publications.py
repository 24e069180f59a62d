"""
Links to published reports: signed like those to drafts, and good for as long.

Such a link leads to this application, which answers with the address of a file that S3 takes for a
minute. An address that S3 takes for days cannot be made here: it dies with the session of the role
that has signed it, which lasts hours.
"""

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from galley.scope import Scope
from galley.signing import SigningKey

EVIDENCE = "evidence.json"
MARKDOWN, PAGE, PDF, WORD = (f"report.{kind}" for kind in ("md", "html", "pdf", "docx"))
FILES = (PAGE, PDF, WORD, MARKDOWN, EVIDENCE)


@dataclass(frozen=True)
class ReportLink:
    """What a link stands for: the published files of one workflow, until a time."""

    tenant: str
    workflow_id: str
    expires_at: int  # seconds since the epoch

    def path(self, key: SigningKey) -> str:
        """Return the path and query of the link; `file=` after it names another format."""
        return f"/reports/{self.tenant}/{self.workflow_id}?{urlencode(self._query(key))}"

    def _query(self, key: SigningKey) -> dict[str, str]:
        signature = key.sign("report", asdict(self))
        return {"expires": str(self.expires_at), "kid": key.id, "signature": signature}

    def is_linked_by(self, query: Mapping[str, str], key: SigningKey) -> bool:
        """Tell whether a link is this one, in constant time."""
        given = query.get("signature", "").encode("utf-8", "replace")
        return hmac.compare_digest(self._query(key)["signature"].encode("ascii"), given)

    def key_of(self, name: str) -> str:
        """Return the key of one of the files."""
        return Scope(self.tenant, self.workflow_id).published_key(name)
