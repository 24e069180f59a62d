"""Word to the other reviewers when one has decided: who is told, and what if that fails."""

from galley import letters
from galley.answers import Answer
from galley.errors import GalleyError
from galley.inboxes import Inboxes
from galley.outbox import Outbox
from galley.telemetry import logger


def tell_the_others(answer: Answer, inboxes: Inboxes, outbox: Outbox) -> None:
    """Empty the inboxes of a draft that is decided, and tell those who did not decide it."""
    approval = answer.approval
    last = approval.deciding if approval else None
    if approval is None or last is None:
        return
    try:
        inboxes.remove(approval)
        for reviewer in approval.reviewers:
            if reviewer != last.reviewer:
                letter = letters.decided(approval, reviewer)
                outbox.mail(reviewer, letter, approval.scope.workflow_id, approval.round, "decided")
    except GalleyError as error:  # the decision is taken, whoever knows of it
        logger.warning("not every reviewer was told of a decision: %s", error)
