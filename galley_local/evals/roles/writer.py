"""The writer role: a draft of claims and changes, and what the citation gate says of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from galley.citations.findings import FIGURE, Check, Checked, Finding, Returned
from galley.contracts import Brief
from galley.errors import CitationError
from galley.reports.rendering import Manuscript

from galley_local.evals.fields import CaseError
from galley_local.evals.library import Library
from galley_local.evals.phrases import Point, has
from galley_local.evals.role import Case, Must, Outcome, Place
from galley_local.evals.roles.changes import Wanted, check_sources


@dataclass(frozen=True, kw_only=True)
class WriterMust(Must):
    """What has to hold for the draft."""

    points: list[Point] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)
    uncited: list[str] = field(default_factory=list)
    opens_with: list[str] = field(default_factory=list)  # phrases of the first two paragraphs
    headings: list[str] = field(default_factory=list)  # phrases, each in some heading
    fewest_words: int = 60
    most_words: int = 2500
    most_doubts: int = 2  # warnings of the citation gate

    def __post_init__(self) -> None:
        if not (self.points or self.cites or self.absent):
            raise CaseError("points: name what the draft has to say")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A draft that the citation gate has sent back, and the number in it that stands nowhere."""

    draft: str
    what: str
    sentence: str
    cites: list[int]

    @property
    def returned(self) -> Returned:
        """What the gate keeps of it."""
        finding = Finding(FIGURE, self.what, self.sentence, self.cites, place=1)
        return Returned(Check([finding], sentences=1), {}, self.draft)


@dataclass(frozen=True, kw_only=True)
class WriterCase(Case):
    """What the summaries of some documents say, and what a reviewer wants of the next draft."""

    sources: list[str]
    changes: list[Wanted] = field(default_factory=list)
    sent_back: Sent | None = None
    must: WriterMust

    def documents(self) -> dict[str, list[str]]:
        """Return the documents that it names."""
        return {"sources": self.sources}

    def material(self, library: Library) -> list[str]:
        """Return the texts that it is made of."""
        return [*super().material(library), *claims_of(self.sources, library)]

    def check(self, library: Library) -> None:
        """Raise `CaseError` where the case asks for what its sources do not have."""
        check_sources(self.changes, len(self.sources), "changes")
        for name in self.sources:
            library.summary(name, "")
        for name in ("cites", "uncited"):
            for each in getattr(self.must, name):
                if each not in self.sources:
                    raise CaseError(f"must.{name}: '{each}' is not among the sources")
        if self.sent_back and self.sent_back.sentence not in self.sent_back.draft:
            raise CaseError("sent_back.sentence: it does not stand in the draft")
        texts = "\n".join(library.document(each).text for each in self.sources)
        for place, point in enumerate(self.must.points):
            for phrase in point:
                if not has(texts, phrase):
                    raise CaseError(f"must.points[{place}]: '{phrase}' is in none of the sources")


@dataclass(frozen=True)
class Draft:
    """A draft, taken apart, and what the citation gate said of it."""

    text: str
    check: Check

    @property
    def manuscript(self) -> Manuscript:
        """Its title, its sections, its headings."""
        return Manuscript.from_markdown(self.text)

    @property
    def body(self) -> str:
        """The draft without the list of sources that the adapter adds."""
        return self.text.rpartition("\n## Sources\n")[0] or self.text

    def paragraphs(self) -> Iterator[str]:
        """Yield what stands between blank lines and is no heading."""
        for each in self.body.split("\n\n"):
            if each.strip() and not each.lstrip().startswith("#"):
                yield each


def put(case: WriterCase, library: Library, place: Place) -> dict[str, Any]:
    """Put sources, summaries and the brief of the round before; return the event."""
    pointers = put_summaries(case.sources, library, place)
    round_number = 2 if case.changes else 1
    if case.changes:
        place.artifacts.keep(place.scope.brief_key(1), Brief([one.change for one in case.changes]))
    if case.sent_back:
        key = place.scope.attempt_key(round_number, "1.json")
        place.artifacts.keep(key, case.sent_back.returned)
    return place.event(topic=case.topic, round=round_number, summaries=pointers, redrives=0)


def put_summaries(names: list[str], library: Library, place: Place) -> list[dict[str, str]]:
    """Put sources and their summaries where the states before leave them; return pointers."""
    pointers = []
    for name in names:
        summary = library.summary(name, place.artifacts.bucket)
        source = library.source(name, place.artifacts.bucket)
        key = place.scope.summary_key(summary.source_id)
        place.artifacts.keep(place.scope.source_key(summary.source_id), source)
        place.artifacts.keep(key, summary)
        pointers.append({"source_id": summary.source_id, "key": key})
    return pointers


def read(answer: dict[str, Any], outcome: Outcome, place: Place) -> Outcome:
    """Return the draft; one that the gate did not let pass is graded, too."""
    if outcome.error == CitationError.__name__:
        prefix = place.scope.key("drafts/")
        # the last of them, where the case begins with one
        key = max(each for each in place.artifacts.list_keys(prefix) if ".attempt-" in each)
        returned = place.artifacts.read(key, Returned)
        return replace(outcome, reply=Draft(returned.draft, returned.check), call=returned.agent)
    if outcome.error:
        return outcome
    text = place.artifacts.read_text(answer["key"])
    key = place.scope.check_key(answer["round"], answer["sha256"])
    checked = place.artifacts.read(key, Checked)
    return replace(outcome, reply=Draft(text, checked.check), call=checked.agent)


def claims_of(names: list[str], library: Library) -> list[str]:
    """Return what the summaries of some documents say."""
    return [library.summary(name, "").to_json() for name in names]
