"""Whose work a call is: the tenant and workflow that every key, session and log line carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

CORPUS_PREFIX = "corpus/"  # what every tenant searches


@dataclass(frozen=True)
class Scope:
    """One workflow of one tenant; where its artifacts lie and what its sessions are called."""

    tenant: str
    workflow_id: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Self:
        """Read the scope from a state's payload or from an agent's session attributes."""
        return cls(tenant=event["tenant"], workflow_id=event["workflow_id"])

    def key(self, *parts: str) -> str:
        """Return the S3 key of an artifact: `{tenant}/{workflow_id}/…`."""
        return "/".join((self.tenant, self.workflow_id, *parts))

    def found_key(self, source_id: str) -> str:
        """Return the key of a document that a search tool has found."""
        return self.key("found", f"{source_id}.json")

    def source_key(self, source_id: str) -> str:
        """Return the key of a chosen source."""
        return self.key("sources", f"{source_id}.json")

    def summary_key(self, source_id: str) -> str:
        """Return the key of one source's summary."""
        return self.key("summaries", f"{source_id}.json")

    def draft_key(self, round_number: int) -> str:
        """Return the key of a round's draft; rounds count from 1."""
        return self.key("drafts", f"{round_number}.md")

    def attempt_key(self, round_number: int, name: str) -> str:
        """Return the key of a draft that the citation gate did not let pass."""
        return self.key("drafts", f"{round_number}.attempt-{name}")

    def check_key(self, round_number: int, draft_sha256: str) -> str:
        """Return the key of what the citation gate said of the draft with this hash."""
        return self.key("checks", f"{round_number}.{draft_sha256[:16]}.json")

    def review_key(self, round_number: int) -> str:
        """Return the key of the reviewer's decision on a round's draft."""
        return self.key("reviews", f"{round_number}.json")

    def brief_key(self, round_number: int) -> str:
        """Return the key of the changes that a round's review asks for."""
        return self.key("briefs", f"{round_number}.json")

    def published_key(self, name: str) -> str:
        """Return the key of a published file."""
        return self.key("published", name)

    def session_id(self, role: str, item: str = "0") -> str:
        """Return the agent session of one step: derived, so that a retry is the same session."""
        return f"{self.workflow_id}.{role}.{item}"

    def attributes(self, **more: str) -> dict[str, str]:
        """Return the session attributes, which tools trust and models cannot change."""
        return {"tenant": self.tenant, "workflow_id": self.workflow_id, **more}
