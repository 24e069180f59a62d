"""Inbox: what waits for whoever is signed in, and nothing else."""

import re
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from galley.approval.decisions import Approval, Rule, Verdict
from galley.sign_in.sessions import Session
from galley.workflows import WAITING, Workflows

from functions.inbox import app
from tests.unit.fakes import (
    REVIEWER,
    SIGNING_KEY,
    TASK_TOKEN,
    TOPIC,
    a_context,
    a_vote,
    an_approval,
    load_event,
)


@pytest.fixture
def asked(registered: Workflows) -> Workflows:
    """Give a table with one draft that waits."""
    wait(registered, an_approval())
    return registered


def wait(workflows: Workflows, approval: Approval) -> None:
    """Let a draft wait for its reviewers."""
    workflows.ask_approval(approval)
    workflows.set_status(approval.scope.workflow_id, WAITING, round=approval.round)
    for reviewer in approval.reviewers:
        app.INBOXES.add(approval, reviewer)


def inbox(address: str = REVIEWER) -> dict[str, Any]:
    """Return the inbox of somebody who has signed in; of nobody where there is no address."""
    event = load_event("inbox")
    if address:
        cookie = Session.begin(address, ()).cookie(SIGNING_KEY, "https://approvals.example.com")
        event["cookies"] = [f"{cookie.name}={cookie.value}"]
    return app.lambda_handler(event, a_context())


def links_in(response: dict[str, Any]) -> list[str]:
    """Return the links to drafts."""
    return [
        link.replace("&amp;", "&")
        for link in re.findall(r'href="(/approvals/[^"]+)"', response["body"])
    ]


@pytest.mark.parametrize("address", [REVIEWER, "Editor@Example.com"])
def test_a_draft_that_waits_is_listed_with_a_genuine_link(asked: Workflows, address: str) -> None:
    response = inbox(address)

    (link,) = links_in(response)
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert an_approval().ticket_of(REVIEWER).is_linked_by(query, SIGNING_KEY)
    assert TOPIC in response["body"]


def test_a_letter_that_looks_like_the_reviewers_is_another(registered: Workflows) -> None:
    wait(registered, replace(an_approval(), reviewers=["kate@example.com"]))

    assert links_in(inbox("\N{KELVIN SIGN}ate@example.com")) == []
    assert len(links_in(inbox("Kate@example.com"))) == 1


def test_whoever_is_not_signed_in_is_sent_to_sign_in(asked: Workflows) -> None:
    response = inbox("")

    assert (303, "/sign-in?to=%2Finbox") == (
        response["statusCode"],
        response["headers"]["Location"],
    )


def test_where_nobody_signs_in_there_is_no_inbox(
    asked: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SIGNS_IN", False)

    response = inbox()

    assert response["statusCode"] == 404
    assert TOPIC not in response["body"]


def test_nobody_sees_what_waits_for_others(asked: Workflows) -> None:
    assert links_in(inbox("eve@example.com")) == []


@pytest.mark.parametrize("status", ["ABORTED", "PUBLISHED", "REJECTED", "RUNNING"])
def test_what_waits_no_longer_is_not_listed(asked: Workflows, status: str) -> None:
    asked.set_status("lighthouses-1", status)

    assert links_in(inbox()) == []


def test_an_earlier_round_is_not_listed(asked: Workflows) -> None:
    wait(asked, an_approval(round=2))

    (link,) = links_in(inbox())
    assert link.startswith("/approvals/lighthouses-1/2?")


def test_what_one_has_decided_is_not_listed(registered: Workflows) -> None:
    approval = an_approval(reviewers=[REVIEWER, "b@example.com"], rule=Rule.ALL)
    wait(registered, approval)

    registered.vote(approval, a_vote(Verdict.APPROVED))

    assert links_in(inbox()) == []
    assert len(links_in(inbox("b@example.com"))) == 1


def test_what_is_over_is_not_listed(registered: Workflows) -> None:
    wait(registered, an_approval(expires_at=int(time.time()) - 1))

    assert links_in(inbox()) == []


def test_a_decided_draft_leaves_every_inbox(asked: Workflows) -> None:
    app.INBOXES.remove(an_approval())

    assert links_in(inbox()) == []


def test_the_page_has_no_token_and_escapes_what_others_wrote(registered: Workflows) -> None:
    wait(registered, replace(an_approval(), topic="<b>bold</b>", task_token=TASK_TOKEN))

    body = inbox()["body"]

    assert "<b>" not in body
    assert TASK_TOKEN not in body


@pytest.mark.parametrize("address", ["straße@example.com", "ſtrasse@example.com"])
def test_an_address_that_looks_alike_is_somebody_elses(registered: Workflows, address: str) -> None:
    wait(registered, an_approval(reviewers=["strasse@example.com"]))

    assert links_in(inbox(address)) == []
    assert len(links_in(inbox("Strasse@Example.com"))) == 1
