"""What functions keep and hand on: sources, summaries, briefs and reviews."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from galley.approval.decisions import Vote
from galley.errors import ArtifactMissingError

TEXT_CHARACTERS = 500_000  # that are kept of a source: a reviewer's page reads forty of them


@dataclass(frozen=True)
class Contract:
    """A record that is kept as JSON under a key of its own."""

    def to_json(self) -> str:
        """Return the record as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a record that `to_json` wrote."""
        try:
            return cls.from_dict(json.loads(text))
        except (ValueError, TypeError, KeyError) as error:
            message = f"a kept {cls.__name__} cannot be read: {type(error).__name__}"
            raise ArtifactMissingError(message) from error

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the record from its fields."""
        return cls(**data)


@dataclass(frozen=True)
class Source(Contract):
    """
    A document that a tool really retrieved; `text` is its whole main text.

    Of a very long one it is the beginning, and `left_out` says how many characters followed. Of one
    that cannot be read `gap` says why, and there is no text. `pages` says where in the text each
    page begins, if it has pages.
    """

    source_id: str
    title: str
    uri: str
    text: str
    score: float = 0.0
    reason: str = ""
    left_out: int = 0
    kind: str = ""
    also_at: list[str] = field(default_factory=list)
    gap: str = ""
    pages: list[int] = field(default_factory=list)
    retrieved_at: str = ""  # of what came from the web; a document of the corpus has a version
    agent: dict[str, Any] = field(default_factory=dict)  # the call that chose it


@dataclass(frozen=True)
class Choice:
    """One source that the search agent chose, and why."""

    source_id: str
    reason: str


@dataclass(frozen=True)
class Claim:
    """A statement and the words of the source it rests on."""

    text: str
    quote: str

    @property
    def is_quoted(self) -> bool:
        """Whether it says what its quote says, and no more."""
        return self.text.split() == self.quote.split()


@dataclass(frozen=True)
class Summary(Contract):
    """What one source says on the topic."""

    source_id: str
    title: str
    uri: str
    claims: list[Claim]
    agent: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the summary and its claims."""
        return cls(**{**data, "claims": [Claim(**claim) for claim in data["claims"]]})

    def offered(self, number: int) -> dict[str, Any]:
        """
        Return what a writer's prompt holds of it, under the number to cite it by.

        A claim in its source's own words is told once: it has no quote besides.
        """
        claims = [{"text": each.text} if each.is_quoted else asdict(each) for each in self.claims]
        about = {"number": number, "source_id": self.source_id, "title": self.title}
        return {**about, "claims": claims}


@dataclass(frozen=True)
class Change:
    """One thing that the next draft does differently."""

    kind: str
    what: str = ""
    source: int | None = None


@dataclass(frozen=True)
class Brief(Contract):
    """What the reviewer's comments ask of the next draft, earlier rounds included."""

    changes: list[Change]
    agent: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the brief and its changes."""
        return cls(**{**data, "changes": [Change(**change) for change in data["changes"]]})


@dataclass(frozen=True)
class Review(Contract):
    """What was decided on one draft, and every reviewer's part in it."""

    decision: str
    comments: str
    draft_sha256: str
    decided_at: str
    votes: list[Vote]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Build the review and its votes."""
        return cls(**{**data, "votes": [Vote(**vote) for vote in data["votes"]]})
