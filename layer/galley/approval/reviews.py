"""Reviews: what was decided on a round, kept as an artifact and told to the workflow."""

from typing import Any

from galley.approval.decisions import Approval, Vote
from galley.artifacts import Artifacts
from galley.contracts import Review


def keep_review(approval: Approval, last: Vote, artifacts: Artifacts) -> dict[str, Any]:
    """
    Keep the review of a decided approval and return what its workflow is told.

    No comments: they are as long as reviewers like, and the review has them.
    """
    key = approval.scope.review_key(approval.round)
    review = Review(
        last.decision, approval.comments, approval.draft_sha256, last.decided_at, approval.votes
    )
    artifacts.keep(key, review)
    return {
        "decision": last.decision,
        "reviewer": last.voter,
        "approved_by": approval.approvers,
        "draft_sha256": approval.draft_sha256,
        "decided_at": last.decided_at,
        "review_key": key,
    }
