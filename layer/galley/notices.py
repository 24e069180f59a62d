"""Word to the other reviewers when one has decided: who is told, and what if that fails."""

from galley import letters
from galley.answers import Answer
from galley.errors import GalleyError
from galley.inboxes import Inboxes
from galley.mail import Mailer
from galley.telemetry import logger


def tell_the_others(answer: Answer, inboxes: Inboxes, mailer: Mailer) -> None:
    """Empty the inboxes of a draft that is decided, and tell those who did not decide it."""
    approval, vote = answer.approval, answer.voted
    if approval is None or vote is None or not approval.deciding:
        return
    try:
        inboxes.remove(approval)
        for reviewer in approval.reviewers:
            if reviewer != vote.reviewer:
                mailer.send(reviewer, letters.decided(approval, reviewer))
    except GalleyError as error:  # the decision is taken, whoever knows of it
        logger.warning("not every reviewer was told of a decision: %s", error)
