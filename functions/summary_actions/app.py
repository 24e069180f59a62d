"""Summary actions: what the summary agent may do, which is read on in its one source."""

import os
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.contracts import Source
from galley.errors import InvalidRequestError
from galley.tools import ActionGroup

ACTIONS = ActionGroup("summary_actions", "source_id")
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())

PART_CHARACTERS = 6_000  # around a passage; each turn after it brings it again


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ACTIONS.resolve(event, context)


@ACTIONS.tool
def read_source(start: str) -> dict[str, Any]:
    """Return the part of the source that begins at a character."""
    source_id = ACTIONS.attributes["source_id"]
    text = ARTIFACTS.read(ACTIONS.scope.source_key(source_id), Source).text
    begin = _position(start, len(text))
    part = text[begin : begin + PART_CHARACTERS]
    return {"text": part, "start": begin, "end": begin + len(part), "characters": len(text)}


def _position(start: str, characters: int) -> int:
    try:
        position = int(start)
    except ValueError:
        position = -1
    if not 0 <= position < characters:
        raise InvalidRequestError(
            f"'start' must be a whole number from 0 to {characters - 1}, the last character"
        )
    return position
