"""
The way to the human gate: a reviewer's own link, opened and answered as their browser would.

No vote is written here. The approval API takes it, with all that it checks: the link's signature,
the deadline, the draft's hash, the form's token, who signs in; and it writes its audit.
"""

import html
import re
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from urllib.parse import SplitResult, urlsplit

from galley_cli.target import Target
from galley_cli.workflows.options import CommandError
from galley_cli.workflows.seen import Round, Workflow
from galley_local.reviewer import SETTLED, Browser, Page, decide

_MESSAGE = re.compile(r'<p [^>]*role="(?:status|alert)"[^>]*>(.*?)</p>', re.S)
_FOR = re.compile(r"<dt>For</dt><dd>(.*?)</dd>", re.S)
_TITLE = re.compile(r"<title>(.*?)</title>", re.S)
_TAGS = re.compile(r"<[^>]+>")
_PRINTABLE = re.compile(r"[!-~]+")
# Their texts, and what they are shown with, may hold the link, which is as good as a signature.
_FAILED_ON_THE_WAY = (OSError, HTTPException, ValueError)


@dataclass(frozen=True)
class Gate:
    """One reviewer's page of one round, open."""

    page: Page
    asked: Round

    @property
    def title(self) -> str:
        """What the page calls the draft."""
        return _found(_TITLE, self.page)

    @property
    def reviewer(self) -> str:
        """Whose link it is."""
        return _found(_FOR, self.page)

    def decide(self, decision: str, comments: str) -> str:
        """Send the page's form; return what is answered. Raises `CommandError` if not taken."""
        try:
            answer = decide(self.page, decision, comments)
        except _FAILED_ON_THE_WAY:
            raise CommandError(
                f"{urlsplit(self.page.link).netloc} did not answer; whether the decision counts, "
                "says `galley show`"
            ) from None
        said = said_on(answer)
        if answer.status != HTTPStatus.OK:
            raise CommandError(f"the approval API answered {answer.status}: {said}")
        return said


def open_gate(target: Target, workflow: Workflow, link: str) -> Gate:
    """Open a link, after it was checked to be of this stack, this workflow and this round."""
    asked = workflow.waiting
    if asked is None:
        raise CommandError(
            f"{workflow.workflow_id} waits for nobody: `galley show {workflow.workflow_id}` says "
            "how it is"
        )
    _check(target, workflow, asked, link)
    try:
        page = Browser(on_this_machine=target.is_laptop, agent="galley").open(link)
    except _FAILED_ON_THE_WAY:
        raise CommandError(f"{urlsplit(link).netloc} cannot be reached") from None
    if urlsplit(page.link)[:3] != urlsplit(link)[:3]:  # the link leads on to the user pool
        inbox = f"{target.output('ApprovalUrl')}/inbox"
        raise CommandError(
            "reviewers of this stack sign in, which a command cannot do for them: open the link "
            f"in a browser, or {inbox}"
        )
    if page.status not in SETTLED or not page.form_token:
        raise CommandError(f"there is nothing to decide by this link: {said_on(page)}")
    return Gate(page, asked)


def said_on(page: Page) -> str:
    """Return what a page of the approval API says first."""
    return _found(_MESSAGE, page) or f"HTTP {page.status}"


def _check(target: Target, workflow: Workflow, asked: Round, link: str) -> None:
    # before anything is sent there: a link to elsewhere would be told of a decision
    own, given = urlsplit(target.output("ApprovalUrl")), _split(link)
    if (given.scheme, given.netloc) != (own.scheme, own.netloc):
        raise CommandError(
            f"the link is not one of this stack, whose links begin with {own.geturl()}"
        )
    expected = f"/approvals/{workflow.workflow_id}/{asked.number}"
    if given.path != expected:
        raise CommandError(
            f"the link is not that of round {asked.number} of {workflow.workflow_id}: "
            "take the one in the last mail"
        )


def _split(link: str) -> SplitResult:
    try:
        if _PRINTABLE.fullmatch(link):
            return urlsplit(link)
    except ValueError:  # brackets that hold no address
        pass
    raise CommandError("the link is none: copy it anew from the mail, whole and without blanks")


def _found(pattern: re.Pattern[str], page: Page) -> str:
    found = pattern.search(page.text)
    fragment = found[1] if found else ""
    return " ".join(html.unescape(_TAGS.sub("", fragment)).split())
