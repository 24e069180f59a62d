"""What the human gate answers: a status, a message, and the draft where it may be shown."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from galley.approval.decisions import Approval, Vote, in_words
from galley.approval.forms import FormError

INVALID = "This link is not valid. If you have a later mail, use the link in that one."
CHANGED = "The draft is no longer the one that was sent to you; nothing can be decided on it."
OVER = "The time to decide on this draft is over."
CLOSED = "The workflow no longer waits for a decision: it has ended."
REPLACED = "A newer draft, of round {}, has replaced this one; its link came in a later mail."
TWICE = "All of the reviewers must approve, and you have a part already: nobody decides for two."
UNTOLD = "The decision is kept, but the workflow could not be told of it: please send it again."


@dataclass(frozen=True)
class Answer:
    """
    What the API says to whoever has a link.

    `known` is the approval of a genuine link, for the audit; `approval` is the same where its
    draft may be shown. `voted` is the decision that this very call has brought; `has_taken`, that
    the call has brought one, now or before.
    """

    status: HTTPStatus
    message: str
    approval: Approval | None = None
    draft: str = ""
    known: Approval | None = None
    reviewer: str = ""
    form_token: str = ""
    by: str = ""  # who is signed in, where that is not the reviewer
    has_taken: bool = False  # a decision, now or when it was sent before
    voted: Vote | None = None

    @property
    def resend(self) -> Vote | None:
        """The vote that decided, where the workflow could not be told of it."""
        approval = self.approval
        return approval.deciding if approval and not approval.told_at else None

    @property
    def is_open(self) -> bool:
        """Whether this reviewer can still decide, or send again what was decided."""
        if self.approval is None or self.approval.told_at or self.status is HTTPStatus.GONE:
            return False
        return bool(self.resend) or self.reviewer in self.approval.silent

    def saying(
        self, status: HTTPStatus, message: str, approval: Approval | None = None
    ) -> "Answer":
        """Return the same draft with another message, and the approval as it is by now."""
        shown = approval or self.approval
        return replace(self, status=status, message=message, approval=shown, known=shown)

    def hiding(self, status: HTTPStatus, message: str, known: Approval | None = None) -> "Answer":
        """Return a message without the draft."""
        known = known or self.known
        return Answer(status, message, known=known, reviewer=self.reviewer, by=self.by)

    def refusing(self, error: FormError) -> "Answer":
        """Return why a form decides nothing, with the draft where it is only to be mended."""
        is_to_be_mended = error.status is HTTPStatus.BAD_REQUEST
        say = self.saying if is_to_be_mended else self.hiding
        return say(error.status, str(error))


def waiting_for(approval: Approval, vote: Vote) -> str:
    """Return what a reviewer is told whose vote alone does not decide."""
    return f"{vote}. The draft still waits for {in_words(approval.silent)}"
