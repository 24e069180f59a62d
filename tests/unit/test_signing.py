"""Signing: a link stands for everything the reviewer is asked about, and for nothing else."""

from dataclasses import fields, replace
from typing import Any

import pytest
from galley.signing import Ticket

from tests.unit.fakes import SIGNING_KEY, a_ticket

TICKET = a_ticket()
CHANGES: dict[str, Any] = {
    "workflow_id": "lighthouses-2",
    "tenant": "radio",
    "round": 2,
    "reviewer": "eve@example.com",
    "draft_sha256": "1" * 64,
    "expires_at": TICKET.expires_at + 1,
}


def test_a_ticket_knows_its_own_signature() -> None:
    assert TICKET.is_signed_by(TICKET.signature(SIGNING_KEY), SIGNING_KEY)


def test_a_signature_is_the_same_every_time() -> None:
    assert a_ticket().signature(SIGNING_KEY) == a_ticket().signature(SIGNING_KEY)


@pytest.mark.parametrize("name", [field.name for field in fields(Ticket)])
def test_a_signature_is_void_for_any_other_ticket(name: str) -> None:
    other = replace(TICKET, **{name: CHANGES[name]})

    assert not other.is_signed_by(TICKET.signature(SIGNING_KEY), SIGNING_KEY)


def test_a_signature_is_void_under_another_key() -> None:
    assert not TICKET.is_signed_by(TICKET.signature(b"another key"), SIGNING_KEY)


@pytest.mark.parametrize("signature", ["", "0" * 64, "not hexadecimal", "ünicode ²", "\x00"])
def test_what_is_no_signature_is_void(signature: str) -> None:
    assert not TICKET.is_signed_by(signature, SIGNING_KEY)


def test_a_signature_in_capitals_is_void() -> None:
    assert not TICKET.is_signed_by(TICKET.signature(SIGNING_KEY).upper(), SIGNING_KEY)


def test_two_tickets_never_have_the_same_message() -> None:
    one = replace(TICKET, workflow_id="a", tenant="bc")
    two = replace(TICKET, workflow_id="ab", tenant="c")

    assert one.signature(SIGNING_KEY) != two.signature(SIGNING_KEY)


def test_a_link_names_workflow_and_round_and_carries_the_signature_alone() -> None:
    expected = f"/approvals/lighthouses-1/1?signature={TICKET.signature(SIGNING_KEY)}"

    assert expected == TICKET.path(SIGNING_KEY)
