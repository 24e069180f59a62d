"""The human gate: who may see a draft, and the one decision that is taken on it."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3

from galley.approval.answers import (
    CHANGED,
    CLOSED,
    INVALID,
    OVER,
    REPLACED,
    TWICE,
    UNTOLD,
    Answer,
    waiting_for,
)
from galley.approval.decisions import Approval, Decision, Vote
from galley.approval.reviews import keep_review
from galley.approval.tokens import TaskTokens
from galley.artifacts import Artifacts, sha256
from galley.aws import AWS_ERRORS, STORAGE, storage_error
from galley.errors import StorageRefusedError, StorageUnavailableError
from galley.requests import WORKFLOW_ID
from galley.secrets import SigningKeys
from galley.telemetry import note
from galley.workflows import WAITING, Workflows

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_ROUND = re.compile(r"[1-9][0-9]{0,2}")


@cache
def step_functions() -> "SFNClient":
    """Return the function's one Step Functions client."""
    return boto3.client("stepfunctions", config=STORAGE)


class Approvals:
    """The approvals of all workflows, read and decided."""

    def __init__(self, workflows: Workflows, artifacts: Artifacts, tokens: TaskTokens) -> None:
        self._workflows = workflows
        self._artifacts = artifacts
        self._tokens = tokens

    def find(
        self, workflow_id: str, round_number: str, query: Mapping[str, str], keys: SigningKeys
    ) -> Answer:
        """Return the approval that a link names, if the link is genuine."""
        key = keys.find(query.get("kid", ""))
        known_form = WORKFLOW_ID.fullmatch(workflow_id) and _ROUND.fullmatch(round_number)
        approval = (
            self._workflows.find_approval(workflow_id, int(round_number)) if known_form else None
        )
        tickets = [approval.ticket_of(each) for each in approval.reviewers] if approval else []
        ticket = next((each for each in tickets if key and each.is_linked_by(query, key)), None)
        # A missing approval, an unknown key and a forged link look alike: nobody can probe for ids.
        if key is None or approval is None or ticket is None:
            return Answer(HTTPStatus.FORBIDDEN, INVALID)
        note(workflow_id, approval.scope.tenant)
        asked = Answer(HTTPStatus.OK, "", known=approval, reviewer=ticket.reviewer)
        return replace(self._standing(asked, approval), form_token=ticket.form_token(key))

    def _standing(self, asked: Answer, approval: Approval) -> Answer:
        record = self._workflows.find(approval.scope.workflow_id) or {}
        over, decided = _why_over(approval, record), approval.deciding
        if over and not decided:
            return asked.hiding(HTTPStatus.GONE, over)
        draft = self._artifacts.read_bytes(approval.draft_key)
        if sha256(draft) != approval.draft_sha256:
            return asked.hiding(HTTPStatus.CONFLICT, CHANGED)
        answer = replace(asked, approval=approval, draft=draft.decode("utf-8"))
        if decided:
            return _decided(answer, approval, record, over)
        own = approval.vote_of(asked.reviewer)
        return answer.saying(HTTPStatus.OK, waiting_for(approval, own)) if own else answer

    def decide(self, asked: Answer, decision: Decision) -> Answer:
        """Take a reviewer's decision, once; the same again is welcome, another one is refused."""
        approval = asked.approval
        if approval is None:
            return asked
        # Who says the same again has a decision sent that the workflow was not told of.
        has_voted = approval.vote_of(asked.reviewer) is not None
        if not has_voted and approval.has_part_of(asked.by):
            return asked.hiding(HTTPStatus.FORBIDDEN, TWICE)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        vote = Vote(asked.reviewer, decision.verdict, decision.comments, now, asked.by)
        is_new = self._workflows.vote(approval, vote)
        # What the workflow is told comes from what was written, not from what was sent: whoever
        # comes second learns the first decision and, if its message was lost, sends it again.
        workflow_id = approval.scope.workflow_id
        written = self._workflows.find_approval(workflow_id, approval.round) or approval
        if is_new:
            asked = replace(asked, voted=vote)
        standing = written.vote_of(asked.reviewer) or written.deciding
        if standing is None:
            return asked.hiding(HTTPStatus.GONE, OVER)
        if untold := self._why_untold(asked, written):
            return untold
        if written.deciding:
            written = _as_told(written)
        if not standing.says(decision):
            return asked.saying(HTTPStatus.CONFLICT, f"Already {standing}; that stands", written)
        said = str(written) if written.deciding else waiting_for(written, standing)
        taken = replace(asked, has_taken=True)
        return taken.saying(HTTPStatus.OK, said if is_new else f"Already {said}", written)

    def _why_untold(self, asked: Answer, written: Approval) -> Answer | None:
        """Tell the workflow what is decided; return what is said where it did not hear it."""
        if not written.deciding or written.told_at:
            return None
        kept = asked.saying(HTTPStatus.SERVICE_UNAVAILABLE, UNTOLD, written)
        try:
            is_told = self.tell(written)
        except (StorageUnavailableError, StorageRefusedError):
            return kept
        record = self._workflows.find(written.scope.workflow_id) or {}
        if is_told or _has_gone_on(written, record):
            return None
        # Or its state is being tried again, or waits anew after a reminder: with another token.
        over = _why_over(written, record)
        return asked.hiding(HTTPStatus.GONE, over, written) if over else kept

    def tell(self, approval: Approval, task_token: str = "") -> bool:
        """
        Send a decision to its workflow; return False where nobody waits for it.

        `task_token` stands in for the approval's own after a second attempt of the state.
        """
        last = approval.deciding
        if last is None:
            raise ValueError("there is nothing to tell before a decision")
        scope = approval.scope
        told = keep_review(approval, last, self._artifacts)
        waits = _send(task_token or self._tokens.open(approval.task_token, scope), told)
        if waits:
            self._workflows.note_told(scope.workflow_id, approval.round, last.decision.upper())
        return waits


