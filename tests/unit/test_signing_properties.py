"""Signing, of whatever people and attackers can write: a link is its ticket's, and no other's."""

from dataclasses import fields, replace
from typing import Any

from galley.signing import SigningKey, Ticket
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.unit.fakes import a_ticket

# The same examples each time, however slow the machine is.
EXAMPLES = settings(derandomize=True, deadline=None, max_examples=100)

WORDS = st.text(max_size=40)
NUMBERS = st.integers(min_value=-(2**63), max_value=2**63)
KEYS = st.binary(min_size=1, max_size=64).map(SigningKey)
TICKETS = st.builds(
    Ticket,
    workflow_id=WORDS,
    tenant=WORDS,
    round=NUMBERS,
    reviewer=WORDS,
    draft_sha256=WORDS,
    expires_at=NUMBERS,
)
# What can stand in a query: half characters, which no encoding has, and far too much of anything.
SENT = st.one_of(
    st.text(st.characters(), max_size=80),
    st.text(st.characters(categories=["Cs", "Cc"]), min_size=1, max_size=20),
    st.builds(lambda text, times: text * times, st.text(max_size=8), st.integers(0, 50_000)),
)
NAMES = st.sampled_from(["expires", "kid", "signature"])
FIELDS = st.sampled_from([field.name for field in fields(Ticket)])


def another(ticket: Ticket, name: str, word: str, number: int) -> Ticket:
    """Return a ticket with another value in a field."""
    value: Any = word if isinstance(getattr(ticket, name), str) else number
    return replace(ticket, **{name: value})


@EXAMPLES
@given(TICKETS, KEYS)
def test_a_tickets_own_link_is_valid(ticket: Ticket, key: SigningKey) -> None:
    assert ticket.is_linked_by(ticket.query(key), key)


@EXAMPLES
@given(TICKETS, KEYS, FIELDS, WORDS, NUMBERS)
def test_a_link_is_void_for_a_ticket_that_differs_in_a_field(
    ticket: Ticket, key: SigningKey, name: str, word: str, number: int
) -> None:
    other = another(ticket, name, word, number)
    assume(other != ticket)

    # the deadline stands in the link, too: whoever changes it changes it there as well
    assert not other.is_linked_by(ticket.query(key) | {"expires": str(other.expires_at)}, key)


@EXAMPLES
@given(TICKETS, KEYS, NAMES, SENT)
def test_a_link_is_void_when_any_part_of_it_is_another(
    ticket: Ticket, key: SigningKey, name: str, sent: str
) -> None:
    query = ticket.query(key)
    assume(query[name] != sent)

    assert not ticket.is_linked_by(query | {name: sent}, key)


@EXAMPLES
@given(TICKETS, KEYS, NAMES)
def test_a_link_is_void_without_any_part_of_it(ticket: Ticket, key: SigningKey, name: str) -> None:
    query = ticket.query(key)
    del query[name]

    assert not ticket.is_linked_by(query, key)


@EXAMPLES
@given(TICKETS, KEYS, KEYS)
def test_a_link_is_void_under_another_key(ticket: Ticket, one: SigningKey, two: SigningKey) -> None:
    # HMAC fills a key up with zeros
    assume(one.secret.rstrip(b"\0") != two.secret.rstrip(b"\0"))

    assert not ticket.is_linked_by(ticket.query(one), two)
    assert not ticket.is_linked_by(ticket.query(one) | {"kid": two.id}, two)


@EXAMPLES
@given(TICKETS, TICKETS, KEYS)
@example(a_ticket(workflow_id="a", tenant="bc"), a_ticket(workflow_id="ab", tenant="c"), None)
@example(a_ticket(round=1, expires_at=23), a_ticket(round=12, expires_at=3), None)
@example(a_ticket(tenant='a", "x": "b'), a_ticket(tenant="a"), None)
def test_no_two_tickets_share_a_signature_or_a_form_token(
    one: Ticket, two: Ticket, key: SigningKey | None
) -> None:
    assume(one != two)
    key = key or SigningKey(b"a key")

    assert one.query(key)["signature"] != two.query(key)["signature"]
    assert one.form_token(key) != two.form_token(key)


@EXAMPLES
@given(TICKETS, TICKETS, KEYS)
def test_what_a_link_carries_is_never_a_form_token(
    one: Ticket, two: Ticket, key: SigningKey
) -> None:
    assert one.form_token(key) not in two.query(key).values()
    assert not one.is_linked_by(one.query(key) | {"signature": one.form_token(key)}, key)


@EXAMPLES
@given(TICKETS, KEYS, st.dictionaries(st.one_of(NAMES, SENT), SENT, max_size=6))
def test_no_query_is_too_strange_to_be_refused(
    ticket: Ticket, key: SigningKey, query: dict[str, str]
) -> None:
    assert ticket.is_linked_by(query, key) is False


@EXAMPLES
@given(TICKETS, KEYS, st.dictionaries(SENT, SENT, max_size=6))
def test_what_else_a_query_carries_does_not_matter(
    ticket: Ticket, key: SigningKey, more: dict[str, str]
) -> None:
    assert ticket.is_linked_by(more | ticket.query(key), key)
