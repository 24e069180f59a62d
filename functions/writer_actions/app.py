"""Writer actions: what the writer agent may do, which is look up a passage in a source."""

import os
import re
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.contracts import Source
from galley.errors import InvalidRequestError
from galley.sources.passages import find_passages as passages_in
from galley.tools import ActionGroup

ACTIONS = ActionGroup("writer_actions")
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ACTIONS.resolve(event, context)


SOURCE_ID = re.compile(r"[0-9a-f]{8}([0-9a-f]{8})?")
NO_SOURCE = "there is no source with this source_id; use one of the list"
MOST_AT_ONCE = 40  # sources: as many as a request can ask for
PASSAGES_OF_EACH = 3  # where there are several


@ACTIONS.tool
def find_passages(source_id: str, words: str) -> list[str] | dict[str, Any]:
    """
    Return the passages of a source that speak of some words, verbatim, best first.

    Of several sources at once, with commas between them: by source, those that have any; and as
    `note` what was not looked through.
    """
    if "," not in source_id:
        return passages_in(_text(source_id), words)
    ids = list(dict.fromkeys(each.strip() for each in source_id.split(",") if each.strip()))
    found: dict[str, Any] = {}
    unknown = []
    for each in ids[:MOST_AT_ONCE]:
        try:
            passages = passages_in(_text(each), words)[:PASSAGES_OF_EACH]
        except InvalidRequestError:
            unknown.append(each)
            continue
        if passages:
            found[each] = passages
    if len(unknown) == len(ids[:MOST_AT_ONCE]):
        raise InvalidRequestError(NO_SOURCE)
    notes = []
    if unknown:
        notes.append(f"{len(unknown)} of these are no source_id of the list: {_named(unknown)}.")
    if len(ids) > MOST_AT_ONCE:
        notes.append(f"Only the first {MOST_AT_ONCE} were looked through: ask for the others.")
    return found | ({"note": " ".join(notes)} if notes else {})


def _named(unknown: list[str]) -> str:
    # As the model wrote them, as far as they look like ids: nothing else is repeated to it.
    return ", ".join(each if SOURCE_ID.fullmatch(each) else "(no id)" for each in unknown)


def _text(source_id: str) -> str:
    if not SOURCE_ID.fullmatch(source_id):
        raise InvalidRequestError("'source_id' must be the source_id of one of the listed sources")
    source = ARTIFACTS.find(ACTIONS.scope.source_key(source_id), Source)
    if source is None:
        raise InvalidRequestError(NO_SOURCE)
    return source.text
