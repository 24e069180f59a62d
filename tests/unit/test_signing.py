"""Signing: a link stands for everything the reviewer is asked about, and for nothing else."""

from dataclasses import fields, replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from galley.signing import SigningKey, Ticket

from tests.unit.fakes import SIGNING_KEY, a_ticket

TICKET = a_ticket()
QUERY = TICKET.query(SIGNING_KEY)
CHANGES: dict[str, Any] = {
    "workflow_id": "lighthouses-2",
    "tenant": "radio",
    "round": 2,
    "reviewer": "eve@example.com",
    "draft_sha256": "1" * 64,
    "expires_at": TICKET.expires_at + 1,
}


def test_a_ticket_knows_its_own_link() -> None:
    assert TICKET.is_linked_by(QUERY, SIGNING_KEY)


def test_a_link_is_the_same_every_time() -> None:
    assert a_ticket().path(SIGNING_KEY) == a_ticket().path(SIGNING_KEY)


@pytest.mark.parametrize("name", [field.name for field in fields(Ticket)])
def test_a_signature_is_void_for_any_other_ticket(name: str) -> None:
    other = replace(TICKET, **{name: CHANGES[name]})
    query = QUERY | {"expires": str(other.expires_at)}

    assert not other.is_linked_by(query, SIGNING_KEY)


def test_a_link_is_void_under_another_key() -> None:
    other = SigningKey(b"another key")

    assert not TICKET.is_linked_by(TICKET.query(other), SIGNING_KEY)
    assert not TICKET.is_linked_by(TICKET.query(other) | {"kid": SIGNING_KEY.id}, SIGNING_KEY)


@pytest.mark.parametrize("signature", ["", "0" * 64, "not hexadecimal", "ünicode ²", "\x00"])
def test_what_is_no_signature_is_void(signature: str) -> None:
    assert not TICKET.is_linked_by(QUERY | {"signature": signature}, SIGNING_KEY)


def test_a_signature_in_capitals_is_void() -> None:
    capitals = QUERY | {"signature": QUERY["signature"].upper()}

    assert not TICKET.is_linked_by(capitals, SIGNING_KEY)


@pytest.mark.parametrize("expires", ["", "0", f"{TICKET.expires_at}.0", f"+{TICKET.expires_at}"])
def test_a_deadline_that_was_edited_is_void(expires: str) -> None:
    assert not TICKET.is_linked_by(QUERY | {"expires": expires}, SIGNING_KEY)


def test_what_else_a_link_carries_does_not_matter() -> None:
    assert TICKET.is_linked_by(QUERY | {"utm_source": "mail"}, SIGNING_KEY)


def test_two_tickets_never_have_the_same_message() -> None:
    one = replace(TICKET, workflow_id="a", tenant="bc")
    two = replace(TICKET, workflow_id="ab", tenant="c")

    assert one.query(SIGNING_KEY) != two.query(SIGNING_KEY)


def test_a_link_names_workflow_round_deadline_and_key() -> None:
    path, _, query = TICKET.path(SIGNING_KEY).partition("?")

    assert path == "/approvals/lighthouses-1/1"
    assert dict(parse_qsl(query)) == QUERY
    assert (QUERY["expires"], QUERY["kid"]) == (str(TICKET.expires_at), SIGNING_KEY.id)


def test_a_link_fits_into_two_lines_of_a_mail() -> None:
    assert len(TICKET.path(SIGNING_KEY)) < 150


def test_a_key_does_not_show_itself() -> None:
    assert "signing key" not in repr(SIGNING_KEY)
    assert SIGNING_KEY.secret.hex()[:8] != SIGNING_KEY.id
