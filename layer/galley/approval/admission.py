"""Admission: where reviewers sign in, whoever has a link must also be its reviewer."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from galley.approval.answers import Answer
from galley.sign_in.sessions import Session

SIGN_IN = "Sign in to see this draft, then send what you have written again: go back to find it."
NOT_YOURS = "You are signed in as {}, and this draft waits for somebody else's decision."


def admitted(answer: Answer, session: Session | None) -> Answer:
    """Return an answer to whoever is signed in; without its draft unless they may review it."""
    if answer.known is None:
        return answer
    if session is None:
        return answer.hiding(HTTPStatus.UNAUTHORIZED, SIGN_IN)
    if not session.may_review(answer.reviewer, answer.known.scope.tenant):
        refused = replace(answer, by=session.address)
        return refused.hiding(HTTPStatus.FORBIDDEN, NOT_YOURS.format(session.address))
    return answer if session.is_of(answer.reviewer) else replace(answer, by=session.address)


def way_in(path: str, query: Mapping[str, str]) -> str:
    """Return where to sign in, and to come back from."""
    back = f"{path}?{urlencode(query, errors='replace')}" if query else path
    return f"/sign-in?{urlencode({'to': back})}"
