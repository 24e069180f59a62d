"""What a reviewer is shown beside a draft, made from the workflow's artifacts."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from typing import Any

from galley.approval.answers import Answer
from galley.approval.differences import Row, differences
from galley.artifacts import Artifacts, sha256
from galley.citations.findings import Check, Checked
from galley.contracts import Brief, Change, Review, Source, Summary
from galley.errors import ArtifactMissingError, StorageUnavailableError
from galley.reports.evidence import Evidence, Quoted, evidence_of, leads_of, witnesses_of
from galley.reports.rendering import SOURCES, Manuscript, text_from_markdown
from galley.scope import Scope
from galley.telemetry import logger
from galley.workflows import Workflows

READERS = 10  # as many connections as a client keeps
_CHANGES = {
    "expand": "Say more on {}",
    "drop_source": "Drop {}",
    "shorten": "Shorten {}",
    "start_with": "Begin with {}",
    "remove": "Remove {}",
    "other": "{}",
}


@dataclass(frozen=True)
class Part:
    """A section of the draft as HTML, and the form's field for comments on it."""

    heading: str
    html: str
    field: str


@dataclass(frozen=True)
class Earlier:
    """The round before: what the reviewer said, what was made of it, and what has changed."""

    round: int
    comments: str
    changes: list[str]
    rows: list[Row]
    sources_added: list[str]
    sources_removed: list[str]


@dataclass(frozen=True)
class Proof:
    """A draft as its reviewer sees it; `is_whole` unless artifacts could not be read."""

    title: str
    parts: list[Part]
    sources: list[Evidence]
    gaps: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    unread: list[Source] = field(default_factory=list)
    earlier: Earlier | None = None
    is_whole: bool = True
    check: Check | None = None  # what the citation gate has said of it

    @property
    def warnings(self) -> list[Quoted]:
        """The quotes that do not stand in their source."""
        return [quoted for each in self.sources for quoted in each.quotes if not quoted.stands]


@dataclass(frozen=True)
class _Kept:
    """What is kept of a workflow up to one draft."""

    summaries: list[Summary]
    sources: list[Source]
    draft: str = ""  # of the round before, with what was said of it
    review: Review | None = None
    brief: Brief | None = None
    check: Check | None = None


def proof_of(artifacts: Artifacts, scope: Scope, round_number: int, draft: str) -> Proof:
    """Return a draft with all that its reviewer is shown; the draft alone where S3 fails."""
    try:
        return _whole_proof(artifacts, scope, round_number, draft)
    except (StorageUnavailableError, ArtifactMissingError) as error:
        logger.warning("a draft is shown without its evidence: %s", error)
        return replace(_proof(draft, round_number, _Kept([], [])), is_whole=False)


def shown(
    answer: Answer, artifacts: Artifacts, workflows: Workflows, form: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return what the page shows of an answer; `form` is what was typed, where it stays."""
    approval = answer.approval
    if approval is None:
        return {"answer": answer}
    return {
        "answer": answer,
        "proof": proof_of(artifacts, approval.scope, approval.round, answer.draft),
        "record": workflows.find_with_cost(approval.scope.workflow_id),
        "typed": {name: typed[0] for name, typed in form.items()},
    }


# What was sent for approval does not change any more, nor does what it was made from.
@lru_cache(maxsize=32)
def _whole_proof(artifacts: Artifacts, scope: Scope, round_number: int, draft: str) -> Proof:
    kept = _read(artifacts, scope, round_number - 1)
    key = scope.check_key(round_number, sha256(draft.encode("utf-8")))
    checked = artifacts.find(key, Checked)
    return _proof(draft, round_number, replace(kept, check=checked.check if checked else None))


def _read(artifacts: Artifacts, scope: Scope, earlier_round: int) -> _Kept:
    with ThreadPoolExecutor(READERS) as pool:
        summary_keys = pool.submit(artifacts.list_keys, scope.key("summaries/"))
        source_keys = pool.submit(artifacts.list_keys, scope.key("sources/"))
        summaries = pool.map(lambda key: artifacts.read(key, Summary), summary_keys.result())
        sources = pool.map(lambda key: artifacts.read(key, Source), source_keys.result())
        if not earlier_round:
            return _Kept(list(summaries), list(sources))
        draft = pool.submit(artifacts.read_text, scope.draft_key(earlier_round))
        review = pool.submit(artifacts.read, scope.review_key(earlier_round), Review)
        brief = pool.submit(artifacts.read, scope.brief_key(earlier_round), Brief)
        return _Kept(
            list(summaries), list(sources), draft.result(), review.result(), brief.result()
        )


def _proof(draft: str, round_number: int, kept: _Kept) -> Proof:
    manuscript = Manuscript.from_markdown(draft)
    witnesses = witnesses_of(manuscript, kept.summaries, kept.sources)
    leads = leads_of(manuscript, witnesses)
    headings = count(1)
    parts = [
        Part(
            section.heading,
            section.html(lambda cited: {"id": f"cited-{cited.place}", "href": f"#{leads[cited]}"}),
            f"section-{next(headings)}" if section.heading else "",
        )
        for section in manuscript.sections
    ]
    summarized = {summary.source_id for summary in kept.summaries}
    used = {witness.summary.source_id for witness in witnesses.values()}
    return Proof(
        manuscript.title,
        parts,
        evidence_of(manuscript, witnesses, leads),
        gaps=[
            each.title for each in kept.sources if each.source_id not in summarized and not each.gap
        ],
        unused=[each.title for each in kept.summaries if each.source_id not in used],
        unread=[each for each in kept.sources if each.gap],
        earlier=_earlier(draft, manuscript, round_number - 1, kept),
        check=kept.check,
    )


def _earlier(draft: str, manuscript: Manuscript, round_number: int, kept: _Kept) -> Earlier | None:
    if kept.review is None or kept.brief is None:
        return None
    entries, before = manuscript.entries, Manuscript.from_markdown(kept.draft).entries
    return Earlier(
        round_number,
        kept.review.comments,
        [_in_words(change) for change in kept.brief.changes],
        differences(_body(kept.draft), _body(draft)),
        _missing(before, entries),
        _missing(entries, before),
    )


def _missing(others: Mapping[int, str], entries: Mapping[int, str]) -> list[str]:
    return [
        f"[{number}] {text_from_markdown(entry)}"
        for number, entry in entries.items()
        if number not in others
    ]


def _body(draft: str) -> str:
    return draft.rpartition(f"\n## {SOURCES}\n")[0] or draft


def _in_words(change: Change) -> str:
    what = change.what or (f"source {change.source}" if change.source else "the draft")
    return _CHANGES.get(change.kind, "{}").format(what)
