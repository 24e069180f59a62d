"""
The audit: who saw, decided or was refused what, when, from where, and which bytes it was about.

    AUDIT#{workflow_id}   {time}#{request}   one view, decision or refusal

Items are only added: under these keys no role may update or delete one. A link that is not genuine
is logged instead: whoever has no link of ours could fill the table otherwise.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from galley.approval.answers import Answer
from galley.table import ConflictError, Records
from galley.telemetry import logger

AGENT_CHARACTERS = 200
_TAKEN = {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}  # kept, but the workflow is not told


class Audit(Records):
    """What was done at the human gate."""

    def keep(self, answer: Answer, call: Mapping[str, Any]) -> None:
        """Add what the API answers to a call; `call` is the HTTP API's request context."""
        http, known = call["http"], answer.known
        if known is None:
            logger.warning("a link was refused", source_ip=http.get("sourceIp", ""))
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with suppress(ConflictError):  # the same request, delivered again
            self._write(
                "put_item",
                Item={
                    "pk": f"AUDIT#{known.scope.workflow_id}",
                    "sk": f"{now}#{call.get('requestId', '')}",
                    "at": now,
                    "did": _did(answer, http["method"]),
                    "answered": int(answer.status),
                    "round": known.round,
                    "reviewer": answer.reviewer,
                    "by": answer.by,
                    "draft_sha256": known.draft_sha256,
                    "source_ip": http.get("sourceIp", ""),
                    "user_agent": http.get("userAgent", "")[:AGENT_CHARACTERS],
                },
                ConditionExpression="attribute_not_exists(pk)",
            )


def _did(answer: Answer, method: str) -> str:
    if answer.voted:
        return str(answer.voted.decision)
    is_view = method == "GET" and answer.approval is not None
    # the same decision again is no refusal, nor is sending again what could not be told
    is_again = method == "POST" and answer.status in _TAKEN
    return "viewed" if is_view else "repeated" if is_again else "refused"
