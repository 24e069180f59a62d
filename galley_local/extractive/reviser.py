"""Reviser: a reviewer's comments become changes to the next draft."""

import json
import re
from typing import Any

from galley_local.extractive.sameness import same_title
from galley_local.extractive.tools import UseTool, read_by
from galley_local.extractive.wishes import Wish, named, wishes
from galley_local.extractive.words import content_stems

Change = dict[str, Any]

_TELLING = 3  # words in a title that is more than the name of a thing
_ABOUT = re.compile(
    r"(?:sources?|documents?|articles?|pages?) (?:about|on|of|called|titled|named|from) (.+)",
    re.IGNORECASE,
)
_LIST = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*")


def revise(values: dict[str, Any], use_tool: UseTool) -> str:
    """Return the reviser agent's answer: earlier changes, then those the comments ask for."""
    sources = {int(one["number"]): str(one.get("title", "")) for one in values["sources"]}
    changes = [
        _change(one["kind"], one.get("what"), one.get("source"))
        for one in values["earlier_changes"]
    ]
    for wish in wishes(str(values["comments"])):
        if wish.back:
            _take_back(wish, changes)
            continue
        for change in _changes(wish, sources, use_tool):
            _add(change, changes)
    if not changes:
        changes = [_change("other", str(values["comments"]).strip()[:300] or "no comment")]
    return json.dumps({"changes": changes}, ensure_ascii=False)


def _changes(wish: Wish, sources: dict[int, str], use_tool: UseTool) -> list[Change]:
    if wish.kind == "drop_source":
        known = [number for number in wish.sources if number in sources]
        numbers = " ".join(f"[{number}]" for number in wish.sources)
        return [_change("drop_source", "", number) for number in known] or [
            _change("other", f"drop {numbers}")
        ]
    if wish.kind == "remove" and (number := _source_titled(wish.what, sources)):
        return [_change("drop_source", "", number)]
    if wish.kind in ("expand", "remove"):
        return [
            _change(wish.kind if wish.kind != "expand" or known else "other", what)
            for what, known in _parts(wish.what, use_tool)
        ]
    return [_change(wish.kind, wish.what)]


def _parts(what: str, use_tool: UseTool) -> list[tuple[str, bool]]:
    """Return the things that `what` lists, each with whether draft or sources speak of it."""
    if _is_known(what, use_tool, whole=True):
        return [(what, True)]
    parts = [named(part) for part in _LIST.split(what)]
    if len(parts) > 1 and all(content_stems(part) for part in parts):
        return [(part, _is_known(part, use_tool)) for part in parts]
    return [(what, _is_known(what, use_tool))]


def _is_known(what: str, use_tool: UseTool, *, whole: bool = False) -> bool:
    found = read_by(use_tool, "find_passages", words=what)
    texts = [*found.get("draft", []), *(one["passage"] for one in found.get("sources", []))]
    wanted = content_stems(what)
    if whole and _LIST.search(what):
        return any(
            " ".join(what.lower().split()) in " ".join(text.lower().split()) for text in texts
        )
    return any(set(wanted) & set(content_stems(text)) for text in texts) if wanted else False


def _source_titled(what: str, sources: dict[int, str]) -> int | None:
    """Return the source that `what` names by its title, or as `the source about …`."""
    about = _ABOUT.match(what)
    stems = set(content_stems(about[1])) if about else set()
    return next(
        (
            number
            for number, title in sources.items()
            if (len(title.split()) >= _TELLING and same_title(what, title))
            or (stems and stems <= set(content_stems(title)))
        ),
        None,
    )


def _take_back(wish: Wish, changes: list[Change]) -> None:
    """Take the latest change back that the wish speaks of."""
    stems = set(content_stems(wish.what))
    for change in reversed(changes):
        is_meant = (
            change["source"] in wish.sources
            if wish.sources
            else not stems or bool(stems & set(content_stems(change["what"])))
        )
        if change["kind"] == wish.kind and is_meant:
            changes.remove(change)
            return


def _add(change: Change, changes: list[Change]) -> None:
    """Add a change; what it contradicts goes, and what is there already is not added twice."""
    against = {
        "expand": {"remove"},
        "remove": {"expand", "start_with"},
        "start_with": {"remove", "start_with"},
    }
    stems = set(content_stems(change["what"]))
    for earlier in list(changes):
        if earlier["kind"] in against.get(change["kind"], ()) and (
            stems == set(content_stems(earlier["what"]))
            or change["kind"] == earlier["kind"] == "start_with"
        ):
            changes.remove(earlier)
    # Shorter and shorter again is two wishes; anything else asked for twice is one.
    if change["kind"] == "shorten" or change not in changes:
        changes.append(change)


def _change(kind: str, what: str | None = "", source: int | None = None) -> Change:
    return {"kind": kind, "what": (what or "")[:300], "source": source}
