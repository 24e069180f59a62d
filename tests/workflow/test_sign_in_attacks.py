"""The attacks on sign-in are noticed where one works; that none does is in test_attacks.py."""

import json
from collections.abc import Iterator

import pytest
from galley.sign_in.sessions import Session

from galley_local.attacks.by_sign_in import BY_SIGN_IN
from galley_local.attacks.search import Secret, found_in, signatures, written
from galley_local.attacks.signing_in import STRANGER, SigningIn, is_let_in, is_signed_in
from galley_local.attacks.target import REVIEWER, TOPIC
from galley_local.attacks.wire import Reply
from galley_local.playing import short_corpus
from galley_local.stack import Stack

from .conftest import CORPUS


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Give a stack on which reviewers sign in."""
    with Stack(short_corpus(CORPUS), sign_in=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def target(stack: Stack) -> SigningIn:
    """Give a workflow that waits for whoever has signed in."""
    return SigningIn(stack, "noticed")


def test_a_sign_in_without_an_attack_is_one(target: SigningIn) -> None:
    before, begun = target.state(), target.begin("/inbox")

    reply = target.finish(begun, code=target.code(begun, REVIEWER))

    assert reply.status == 303
    assert is_signed_in(target, before, [reply])


def test_a_session_of_the_stacks_own_key_is_noticed(target: SigningIn) -> None:
    cookie = Session.begin(REVIEWER, []).cookie(target.key(), "http:")

    shown = target.ask("/sign-out", headers={"Cookie": f"{cookie.name}={cookie.value}"})

    assert is_signed_in(target, target.state(), [shown])


def test_whoever_sees_and_decides_is_noticed(stack: Stack) -> None:
    target = SigningIn(stack, "decided")
    before = target.state()

    replies = target.as_whom(target.sign_in("chief@example.com", "reviewers-decided"))

    assert [reply.status for reply in replies] == [200] * 4
    assert is_let_in(target, target.state(), replies[2:3])  # by what was shown
    assert is_let_in(target, before, [])  # by what has changed


def test_whoever_has_the_inbox_of_another_is_noticed(target: SigningIn) -> None:
    (own, others) = (
        target.ask("/inbox", headers={"Cookie": target.sign_in(address)})
        for address in (REVIEWER, STRANGER)
    )

    assert is_let_in(target, target.state(), [own])
    assert not is_let_in(target, target.state(), [others])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(303, {"location": "https://evil.example"}, ""),
        Reply(200, {"set-cookie": "galley-session=x; Path=/"}, ""),
        Reply(200, {}, "You are signed in"),
        Reply(200, {}, '<a href="https://evil.example">'),
        Reply(200, {}, '<input name="form_token">'),
        Reply(200, {}, TOPIC),
    ],
    ids=str,
)
def test_what_must_not_happen_is_noticed(target: SigningIn, reply: Reply) -> None:
    assert is_signed_in(target, target.state(), [reply])


def test_what_may_happen_is_let_pass(target: SigningIn) -> None:
    replies = [Reply(200, {"set-cookie": "galley-session=; Max-Age=0"}, "You are signed out")]

    assert not is_signed_in(target, target.state(), replies)
    assert is_signed_in(target, "something else", replies)


def test_every_attack_brings_a_form_that_would_decide(target: SigningIn) -> None:
    assert target.door.form_token
    assert all(attack.prepare(target.stack, "").door.form_token for attack in BY_SIGN_IN.values())


def test_a_secret_is_found_wherever_it_is_written(stack: Stack, target: SigningIn) -> None:
    target.sign_in(REVIEWER)
    hidden = target.hidden() | signatures(stack)
    assert {secret.what for secret in hidden} == {
        *("a task token", "the signing key", "a form token", "a link's signature"),
        *("a session", "a sign-in's cookie", "a code of the pool", "a code's verifier"),
    }
    assert found_in(written(stack), hidden) == []

    bucket, table = stack.outputs["ArtifactsBucket"], stack.outputs["TableName"]
    stack.client("s3").put_object(Bucket=bucket, Key="noticed/x", Body=b"of-artifacts")
    item = {"pk": {"S": "x"}, "sk": {"S": "of-records"}}
    stack.client("dynamodb").put_item(TableName=table, Item=item)
    (stack.work / "x.log").write_text("of-logs", encoding="utf-8")
    event = {"Source": "galley", "DetailType": "x", "Detail": json.dumps({"x": "of-events"})}
    entry = {"EventBusName": stack.outputs["EventBusName"], **event}
    stack.client("events").put_events(Entries=[entry])

    for where in ("artifact", "record", "log", "event"):
        found = found_in(written(stack), [Secret("a secret", f"of-{where}s")])
        assert found == [f"a secret in {where}s"]
    assert found_in(written(stack), [Secret("the topic", TOPIC)])[-1] == "the topic in records"
    mailed = next(iter(signatures(stack))).text
    assert found_in(written(stack), [Secret("a link", mailed)]) == ["a link in mails"]
