"""The search role: which documents it chooses for a topic, and in which order."""

from dataclasses import dataclass, field, replace
from typing import Any

from galley.contracts import Source

from galley_local.evals.fields import CaseError
from galley_local.evals.library import Library, source_id
from galley_local.evals.role import CONTRACT, Case, Grader, Must, Outcome, Place, Role, tools_of

LONGEST_REASON_WORDS = 60


@dataclass(frozen=True, kw_only=True)
class SearchMust(Must):
    """What has to hold for the documents that were chosen."""

    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)  # one of them is the best source
    one_of: list[str] = field(default_factory=list)  # of copies, one
    nothing: bool = False  # there is nothing on the topic

    def __post_init__(self) -> None:
        if not (self.wanted or self.unwanted or self.nothing or self.one_of):
            raise CaseError("wanted: name documents, or say `nothing: true`")
        if self.nothing and (self.wanted or self.first or self.one_of):
            raise CaseError("nothing: true, although documents are wanted")


@dataclass(frozen=True, kw_only=True)
class SearchCase(Case):
    """A topic that is searched for in all documents of `sources/`."""

    must: SearchMust
    most: int = 4

    def documents(self) -> dict[str, list[str]]:
        """Return the documents that it names."""
        names = ("wanted", "unwanted", "first", "one_of")
        return {f"must.{name}": getattr(self.must, name) for name in names}

    def check(self, library: Library) -> None:
        """Raise `CaseError` where a document is not among those that are searched."""
        for where, names in self.documents().items():
            for each in names:
                if not (library.folder / "sources" / each).is_file():
                    raise CaseError(f"{where}: '{each}' is not in {library.folder.name}/sources")


def _put(case: SearchCase, _library: Library, place: Place) -> dict[str, Any]:
    # fresh: what another run has found answers nothing here
    return place.event(topic=case.topic, max_sources=case.most, fresh=True)


def _read(answer: dict[str, Any], outcome: Outcome, place: Place) -> Outcome:
    if outcome.error:
        return outcome
    found = [place.artifacts.read(each["key"], Source) for each in answer["sources"]]
    return replace(outcome, reply=found, call=found[0].agent if found else {})


def _show(reply: list[Source]) -> str:
    return "\n".join(f"{each.title}: {each.reason}" for each in reply)


def _named(outcome: Outcome) -> list[str]:
    return [each.source_id for each in outcome.reply]


def _wanted(case: SearchCase, outcome: Outcome) -> list[str]:
    chosen = _named(outcome)
    return [f"left out {each}" for each in case.must.wanted if source_id(each) not in chosen]


def _unwanted(case: SearchCase, outcome: Outcome) -> list[str]:
    chosen = _named(outcome)
    return [f"chose {each}" for each in case.must.unwanted if source_id(each) in chosen]


def _first(case: SearchCase, outcome: Outcome) -> list[str]:
    chosen = _named(outcome)
    if chosen and chosen[0] in {source_id(each) for each in case.must.first}:
        return []
    return [f"the best source is not {' or '.join(case.must.first)}"]


def _copies(case: SearchCase, outcome: Outcome) -> list[str]:
    chosen = _named(outcome)
    count = sum(source_id(each) in chosen for each in case.must.one_of)
    return [] if count == 1 else [f"chose {count} of the copies {', '.join(case.must.one_of)}"]


def _reasons(_case: SearchCase, outcome: Outcome) -> list[str]:
    return [
        f"{each.title}: {'no reason' if not each.reason.strip() else 'a reason that is too long'}"
        for each in outcome.reply
        if not 0 < len(each.reason.split()) <= LONGEST_REASON_WORDS
    ]


def _relevance(case: SearchCase, outcome: Outcome) -> list[str]:
    if case.must.nothing:
        return [f"chose {each.title}, which is not on the topic" for each in outcome.reply]
    return [] if outcome.reply else ["found nothing, although there is something"]


ROLE = Role(
    "search",
    SearchCase,
    _put,
    _read,
    _show,
    {
        "contract": CONTRACT,
        "relevance": Grader(
            "Where nothing is on the topic nothing is chosen; else something is.", _relevance
        ),
        "wanted": Grader(
            "The documents on the topic are chosen.", _wanted, lambda case: bool(case.must.wanted)
        ),
        "unwanted": Grader(
            "What only shares a word with the topic is not chosen.",
            _unwanted,
            lambda case: bool(case.must.unwanted),
        ),
        "first": Grader("The best source comes first.", _first, lambda case: bool(case.must.first)),
        "copies": Grader("Of copies, one is chosen.", _copies, lambda case: bool(case.must.one_of)),
        "reasons": Grader(
            "Each choice has a reason, in a sentence.", _reasons, lambda case: not case.must.nothing
        ),
        "tools": replace(
            tools_of("search_knowledge_base", "search_web", "fetch_page"),
            is_asked=lambda case: not case.must.nothing,
        ),
    },
)
