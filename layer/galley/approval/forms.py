"""The form on the reviewer's page: what it says, and whether that page has sent it."""

import hmac
from base64 import b64decode
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qs

from galley.approval.decisions import Decision, Verdict
from galley.calls import Call

COMMENT_CHARACTERS = 10_000
FORM_CHARACTERS = 250_000  # comments in the longest of scripts, written as forms are
FORM_FIELDS = 200
NOT_OURS = "This form was not sent by the page of your link. Open the link in your mail again."

Form = dict[str, list[str]]


class FormError(Exception):
    """A form that decides nothing; the message says why, to the reviewer."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


def decision_in(form: Mapping[str, Sequence[str]], draft: str) -> Decision:
    """Read a form on a draft; raises `FormError` unless it says one thing, and why."""
    said, comments = form.get("decision", []), comments_of(form, draft)
    if len(said) != 1 or said[0] not in list(Verdict) or len(comments) != 1:
        raise FormError("Choose either to approve or to reject.")
    verdict = Verdict(said[0])
    # browsers send line ends as two characters and count them as one
    comment = comments[0].replace("\r\n", "\n").strip()
    if len(comment) > COMMENT_CHARACTERS:
        longest = f"{COMMENT_CHARACTERS:,} characters"
        raise FormError(f"The comments are longer than {longest}; shorten them.")
    if verdict is Verdict.REJECTED and not comment:
        raise FormError("A rejection needs a comment that says what to change.")
    return Decision(verdict, comment)


def comments_of(form: Mapping[str, Sequence[str]], draft: str) -> list[str]:
    """Return the form's comments with those on sections, each behind its section's heading."""
    from galley.reports.rendering import Manuscript  # which only those need that take a form

    sections = Manuscript.from_markdown(draft).sections
    headings = [section.heading for section in sections if section.heading]
    overall = list(form.get("comments", [""]))
    on_sections = [
        f"On the section “{heading}”: {comment}"
        for number, heading in enumerate(headings, start=1)
        for comment in map(str.strip, form.get(f"section-{number}", []))
        if comment
    ]
    if not on_sections or len(overall) != 1:
        return overall
    return ["\n\n".join(filter(None, [overall[0].strip(), *on_sections]))]


def form_in(body: str, is_base64: bool) -> Form:
    """Return the fields of a form, which the HTTP API sends as base64; bad bytes are replaced."""
    if len(body) > FORM_CHARACTERS:
        raise FormError("The form is too large.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    text = b64decode(body).decode("utf-8", "replace") if is_base64 else body
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=FORM_FIELDS)
    except ValueError as error:
        raise FormError("The form has too many fields.") from error


def check_sender(form: Form, call: Call, token: str) -> None:
    """Raise `FormError` unless a form comes from the page that has this token."""
    given = form.get("form_token", [])
    is_same = len(given) == 1 and hmac.compare_digest(
        given[0].encode("utf-8", "replace"), token.encode("utf-8")
    )
    if not is_same or call.is_cross_site:
        raise FormError(NOT_OURS, HTTPStatus.FORBIDDEN)
