"""Word to reviewers: who is asked, who is told that others have decided, and what if that fails."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from galley.approval.answers import Answer
from galley.approval.decisions import Approval
from galley.approval.inboxes import Inboxes
from galley.errors import GalleyError
from galley.mail.outbox import Outbox
from galley.telemetry import logger

if TYPE_CHECKING:
    from galley.reports.bundle import Bundle


def ask_reviewers(  # noqa: PLR0913  # what is said, and the two ways in which it reaches them
    approval: Approval,
    draft: str,
    links: Mapping[str, str],
    inboxes: Inboxes,
    outbox: Outbox,
    *,
    is_reminder: bool,
) -> None:
    """Ask each reviewer for a decision by a link of their own, or remind them of it."""
    from galley.mail import letters

    for reviewer, link in links.items():
        inboxes.add(approval, reviewer)
        letter = letters.asking(approval, reviewer, draft, link, is_reminder=is_reminder)
        about = approval.scope.workflow_id, approval.round, approval.expires_at, is_reminder
        outbox.mail(reviewer, letter, *about)


def tell_the_others(answer: Answer, inboxes: Inboxes, outbox: Outbox) -> None:
    """Empty the inboxes of a draft that is decided, and tell those who did not decide it."""
    approval = answer.approval
    last = approval.deciding if approval else None
    if approval is None or last is None or not answer.has_taken:
        return
    from galley.mail import letters  # which no page needs, and most decisions neither

    with _tolerant():
        inboxes.remove(approval)
    about = approval.scope.workflow_id, approval.round
    for reviewer in approval.reviewers:
        if reviewer != last.reviewer:
            with _tolerant():
                outbox.mail(reviewer, letters.decided(approval, reviewer), *about, "decided")


def tell_of_report(
    bundle: "Bundle", address: str, expires_at: int, not_made: Sequence[str], outbox: Outbox
) -> None:
    """Send every reviewer of a published report its link."""
    from galley.mail import letters

    letter = letters.published(bundle, address, expires_at, not_made)
    for reviewer in bundle.workflow["reviewers"]:
        outbox.mail(reviewer, letter, bundle.workflow["workflow_id"], bundle.round, "published")


@contextmanager
def _tolerant() -> Iterator[None]:
    try:
        yield
    except GalleyError as error:  # the decision is taken, whoever knows of it
        logger.warning("not every reviewer was told of a decision: %s", error)
