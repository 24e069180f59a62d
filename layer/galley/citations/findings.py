"""What the citation gate finds in a draft, kept beside it, and how it is told."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from galley.contracts import Contract

# Certain: the draft goes back to the writer.
UNKNOWN_SOURCE = "unknown_source"
QUOTATION = "quotation"
FIGURE = "figure"
# Suspicious: the reviewer is told.
COUNT = "count"
FAR_FIGURE = "far_figure"
NAME = "name"
PHRASE = "phrase"
UNLIKE = "unlike"
UNCITED = "uncited"
CLAIM = "claim"

_SAID = {
    UNKNOWN_SOURCE: "[{what}] is no source that this draft may cite.",
    QUOTATION: "The quotation “{what}” does not stand in {cited}.",
    FIGURE: "“{what}” does not stand in {cited}.",
    COUNT: "“{what}” does not stand in {cited}.",
    FAR_FIGURE: "“{what}” stands in {cited}, but not where it speaks of this.",
    NAME: "The name “{what}” does not stand in {cited}.",
    PHRASE: "The words in quotation marks, “{what}”, do not stand in {cited}.",
    UNLIKE: "Nothing much like this sentence stands in {cited}.",
    UNCITED: "This sentence cites no source.",
    CLAIM: "A claim of source {cited} rests on words that it does not hold: “{what}”.",
}
SENTENCE_CHARACTERS = 300
WHAT_CHARACTERS = 120
MOST_KEPT = 100
MOST_TOLD = 5
MOST_SHOWN = 30
MOST_RETURNED = 40


@dataclass(frozen=True)
class Finding:
    """
    One thing that the gate found: what, in which sentence, and which sources it cites.

    `place` is the sentence's first citation, counted through the draft (0: none); `others` are
    sources that it does not cite and in which `what` stands.
    """

    kind: str
    what: str = ""
    sentence: str = ""
    cites: list[int] = field(default_factory=list)
    place: int = 0
    others: list[int] = field(default_factory=list)

    @property
    def said(self) -> str:
        """The finding in words."""
        return _SAID[self.kind].format(what=self.what, cited=_listed(self.cites)) + self._hint()

    def _hint(self) -> str:
        return f" It stands in {_listed(self.others)}, which is not cited." if self.others else ""


@dataclass(frozen=True)
class Check(Contract):
    """
    All that the gate found in a draft, each kind bounded in number.

    `more` are findings that are not kept; `unused` are the sources that the draft could cite and
    does not.
    """

    failures: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    sentences: int = 0
    uncited: int = 0
    more: int = 0
    unused: list[int] = field(default_factory=list)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:  # type: ignore[override]
        """Build the check and its findings."""
        found = {
            name: [Finding(**each) for each in data[name]] for name in ("failures", "warnings")
        }
        return cls(**{**data, **found})

    @property
    def doubts(self) -> list[Finding]:
        """What the reviewer is shown of the warnings: the first of them."""
        return self.warnings[:MOST_SHOWN]

    @property
    def more_doubts(self) -> int:
        """How many warnings the reviewer is not shown."""
        return len(self.warnings) + self.more - len(self.doubts)

    def told(self) -> str:
        """Return why the draft fails, in a bounded line."""
        said = [finding.said for finding in self.failures[:MOST_TOLD]]
        more = len(self.failures) - len(said)
        return " ".join([*said, f"And {more} more."] if more else said)


@dataclass(frozen=True)
class Checked(Contract):
    """What the gate has said of a draft, and the agent's call that the draft came of."""

    check: Check
    agent: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:  # type: ignore[override]
        """Build the record and its check."""
        return cls(**{**data, "check": Check.from_dict(data["check"])})


@dataclass(frozen=True)
class Returned(Checked):
    """A draft that the gate did not let pass, and why: what its writer is told."""

    draft: str = ""

    def offered(self) -> dict[str, Any]:
        """Return what the prompt of the next attempt holds of this one."""
        problems = [
            {"problem": finding.said, "sentence": finding.sentence}
            for finding in self.check.failures[:MOST_RETURNED]
        ]
        return {"draft": self.draft, "problems": problems}


def shortened(finding: Finding) -> Finding:
    """Return a finding whose texts have the length in which they are kept."""
    fields = asdict(finding)
    fields["what"] = _cut(finding.what, WHAT_CHARACTERS)
    fields["sentence"] = _cut(finding.sentence, SENTENCE_CHARACTERS)
    return Finding(**fields)


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[:characters]} …"


def _listed(numbers: list[int]) -> str:
    return " or ".join(f"[{number}]" for number in numbers) or "any source"
