"""The human gate: who may see a draft, and the one decision that is taken on it."""

import json
import re
import time
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs

import boto3

from galley.artifacts import Artifacts, sha256
from galley.aws import AWS_ERRORS, STORAGE, storage_error
from galley.contracts import Review
from galley.errors import InvalidRequestError, StorageRefusedError, StorageUnavailableError
from galley.requests import WORKFLOW_ID
from galley.scope import Scope
from galley.signing import Ticket
from galley.workflows import Workflows

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

COMMENT_CHARACTERS = 10_000
CHANGED = "The draft is no longer the one that was sent to you; nothing can be decided on it."
OVER = "The time to decide on this draft is over."
UNTOLD = "The decision is kept, but the workflow could not be told of it: please send it again."
_ROUND = re.compile(r"[0-9]{1,3}")


@cache
def step_functions() -> "SFNClient":
    """Return the function's one Step Functions client."""
    return boto3.client("stepfunctions", config=STORAGE)


class Verdict(StrEnum):
    """What a reviewer can say; there is no third."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Decision:
    """A verdict and the comments that go with it."""

    verdict: Verdict
    comments: str

    @classmethod
    def from_form(cls, form: Mapping[str, Sequence[str]]) -> Self:
        """Read a form; raises `InvalidRequestError` unless it says one thing, and why."""
        said, comments = form.get("decision", []), form.get("comments", [""])
        if len(said) != 1 or said[0] not in list(Verdict) or len(comments) != 1:
            raise InvalidRequestError("Choose either to approve or to reject.")
        verdict = Verdict(said[0])
        # browsers send line ends as two characters and count them as one
        comment = comments[0].replace("\r\n", "\n").strip()
        if len(comment) > COMMENT_CHARACTERS:
            longest = f"{COMMENT_CHARACTERS:,} characters"
            raise InvalidRequestError(f"The comments are longer than {longest}; shorten them.")
        if verdict is Verdict.REJECTED and not comment:
            raise InvalidRequestError("A rejection needs a comment that says what to change.")
        return cls(verdict, comment)


def form_in(body: str | None, is_base64: bool | None) -> dict[str, list[str]]:
    """Return the fields of a form, which the HTTP API sends as base64; bad bytes are replaced."""
    text = b64decode(body or "").decode("utf-8", "replace") if is_base64 else body or ""
    return parse_qs(text, keep_blank_values=True)


@dataclass(frozen=True)
class Answer:
    """What the API says: a status, a message, and the approval where it may be shown."""

    status: HTTPStatus
    message: str
    approval: dict[str, Any] | None = None
    draft: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a decision can still be taken, or has to be sent again."""
        return self.approval is not None and "told_at" not in self.approval

    def saying(
        self, status: HTTPStatus, message: str, approval: dict[str, Any] | None = None
    ) -> "Answer":
        """Return the same draft with another message, and the approval as it is by now."""
        return Answer(status, message, approval or self.approval, self.draft)


class Approvals:
    """The approvals of all workflows, read and decided."""

    def __init__(self, workflows: Workflows, artifacts: Artifacts) -> None:
        self._workflows = workflows
        self._artifacts = artifacts

    def find(self, workflow_id: str, round_number: str, signature: str, key: bytes) -> Answer:
        """Return the approval that a link names, if the link is genuine."""
        known_form = WORKFLOW_ID.fullmatch(workflow_id) and _ROUND.fullmatch(round_number)
        approval = (
            self._workflows.find_approval(workflow_id, int(round_number)) if known_form else None
        )
        # A missing approval and a forged link look alike, so that nobody can probe for ids.
        if approval is None or not _ticket(approval).is_signed_by(signature, key):
            return Answer(HTTPStatus.FORBIDDEN, "This link is not valid.")
        is_decided = approval["status"] == "DECIDED"
        if not is_decided and approval["expires_at"] <= time.time():
            return Answer(HTTPStatus.GONE, OVER)
        draft = self._artifacts.read_bytes(approval["draft_key"])
        if sha256(draft) != approval["draft_sha256"]:
            return Answer(HTTPStatus.CONFLICT, CHANGED)
        is_told = "told_at" in approval
        message = "" if not is_decided else _decided(approval) if is_told else UNTOLD
        return Answer(HTTPStatus.OK, message, approval, draft.decode("utf-8"))

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
            return Answer(HTTPStatus.GONE, OVER)
        if said != {name: written[name] for name in said}:
            return asked.saying(HTTPStatus.CONFLICT, f"{_decided(written)}; that stands", written)
        try:
            told = "told_at" in written or self.tell(written)
        except (StorageUnavailableError, StorageRefusedError):
            return asked.saying(HTTPStatus.SERVICE_UNAVAILABLE, UNTOLD, written)
        if is_first and not told:
            return Answer(HTTPStatus.GONE, "The workflow no longer waits for a decision.")
        return asked.saying(HTTPStatus.OK, _decided(written), {**written, "told_at": "now"})

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
        self._workflows.set_status(workflow_id, review.decision.upper())
        output = asdict(review) | {"review_key": key}
        del output["comments"]  # as long as a reviewer likes; the review has them
        waits = _send(task_token or approval["task_token"], json.dumps(output))
        if waits:
            self._workflows.note_told(workflow_id, round_number)
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
