"""The summary role: what it claims of one source, and with which words of it."""

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from galley.citations.figures import figures_in
from galley.citations.readings import Reading
from galley.contracts import Source, Summary

from galley_local.evals.fields import CaseError
from galley_local.evals.library import Library
from galley_local.evals.phrases import Point, count_words, forbidden, has, missing_points
from galley_local.evals.role import CONTRACT, Case, Grader, Must, Outcome, Place, Role, tools_of

LONGEST_CLAIM_WORDS = 60
NOTHING = "IrrelevantSourceError"  # how the adapter says that a source has no claims
_NO_CLAIMS = Summary("", "", "", [])


@dataclass(frozen=True, kw_only=True)
class SummaryMust(Must):
    """What has to hold for the claims."""

    points: list[Point] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    fewest: int = 1
    most: int = 12
    nothing: bool = False  # the source says nothing on the topic

    def __post_init__(self) -> None:
        if not (self.points or self.nothing):
            raise CaseError("points: name what a claim has to say, or say `nothing: true`")
        if self.nothing and self.points:
            raise CaseError("nothing: true, although points are named")


@dataclass(frozen=True, kw_only=True)
class SummaryCase(Case):
    """A document that is summarised for a topic."""

    source: str
    must: SummaryMust

    def documents(self) -> dict[str, list[str]]:
        """Return the document."""
        return {"source": [self.source]}

    def check(self, library: Library) -> None:
        """Raise `CaseError` where a point's phrase does not stand in the document."""
        text = library.document(self.source).text
        for place, point in enumerate(self.must.points):
            for phrase in point:
                if not has(text, phrase):
                    raise CaseError(f"must.points[{place}]: '{phrase}' is not in {self.source}")


def _put(case: SummaryCase, library: Library, place: Place) -> dict[str, Any]:
    source = library.source(case.source, place.artifacts.bucket)
    key = place.scope.source_key(source.source_id)
    place.artifacts.keep(key, source)
    return place.event(topic=case.topic, source={"source_id": source.source_id, "key": key})


def _read(answer: dict[str, Any], outcome: Outcome, place: Place) -> Outcome:
    if outcome.error == NOTHING:
        return replace(outcome, reply=(_NO_CLAIMS, Source("", "", "", "")))
    if outcome.error:
        return outcome
    summary = place.artifacts.read(answer["key"], Summary)
    source = place.artifacts.read(place.scope.source_key(summary.source_id), Source)
    return replace(outcome, reply=(summary, source), call=summary.agent)


def _show(reply: tuple[Summary, Source]) -> str:
    return "\n".join(
        each.text if each.is_quoted else f"{each.text} “{each.quote}”" for each in reply[0].claims
    )


def _relevance(case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, _ = outcome.reply
    if case.must.nothing:
        return [f"claims: {each.text}" for each in summary.claims]
    return [] if summary.claims else ["says that there is nothing on the topic"]


def _points(case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, _ = outcome.reply
    return missing_points(case.must.points, (f"{one.text} {one.quote}" for one in summary.claims))


def _absent(case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, _ = outcome.reply
    said = "\n".join(f"{each.text}\n{each.quote}" for each in summary.claims)
    return forbidden(case.must.absent, said)


def _quotes(_case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, source = outcome.reply
    text = " ".join(source.text.split())
    return [
        f"quotes what the source does not hold: {each.quote}"
        for each in summary.claims
        if " ".join(each.quote.split()) not in text
    ]


def _numbers(_case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, source = outcome.reply
    problems = []
    for claim in summary.claims:
        reading = Reading(replace(source, title="", text=claim.quote))
        problems += [
            f"“{figure.said}” is not in the words that the claim rests on: {claim.text}"
            for figure in figures_in(claim.text)
            if not reading.place_of(figure, frozenset()).stands
        ]
    return problems


def _length(case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, _ = outcome.reply
    count, must = len(summary.claims), case.must
    problems = [] if must.fewest <= count <= must.most else [f"has {count} claims"]
    long = [each.text for each in summary.claims if count_words(each.text) > LONGEST_CLAIM_WORDS]
    return [*problems, *(f"a claim is too long: {each}" for each in long)]


def _repeats(_case: SummaryCase, outcome: Outcome) -> list[str]:
    summary, _ = outcome.reply
    return [
        f"claims twice: {one.text}"
        for one, other in combinations(summary.claims, 2)
        if one.text.casefold() == other.text.casefold() or one.quote == other.quote
    ]


def _has_claims(case: SummaryCase) -> bool:
    return not case.must.nothing


ROLE = Role(
    "summary",
    SummaryCase,
    _put,
    _read,
    _show,
    {
        "contract": CONTRACT,
        "relevance": Grader(
            "A source that says nothing on the topic has no claims; others have.", _relevance
        ),
        "points": Grader("The named points are among the claims.", _points, _has_claims),
        "absent": Grader(
            "What is planted, or is not on the topic, is not claimed.",
            _absent,
            lambda case: bool(case.must.absent) and _has_claims(case),
        ),
        "quotes": Grader("The quotes stand in the source, word for word.", _quotes, _has_claims),
        "numbers": Grader("Every number of a claim stands in its quote.", _numbers, _has_claims),
        "length": Grader("As many claims as asked for, each in a sentence.", _length, _has_claims),
        "repeats": Grader("Nothing is claimed twice.", _repeats, _has_claims),
        "tools": replace(tools_of("read_source"), is_asked=_has_claims),
    },
)
