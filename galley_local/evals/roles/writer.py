"""The writer role: a draft of claims and changes, and what the citation gate says of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from galley.citations.findings import Check, Checked, Returned
from galley.contracts import Brief
from galley.errors import CitationError
from galley.replies import cited_numbers
from galley.reports.rendering import Manuscript

from galley_local.evals.fields import CaseError
from galley_local.evals.library import Library
from galley_local.evals.phrases import Point, count_words, forbidden, has, missing_points
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
class WriterCase(Case):
    """What the summaries of some documents say, and what a reviewer wants of the next draft."""

    sources: list[str]
    changes: list[Wanted] = field(default_factory=list)
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
        (key,) = (each for each in place.artifacts.list_keys(prefix) if ".attempt-" in each)
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


def citations(_case: WriterCase, outcome: Outcome) -> list[str]:
    """Return what the citation gate did not let pass."""
    return [each.said for each in outcome.reply.check.failures]


def doubts(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return the gate's warnings where there are more than a case allows."""
    found = outcome.reply.check.warnings
    return [each.said for each in found] if len(found) > case.must.most_doubts else []


def points(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return the points that no paragraph has."""
    return missing_points(case.must.points, outcome.reply.paragraphs())


def absent(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return what the draft says and must not."""
    return forbidden(case.must.absent, outcome.reply.body)


def sources(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return the sources that are not cited, and those that should not be."""
    numbers = {name: number for number, name in enumerate(case.sources, start=1)}
    cited = cited_numbers(outcome.reply.body)
    missing = [f"does not cite {each}" for each in case.must.cites if numbers[each] not in cited]
    return [
        *missing,
        *(f"cites {each}" for each in case.must.uncited if numbers[each] in cited),
    ]


def opening(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return what the first two paragraphs do not speak of."""
    first = "\n".join(list(outcome.reply.paragraphs())[:2])
    return [f"does not begin with {each}" for each in case.must.opens_with if not has(first, each)]


def headings(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return what is wrong with title and headings."""
    manuscript = outcome.reply.manuscript
    found = [each.heading for each in manuscript.sections if each.heading]
    problems = [] if manuscript.title else ["there is no title"]
    if not found or found[0].casefold() != "summary":
        problems.append("the first section is not the summary")
    if len(found) == 1:
        problems.append("there is no section beside the summary")
    problems += [
        f"the heading “{each}” is there twice" for each in {*found} if found.count(each) > 1
    ]
    wanted = case.must.headings
    return problems + [f"no heading on {one}" for one in wanted if not has("\n".join(found), one)]


def length(case: WriterCase, outcome: Outcome) -> list[str]:
    """Return a problem where the draft is too short or too long."""
    count, must = count_words(outcome.reply.body), case.must
    is_right = must.fewest_words <= count <= must.most_words
    return [] if is_right else [f"has {count} words, not {must.fewest_words} to {must.most_words}"]
