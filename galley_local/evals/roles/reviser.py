"""The reviser role: a reviewer's comments become the changes that they ask for, and no others."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from galley.artifacts import sha256
from galley.contracts import Brief, Change, Review

from galley_local.evals.fields import CaseError
from galley_local.evals.library import Library
from galley_local.evals.role import CONTRACT, Case, Grader, Must, Outcome, Place, Role, tools_of
from galley_local.evals.roles.changes import Wanted, check_sources
from galley_local.evals.roles.writer import claims_of, put_summaries

LONGEST_WORDS = 40  # of what a change is about


@dataclass(frozen=True, kw_only=True)
class ReviserMust(Must):
    """What has to hold for the brief."""

    changes: list[Wanted]
    unwanted: list[Wanted] = field(default_factory=list)
    keeps: list[Wanted] = field(default_factory=list)  # of what earlier rounds asked for
    most: int = 6

    def __post_init__(self) -> None:
        if not (self.changes or self.keeps):
            raise CaseError("changes: name what the comments ask for")


@dataclass(frozen=True, kw_only=True)
class ReviserCase(Case):
    """A draft over some documents, what its reviewer says, and what was asked for before."""

    sources: list[str]
    draft: str
    comments: str
    earlier: list[Wanted] = field(default_factory=list)
    must: ReviserMust

    def documents(self) -> dict[str, list[str]]:
        """Return the documents that it names."""
        return {"sources": self.sources}

    def material(self, library: Library) -> list[str]:
        """Return the texts that it is made of."""
        texts = [*super().material(library), *claims_of(self.sources, library)]
        return [*texts, library.draft(self.draft)]

    def check(self, library: Library) -> None:
        """Raise `CaseError` where a change names a source that there is not."""
        library.draft(self.draft)
        for name in self.sources:
            library.summary(name, "")
        count, must = len(self.sources), self.must
        check_sources(self.earlier, count, "earlier")
        for name in ("changes", "unwanted", "keeps"):
            check_sources(getattr(must, name), count, f"must.{name}")


def _put(case: ReviserCase, library: Library, place: Place) -> dict[str, Any]:
    pointers = put_summaries(case.sources, library, place)
    artifacts, scope = place.artifacts, place.scope
    round_number = 2 if case.earlier else 1
    if case.earlier:
        artifacts.keep(scope.brief_key(1), Brief([each.change for each in case.earlier]))
    draft = library.draft(case.draft)
    artifacts.keep(scope.draft_key(round_number), draft)
    digest, now = sha256(draft.encode("utf-8")), "2026-01-01T00:00:00+00:00"
    artifacts.keep(
        scope.review_key(round_number), Review("rejected", case.comments, digest, now, [])
    )
    return place.event(topic=case.topic, round=round_number, summaries=pointers)


def _read(answer: dict[str, Any], outcome: Outcome, place: Place) -> Outcome:
    if outcome.error:
        return outcome
    brief = place.artifacts.read(answer["key"], Brief)
    return replace(outcome, reply=brief.changes, call=brief.agent)


def _show(reply: list[Change]) -> str:
    return "\n".join(str(Wanted(**asdict(each))) for each in reply)


def _changes(case: ReviserCase, outcome: Outcome) -> list[str]:
    return _missing(case.must.changes, outcome, "does not ask for")


def _keeps(case: ReviserCase, outcome: Outcome) -> list[str]:
    return _missing(case.must.keeps, outcome, "no longer asks for")


def _missing(wanted: list[Wanted], outcome: Outcome, words: str) -> list[str]:
    return [
        f"{words}: {each}"
        for each in wanted
        if not any(each.is_met_by(change) for change in outcome.reply)
    ]


def _unwanted(case: ReviserCase, outcome: Outcome) -> list[str]:
    return [
        f"asks for: {each}"
        for each in case.must.unwanted
        if any(each.is_met_by(change) for change in outcome.reply)
    ]


def _length(case: ReviserCase, outcome: Outcome) -> list[str]:
    count = len(outcome.reply)
    problems = [f"asks for {count} changes"] if count > case.must.most else []
    long = [each.what for each in outcome.reply if len(each.what.split()) > LONGEST_WORDS]
    return [*problems, *(f"a change is too long: {each}" for each in long)]


def _repeats(_case: ReviserCase, outcome: Outcome) -> list[str]:
    others = [each for each in outcome.reply if each.kind != "shorten"]  # again is shorter still
    return [f"asks twice: {each.kind} {each.what}" for each in {*others} if others.count(each) > 1]


ROLE = Role(
    "reviser",
    ReviserCase,
    _put,
    _read,
    _show,
    {
        "contract": CONTRACT,
        "changes": Grader(
            "Everything that the comments ask for is in the brief.",
            _changes,
            lambda case: bool(case.must.changes),
        ),
        "keeps": Grader(
            "What earlier rounds asked for, and nobody took back, stays.",
            _keeps,
            lambda case: bool(case.must.keeps),
        ),
        "unwanted": Grader(
            "Nothing is asked for that the reviewer did not want.",
            _unwanted,
            lambda case: bool(case.must.unwanted),
        ),
        "length": Grader("A brief is brief: few changes, each in a few words.", _length),
        "repeats": Grader("Nothing is asked for twice.", _repeats),
        "tools": tools_of("find_passages"),
    },
)
