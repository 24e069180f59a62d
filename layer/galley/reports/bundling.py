"""Gathers the evidence bundle of a report from what its workflow has kept."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any, TypeVar

from galley.artifacts import Artifacts, sha256
from galley.citations.findings import Checked, Returned
from galley.contracts import Brief, Contract, Review, Source, Summary
from galley.errors import ArtifactMissingError, RetryableError, StorageRefusedError
from galley.reports.bundle import SCHEMA, Bundle, Record
from galley.reports.evidence import evidence_of, leads_of, witnesses_of
from galley.reports.rendering import Manuscript
from galley.scope import Scope
from galley.telemetry import logger

READERS = 10  # as many connections as a client keeps
Kept = TypeVar("Kept", bound=Contract)

# What of a workflow's record says whose it is and where to look it up.
_KNOWN = ("workflow_id", "tenant", "topic", "version", "execution", "started_at")


def kept_bundle(
    draft: bytes, draft_key: str, scope: Scope, artifacts: Artifacts, record: Mapping[str, Any]
) -> Bundle:
    """Return the bundle of an approved draft, which no artifact that is amiss can keep back."""
    round_number = int("".join(filter(str.isdigit, PurePosixPath(draft_key).stem)) or 0)
    try:
        return bundle_of(draft, round_number, scope, artifacts, record)
    except (RetryableError, StorageRefusedError):  # what a retry, or a permission, mends
        raise
    except Exception as error:  # noqa: BLE001  # logged, and the report is published all the same
        logger.exception("a report is published without its evidence")
        return Bundle(
            schema=SCHEMA,
            workflow=_known(record),
            cost=_cost(record),
            report=draft.decode("utf-8", "replace"),
            report_sha256=sha256(draft),
            round=round_number,
            missing=[f"the evidence could not be gathered: {type(error).__name__}"],
        )


def bundle_of(
    draft: bytes, round_number: int, scope: Scope, artifacts: Artifacts, record: Mapping[str, Any]
) -> Bundle:
    """Return the bundle of an approved draft; `record` is its workflow's."""
    shelf = _Shelf(artifacts, scope)
    sources, summaries = shelf.all("sources", Source), shelf.all("summaries", Summary)
    rounds = range(1, round_number + 1)
    reviews = {n: shelf.find(scope.review_key(n), Review) for n in rounds}
    briefs = {n: shelf.find(scope.brief_key(n), Brief) for n in rounds[:-1]}
    drafts = {n: shelf.bytes_at(scope.draft_key(n)) for n in rounds[:-1]} | {round_number: draft}
    digests = {n: sha256(each) for n, each in drafts.items() if each is not None}
    returned = {n: shelf.returned(n) for n in rounds}
    checked = {n: shelf.find(scope.check_key(n, digests[n]), Checked) for n in digests}
    written = {n: [*returned[n], checked.get(n)] for n in rounds}
    calls, prompts = _calls(sources, summaries, written, briefs)
    text = draft.decode("utf-8")
    manuscript = Manuscript.from_markdown(text)
    witnesses = witnesses_of(manuscript, summaries, sources)
    leads = leads_of(manuscript, witnesses)
    numbers = {each.summary.source_id: number for number, each in witnesses.items()}
    said = {summary.source_id: summary for summary in summaries}
    return Bundle(
        schema=SCHEMA,
        workflow=_known(record),
        cost=_cost(record),
        report=text,
        report_sha256=sha256(draft),
        round=round_number,
        citations=[leads[each] for part in manuscript.sections for each in part.citations],
        evidence=evidence_of(manuscript, witnesses, leads),
        sources=[_source(each, said.get(each.source_id), numbers) for each in sources],
        drafts=[_draft(n, scope, digests[n], returned[n], checked[n]) for n in digests],
        approvals=[{"round": n, **asdict(each)} for n, each in reviews.items() if each],
        briefs=[_brief(n, each) for n, each in briefs.items() if each],
        calls=calls,
        prompts=prompts,
        missing=shelf.missing,
    )


def _known(record: Mapping[str, Any]) -> Record:
    known: Record = {name: str(record.get(name, "")) for name in _KNOWN}
    cast = {role: dict(each) for role, each in record.get("cast", {}).items()}
    return known | {"reviewers": list(record.get("reviewers", [])), "cast": cast}


