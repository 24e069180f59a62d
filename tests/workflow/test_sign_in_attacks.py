"""The attacks on sign-in: none of them works, and one that did would be noticed."""

from typing import Any

import pytest
from galley.sessions import Session

from galley_local.attacks.by_sign_in import BY_SIGN_IN, REVIEWER
from galley_local.attacks.signing_in import SigningIn, is_signed_in, on_sign_in, signing_in
from galley_local.attacks.wire import Reply
from galley_local.scenarios import short_corpus
from galley_local.stack import Stack

from .conftest import CORPUS


@pytest.fixture(scope="module")
def target() -> Any:
    """Give a workflow that waits for whoever has signed in."""
    with Stack(short_corpus(CORPUS), sign_in=True) as stack:
        yield signing_in(stack, "")


@pytest.mark.parametrize("name", BY_SIGN_IN)
def test_no_attack_signs_anybody_in(target: SigningIn, name: str) -> None:
    attack = BY_SIGN_IN[name]
    secrets, before = target.secrets(), target.state()

    replies = list(attack.attack(attack.prepare(target.stack, name)))

    assert replies
    assert not attack.is_wrong(target, before, replies)
    assert [reply.status for reply in replies if not 200 <= reply.status < 500] == []
    assert [leak for reply in replies for leak in reply.leaks(secrets)] == []


def test_a_sign_in_without_an_attack_is_one(target: SigningIn) -> None:
    before, begun = target.state(), target.begin("/inbox")

    reply = target.finish(begun, code=target.code(begun, REVIEWER))

    assert reply.status == 303
    assert is_signed_in(target, before, [reply])


def test_a_session_of_the_stacks_own_key_is_noticed(target: SigningIn) -> None:
    cookie = Session.begin(REVIEWER, []).cookie(target.key(), "http:")
    attack = on_sign_in(lambda target: target.as_whom(f"{cookie.name}={cookie.value}"))

    replies = list(attack.attack(target))

    assert attack.is_wrong(target, target.state(), replies)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(303, {"location": "https://evil.example"}, ""),
        Reply(200, {"set-cookie": "galley-session=x; Path=/"}, ""),
        Reply(200, {}, "You are signed in"),
        Reply(200, {}, '<a href="https://evil.example">'),
        Reply(200, {}, '<input name="form_token">'),
    ],
    ids=str,
)
def test_what_must_not_happen_is_noticed(target: SigningIn, reply: Reply) -> None:
    assert is_signed_in(target, target.state(), [reply])


def test_what_may_happen_is_let_pass(target: SigningIn) -> None:
    replies = [Reply(200, {"set-cookie": "galley-session=; Max-Age=0"}, "You are signed out")]

    assert not is_signed_in(target, target.state(), replies)
    assert is_signed_in(target, "something else", replies)
