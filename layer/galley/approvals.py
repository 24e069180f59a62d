"""The human gate: who may see a draft, and the one decision that is taken on it."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3

from galley.artifacts import Artifacts, sha256
from galley.aws import AWS_ERRORS, STORAGE, storage_error
from galley.contracts import Review
from galley.decisions import Decision, FormError
from galley.errors import StorageRefusedError, StorageUnavailableError
from galley.requests import WORKFLOW_ID
from galley.scope import Scope
from galley.secrets import SigningKeys
from galley.signing import Ticket
from galley.workflows import WAITING, Workflows

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

INVALID = "This link is not valid. If you have a later mail, use the link in that one."
CHANGED = "The draft is no longer the one that was sent to you; nothing can be decided on it."
OVER = "The time to decide on this draft is over."
CLOSED = "The workflow no longer waits for a decision: it has ended."
REPLACED = "A newer draft, of round {}, has replaced this one; its link came in a later mail."
UNTOLD = "The decision is kept, but the workflow could not be told of it: please send it again."
_ROUND = re.compile(r"[1-9][0-9]{0,2}")


@cache
def step_functions() -> "SFNClient":
    """Return the function's one Step Functions client."""
    return boto3.client("stepfunctions", config=STORAGE)


@dataclass(frozen=True)
class Answer:
    """What the API says: a status, a message, and the approval where it may be shown."""

    status: HTTPStatus
    message: str
    approval: dict[str, Any] | None = None
    draft: str = ""
    known: dict[str, Any] | None = None  # the approval of a genuine link, shown or not
    form_token: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a decision can still be taken, or has to be sent again."""
        is_over = self.status is HTTPStatus.GONE
        return self.approval is not None and "told_at" not in self.approval and not is_over

    def saying(
        self, status: HTTPStatus, message: str, approval: dict[str, Any] | None = None
    ) -> "Answer":
        """Return the same draft with another message, and the approval as it is by now."""
        shown = approval or self.approval
        return replace(self, status=status, message=message, approval=shown, known=shown)

    def refusing(self, error: FormError) -> "Answer":
        """Return why a form decides nothing, with the draft where it is only to be mended."""
        if error.status is HTTPStatus.BAD_REQUEST:
            return self.saying(error.status, str(error))
        return Answer(error.status, str(error), known=self.known)


class Approvals:
    """The approvals of all workflows, read and decided."""

    def __init__(self, workflows: Workflows, artifacts: Artifacts) -> None:
        self._workflows = workflows
        self._artifacts = artifacts

    def find(
        self, workflow_id: str, round_number: str, query: Mapping[str, str], keys: SigningKeys
    ) -> Answer:
        """Return the approval that a link names, if the link is genuine."""
        key = keys.find(query.get("kid", ""))
        known_form = WORKFLOW_ID.fullmatch(workflow_id) and _ROUND.fullmatch(round_number)
        approval = (
            self._workflows.find_approval(workflow_id, int(round_number)) if known_form else None
        )
        # A missing approval, an unknown key and a forged link look alike: nobody can probe for ids.
        if key is None or approval is None or not _ticket(approval).is_linked_by(query, key):
            return Answer(HTTPStatus.FORBIDDEN, INVALID)
        answer = self._standing(approval)
        return replace(answer, form_token=_ticket(approval).form_token(key))

    def _standing(self, approval: dict[str, Any]) -> Answer:
        record = self._workflows.find(approval["workflow_id"]) or {}
        over = _why_over(approval, record)
        is_decided = approval["status"] == "DECIDED"
        if over and not is_decided:
            return Answer(HTTPStatus.GONE, over, known=approval)
        draft = self._artifacts.read_bytes(approval["draft_key"])
        if sha256(draft) != approval["draft_sha256"]:
            return Answer(HTTPStatus.CONFLICT, CHANGED, known=approval)
        answer = Answer(HTTPStatus.OK, "", approval, draft.decode("utf-8"), approval)
        if is_decided and _is_replaced(approval, record):
            return answer.saying(HTTPStatus.GONE, f"{_decided(approval)}. {over}")
        if "told_at" in approval or record.get("status") == "PUBLISHED":
            return answer.saying(HTTPStatus.OK, _decided(approval))
        if over:
            return Answer(HTTPStatus.GONE, over, known=approval)
        return answer.saying(HTTPStatus.OK, UNTOLD) if is_decided else answer

    def decide(self, asked: Answer, decision: Decision) -> Answer:
        """Take a decision, once; the same one again is welcome, another one is refused."""
        approval = asked.approval or {}
        workflow_id, round_number = approval["workflow_id"], int(approval["round"])
        said = {"decision": decision.verdict.value, "comments": decision.comments}
        is_first = self._workflows.decide(
            workflow_id,
            round_number,
            {**said, "decided_at": datetime.now(UTC).isoformat(timespec="seconds")},
        )
        # What the workflow is told comes from what was written, not from what was sent: whoever
        # comes second learns the first decision and, if its message was lost, sends it again.
        written = self._workflows.find_approval(workflow_id, round_number)
        if written is None or written["status"] != "DECIDED":
            return Answer(HTTPStatus.GONE, OVER, known=approval)
        if said != {name: written[name] for name in said}:
            return asked.saying(
                HTTPStatus.CONFLICT, f"Already {_decided(written)}; that stands", written
            )
        try:
            told = "told_at" in written or self.tell(written)
        except (StorageUnavailableError, StorageRefusedError):
            return asked.saying(HTTPStatus.SERVICE_UNAVAILABLE, UNTOLD, written)
        if is_first and not told:
            return Answer(HTTPStatus.GONE, CLOSED, known=written)
        message = _decided(written) if is_first else f"Already {_decided(written)}"
        return asked.saying(HTTPStatus.OK, message, {**written, "told_at": "now"})

    def tell(self, approval: Mapping[str, Any], task_token: str = "") -> bool:
        """
        Send a decision to its workflow; return False where nobody waits for it.

        `task_token` stands in for the approval's own after a second attempt of the state.
        """
        workflow_id, round_number = approval["workflow_id"], int(approval["round"])
        key = Scope(approval["tenant"], workflow_id).review_key(round_number)
        names = ("decision", "comments", "reviewer", "draft_sha256", "decided_at")
        review = Review(**{name: approval[name] for name in names})
        self._artifacts.keep(key, review)
        output = asdict(review) | {"review_key": key}
        del output["comments"]  # as long as a reviewer likes; the review has them
        waits = _send(task_token or approval["task_token"], json.dumps(output))
        if waits:
            self._workflows.note_told(workflow_id, round_number, review.decision.upper())
        return waits


def _ticket(approval: Mapping[str, Any]) -> Ticket:
    return Ticket(
        workflow_id=approval["workflow_id"],
        tenant=approval["tenant"],
        round=int(approval["round"]),
        reviewer=approval["reviewer"],
        draft_sha256=approval["draft_sha256"],
        expires_at=int(approval["expires_at"]),
    )


def _why_over(approval: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Return why nobody waits for a decision any more, or nothing."""
    if _is_replaced(approval, record):
        return REPLACED.format(record["round"])
    if approval["expires_at"] <= time.time() or record.get("status") == "EXPIRED":
        return OVER
    return "" if record.get("status") == WAITING else CLOSED


def _is_replaced(approval: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    return bool(record.get("round", 0) > approval["round"])


def _decided(approval: Mapping[str, Any]) -> str:
    return f"{approval['decision']} by {approval['reviewer']} at {approval['decided_at']}"


def _send(task_token: str, output: str) -> bool:
    client = step_functions()
    try:
        client.send_task_success(taskToken=task_token, output=output)
    except (client.exceptions.TaskTimedOut, client.exceptions.TaskDoesNotExist):
        return False
    except AWS_ERRORS as error:
        raise storage_error("the workflow could not be told of the decision", error) from error
    return True
