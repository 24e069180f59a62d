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


MOST_AT_ONCE = 40  # sources: as many as a request can ask for
PASSAGES_OF_EACH = 3  # where there are several


@ACTIONS.tool
def find_passages(source_id: str, words: str) -> list[str] | dict[str, list[str]]:
    """
    Return the passages of a source that speak of some words, verbatim, best first.

    Of several sources at once, with commas between them: by source, those that have any.
    """
    if "," not in source_id:
        return _passages(source_id, words)
    ids = [each.strip() for each in source_id.split(",")][:MOST_AT_ONCE]
    found = {each: _passages(each, words)[:PASSAGES_OF_EACH] for each in ids}
    return {each: passages for each, passages in found.items() if passages}


def _passages(source_id: str, words: str) -> list[str]:
    if not re.fullmatch(r"[0-9a-f]{8}([0-9a-f]{8})?", source_id):
        raise InvalidRequestError("'source_id' must be the source_id of one of the listed sources")
    source = ARTIFACTS.find(ACTIONS.scope.source_key(source_id), Source)
    if source is None:
        raise InvalidRequestError("there is no source with this source_id; use one of the list")
    return passages_in(source.text, words)
