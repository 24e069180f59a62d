"""The human gate: who may see a draft, and the one decision that is taken on it."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config

from galley.artifacts import Artifacts
from galley.aws_errors import AWS_ERRORS
from galley.contracts import Review
from galley.errors import InvalidRequestError, StorageUnavailableError
from galley.scope import Scope
from galley.signing import Ticket
from galley.workflows import Workflows

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

COMMENT_CHARACTERS = 10_000
_ROUND = re.compile(r"[0-9]{1,3}")


@cache
def step_functions() -> "SFNClient":
    """Return the function's one Step Functions client."""
    return boto3.client("stepfunctions", config=Config(connect_timeout=2, read_timeout=10))


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


@dataclass(frozen=True)
class Answer:
    """What the API says: a status, a message, and the approval where it may be shown."""

    status: HTTPStatus
    message: str
    approval: dict[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a decision can still be taken."""
        return self.approval is not None and self.approval["status"] == "PENDING"

    def refused(self, status: HTTPStatus, message: str) -> "Answer":
        """Return the same approval with a refusal."""
        return Answer(status, message, self.approval)


class Approvals:
    """The approvals of all workflows, read and decided."""

    def __init__(self, workflows: Workflows, artifacts: Artifacts) -> None:
        self._workflows = workflows
        self._artifacts = artifacts

    def find(self, workflow_id: str, round_number: str, signature: str, key: bytes) -> Answer:
        """Return the approval that a link names, if the link is genuine."""
        approval = (
            self._workflows.find_approval(workflow_id, int(round_number))
            if _ROUND.fullmatch(round_number)
            else None
        )
        # A missing approval and a forged link look alike, so that nobody can probe for ids.
        if approval is None or not _ticket(approval).is_signed_by(signature, key):
            return Answer(HTTPStatus.FORBIDDEN, "This link is not valid.")
        if approval["status"] == "DECIDED":
            return Answer(HTTPStatus.OK, _already(approval), approval)
        if approval["expires_at"] <= time.time():
            return Answer(HTTPStatus.GONE, "The time to decide on this draft is over.")
        return Answer(HTTPStatus.OK, "", approval)

    def decide(self, approval: dict[str, Any], decision: Decision) -> Answer:
        """Take a decision, once; the same one again is welcome, another one is refused."""
        workflow_id, round_number = approval["workflow_id"], int(approval["round"])
        scope = Scope(approval["tenant"], workflow_id)
        # What the workflow is told comes from what was written, not from what was sent: whoever
        # comes second learns the first decision and, if its message was lost, sends it again.
        decided_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._workflows.decide(
            workflow_id,
            round_number,
            {
                "decision": decision.verdict.value,
                "comments": decision.comments,
                "decided_at": decided_at,
            },
        )
        written = self._workflows.find_approval(workflow_id, round_number) or approval
        if written["status"] != "DECIDED":
            return Answer(HTTPStatus.GONE, "The time to decide on this draft is over.")
        if written["decision"] != decision.verdict:
            return Answer(HTTPStatus.CONFLICT, _already(written), written)
        review = Review(
            decision=written["decision"],
            comments=written["comments"],
            reviewer=written["reviewer"],
            draft_sha256=written["draft_sha256"],
            decided_at=written["decided_at"],
        )
        self._artifacts.keep(scope.review_key(round_number), review)
        _tell_workflow(written, scope.review_key(round_number), review)
        return Answer(HTTPStatus.OK, _already(written), written)


def _ticket(approval: Mapping[str, Any]) -> Ticket:
    return Ticket(
        workflow_id=approval["workflow_id"],
        tenant=approval["tenant"],
        round=int(approval["round"]),
        reviewer=approval["reviewer"],
        draft_sha256=approval["draft_sha256"],
        expires_at=int(approval["expires_at"]),
    )


def _already(approval: Mapping[str, Any]) -> str:
    return f"{approval['decision']} by {approval['reviewer']} at {approval['decided_at']}"


def _tell_workflow(approval: Mapping[str, Any], review_key: str, review: Review) -> None:
    output = {
        "decision": review.decision,
        "reviewer": review.reviewer,
        "decided_at": review.decided_at,
        "draft_sha256": review.draft_sha256,
        "review_key": review_key,
    }
    client = step_functions()
    try:
        client.send_task_success(taskToken=approval["task_token"], output=json.dumps(output))
    except (client.exceptions.TaskTimedOut, client.exceptions.TaskDoesNotExist):
        # The workflow has its answer already, or has ended: nobody waits for this one.
        return
    except AWS_ERRORS as error:
        raise StorageUnavailableError("the workflow could not be told; decide again") from error