def _cost(record: Mapping[str, Any]) -> Record:
    """Return what the agents have cost, of which budget, and whether that was too little."""
    amounts = {"usd": record.get("cost_usd"), "budget_usd": record.get("budget_usd")}
    known: Record = {name: float(each) for name, each in amounts.items() if each is not None}
    return known | {"partial": bool(record.get("partial", False))}


class _Shelf:
    """A workflow's artifacts; what is missing is noted, because the report is published anyway."""

    def __init__(self, artifacts: Artifacts, scope: Scope) -> None:
        self._artifacts = artifacts
        self._scope = scope
        self.missing: list[str] = []

    def all(self, folder: str, kind: type[Kept]) -> list[Kept]:
        """Return the records of a folder, by their ids."""
        keys = self._artifacts.list_keys(self._scope.key(f"{folder}/"))
        with ThreadPoolExecutor(READERS) as pool:
            found = list(pool.map(lambda key: self.find(key, kind), keys))
        return [each for each in found if each is not None]

    def find(self, key: str, kind: type[Kept]) -> Kept | None:
        """Return a record, or None where none can be read."""
        try:
            return self._artifacts.read(key, kind)
        except ArtifactMissingError as error:
            self.missing.append(str(error))
            return None

    def bytes_at(self, key: str) -> bytes | None:
        """Return an object's bytes, or None where there is none."""
        found = self._artifacts.find_bytes(key)
        if found is None:
            self.missing.append(f"{key} is missing")
        return found

    def returned(self, round_number: int) -> list[Returned]:
        """Return the drafts of a round that the citation gate did not let pass, in their order."""
        keys = self._artifacts.list_keys(self._scope.attempt_key(round_number, ""))
        found = (self.find(key, Returned) for key in keys)
        return [each for each in found if each is not None]


def _source(source: Source, summary: Summary | None, numbers: Mapping[str, int]) -> Record:
    """Return what is kept of a source: its text by its hash, and its summary's claims."""
    fields = asdict(source)
    text = fields.pop("text")
    del fields["agent"]
    claims = [asdict(claim) for claim in summary.claims] if summary else []
    return {
        "number": numbers.get(source.source_id),  # None where the report does not cite it
        **fields,
        "characters": len(text),
        "text_sha256": sha256(text.encode("utf-8")),
        "is_gap": summary is None,
        "claims": claims,
    }


def _draft(
    round_number: int, scope: Scope, digest: str, returned: list[Returned], checked: Checked | None
) -> Record:
    """Return what is kept of a round's draft, and what the citation gate said of it."""
    return {
        "round": round_number,
        "key": scope.draft_key(round_number),
        "sha256": digest,
        "check": asdict(checked.check) if checked else None,
        "returned": [asdict(each.check) for each in returned],
    }


def _brief(round_number: int, brief: Brief) -> Record:
    changes = [asdict(change) for change in brief.changes]
    digest = sha256(brief.to_json().encode("utf-8"))
    return {"round": round_number, "sha256": digest, "changes": changes}


def _calls(
    sources: Iterable[Source],
    summaries: Iterable[Summary],
    written: Mapping[int, Iterable[Checked | None]],
    briefs: Mapping[int, Brief | None],
) -> tuple[list[Record], list[Record]]:
    """Return each agent call once, in the order of the workflow, and their templates once."""
    searches = {each.agent["session_id"]: each.agent for each in sources if each.agent}
    made = [("search", each) for each in searches.values()]
    made += [("summary", each.agent) for each in summaries]
    for number, tried in written.items():
        made += [("writer", each.agent) for each in tried if each]
        if brief := briefs.get(number):
            made.append(("reviser", brief.agent))
    templates = {
        agent["template_sha256"]: {
            "role": role,
            "sha256": agent["template_sha256"],
            "template": agent["template"],
        }
        for role, agent in made
        if "template" in agent
    }
    calls = [
        {"role": role, **{name: agent[name] for name in agent if name != "template"}}
        for role, agent in made
        if agent
    ]
    return calls, list(templates.values())
