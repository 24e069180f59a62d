"""Reviser actions: what the reviser agent may do, which is see what a comment speaks of."""

import os
from typing import Any

from galley import telemetry
from galley.artifacts import Artifacts, s3_client
from galley.contracts import Source
from galley.sources.passages import find_passages as passages_in
from galley.tools import ActionGroup

ACTIONS = ActionGroup("reviser_actions", "round", "source_ids")
ARTIFACTS = Artifacts(os.environ["BUCKET_NAME"], s3_client())

PASSAGE_CHARACTERS = 400


@telemetry.handler
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return ACTIONS.resolve(event, context)


@ACTIONS.tool
def find_passages(words: str) -> dict[str, Any]:
    """Return the passages of the draft and of its sources that speak of some words."""
    draft = ARTIFACTS.read_text(ACTIONS.scope.draft_key(int(ACTIONS.attributes["round"])))
    source_ids = ACTIONS.attributes["source_ids"].split(",")
    return {
        "draft": passages_in(draft, words),
        "sources": [
            {"number": number, "passage": best}
            for number, source in enumerate(map(_source, source_ids), start=1)
            for best in passages_in(source.text, words, limit=1, characters=PASSAGE_CHARACTERS)
        ],
    }


def _source(source_id: str) -> Source:
    return ARTIFACTS.read(ACTIONS.scope.source_key(source_id), Source)
