"""
Letters to reviewers: one content, as text for every mail program and as HTML for most.

Topics, drafts and names are others' words: in HTML they are escaped, and a subject is one line.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from galley.approval.decisions import Approval, Rule, in_words
from galley.pages import ENVIRONMENT
from galley.reports.rendering import text_from_markdown

if TYPE_CHECKING:
    from galley.reports.bundle import Bundle

EXCERPT_CHARACTERS = 400
BEGINNING_CHARACTERS = 10 * EXCERPT_CHARACTERS  # in which an excerpt is looked for
SUBJECT_CHARACTERS = 120
COMMENT_CHARACTERS = 2000  # of all that reviewers may have written

PARTIAL = "a budget was reached before all was done"

_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.I)
_CITATION = re.compile(r"\s*\[\d{1,3}\]")


@dataclass(frozen=True)
class Letter:
    """What a letter says: an opening, facts by their names, an excerpt, and at most one link."""

    subject: str
    opening: str
    facts: Mapping[str, str]
    excerpt: str = ""
    action: str = ""
    link: str = field(default="", repr=False)  # whoever has it may decide
    closing: str = ""

    @property
    def subject_line(self) -> str:
        """The subject as a mail's header takes it."""
        line = " ".join(self.subject.split())
        return line if len(line) <= SUBJECT_CHARACTERS else f"{line[: SUBJECT_CHARACTERS - 1]}…"

    @property
    def text(self) -> str:
        """The letter as plain text."""
        return ENVIRONMENT.get_template("letter.txt").render(letter=self)

    @property
    def html(self) -> str:
        """The letter as HTML that loads nothing."""
        return ENVIRONMENT.get_template("letter.html").render(letter=self)


def asking(
    approval: Approval, reviewer: str, draft: str, link: str, *, is_reminder: bool = False
) -> Letter:
    """Return the letter that asks a reviewer for a decision, or asks again near its deadline."""
    asked = Letter(
        subject=f"Approve? {approval.topic}",
        opening="A research report waits for your decision.",
        facts=_facts(approval, reviewer) | {"Deadline": date_of(approval.expires_at)},
        excerpt=first_lines(draft),
        action="Read it, and approve or reject it",
        link=link,
        closing="Opening the link decides nothing.",
    )
    if not is_reminder:
        return asked
    return replace(
        asked,
        subject=f"Reminder: {approval.topic}",
        opening="A research report still waits for your decision, and the deadline is near.",
        closing="Without a decision it is not published. Opening the link decides nothing.",
    )


def decided(approval: Approval, reviewer: str) -> Letter:
    """Return the letter that tells a reviewer what others have decided."""
    last = approval.deciding
    verdict = last.decision.capitalize() if last else ""
    return Letter(
        subject=f"{verdict}: {approval.topic}",
        opening=f"A research report that waited for your decision is {approval}.",
        facts=_facts(approval, reviewer) | {"Comments": _shortened(approval.comments)},
        closing="There is nothing left for you to do in this round.",
    )


def published(bundle: "Bundle", link: str, expires_at: int, not_made: Sequence[str]) -> Letter:
    """Return the letter that brings reviewers the report that they have approved."""
    return Letter(
        subject=f"Published: {bundle.workflow['topic']}",
        opening="A research report that you were asked about is published.",
        facts={
            "Topic": bundle.workflow["topic"],
            "Tenant": bundle.workflow["tenant"],
            "Round": str(bundle.round),
            "Approved": bundle.approved,
            "SHA-256": bundle.report_sha256,
            "Partial": PARTIAL if bundle.cost.get("partial") else "",
            "Missing": f"{in_words(not_made)} could not be made" if not_made else "",
        },
        action="Read it",
        link=link,
        closing=f"The link works until {date_of(expires_at)}. It leads to other files with one of "
        "these behind it: &file=report.pdf &file=report.docx &file=report.md &file=evidence.json",
    )


def expired(tenant: str, topic: str) -> Letter:
    """Return the letter that tells a reviewer that a deadline has passed."""
    return Letter(
        subject=f"Expired: {topic}",
        opening="A research report waited for your decision until its deadline.",
        facts={"Topic": topic, "Tenant": tenant},
        closing="Its link is of no use any more. The draft is kept, and nothing was published.",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= COMMENT_CHARACTERS else f"{text[:COMMENT_CHARACTERS]} …"


def _facts(approval: Approval, reviewer: str) -> dict[str, str]:
    facts = {
        "Topic": approval.topic,
        "Tenant": approval.scope.tenant,
        "Round": str(approval.round),
    }
    others = [each for each in approval.reviewers if each != reviewer]
    if approval.is_partial:
        facts["Partial"] = PARTIAL
    if others:
        needed = "any one of you decides" if approval.rule is Rule.ANY else "all must approve"
        facts["Others"] = f"{in_words(others)}; {needed}"
    return facts


def first_lines(markdown: str) -> str:
    """Return how a draft begins, without headings, markup and citations, cut at a word."""
    paragraphs = (part.strip() for part in markdown.split("\n\n"))
    said = " ".join(each for each in paragraphs if each and not each.startswith(("#", "|", ">")))
    beginning = " ".join(said.split())[:BEGINNING_CHARACTERS]
    text = _CITATION.sub("", text_from_markdown(beginning))
    text = _ADDRESS.sub("[…]", text)  # mail programs would make links of what a source has planted
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    return text[:EXCERPT_CHARACTERS].rpartition(" ")[0].rstrip(",;:–—-") + " …"


def date_of(seconds: int) -> str:
    """Return a time, in seconds since the epoch, as a letter says it."""
    time = datetime.fromtimestamp(seconds, UTC)
    return f"{time:%A} {time.day} {time:%B %Y, %H:%M} UTC"