def _decided(answer: Answer, approval: Approval, record: Mapping[str, Any], over: str) -> Answer:
    if _is_replaced(approval, record):
        return answer.saying(HTTPStatus.GONE, f"{approval}. {over}")
    if _has_gone_on(approval, record):
        return answer.saying(HTTPStatus.OK, str(approval), _as_told(approval))
    if over:
        return answer.hiding(HTTPStatus.GONE, over)
    return answer.saying(HTTPStatus.OK, UNTOLD)


def _why_over(approval: Approval, record: Mapping[str, Any]) -> str:
    """Return why nobody waits for a decision any more, or nothing."""
    if _is_replaced(approval, record):
        return REPLACED.format(record["round"])
    if approval.expires_at <= time.time() or record.get("status") == "EXPIRED":
        return OVER
    return "" if record.get("status") == WAITING else CLOSED


def _is_replaced(approval: Approval, record: Mapping[str, Any]) -> bool:
    return bool(record.get("round", 0) > approval.round)


def _has_gone_on(approval: Approval, record: Mapping[str, Any]) -> bool:
    """Tell whether the workflow knows the decision, though that may not be noted yet."""
    is_later = bool(record.get("round", 0) > approval.round)
    return bool(approval.told_at) or is_later or record.get("status") == "PUBLISHED"


def _as_told(approval: Approval) -> Approval:
    return replace(approval, told_at=approval.told_at or "just now")


def _send(task_token: str, output: dict[str, Any]) -> bool:
    client = step_functions()
    try:
        client.send_task_success(taskToken=task_token, output=json.dumps(output))
    except (client.exceptions.TaskTimedOut, client.exceptions.TaskDoesNotExist):
        return False
    except AWS_ERRORS as error:
        raise storage_error("the workflow could not be told of the decision", error) from error
    return True
