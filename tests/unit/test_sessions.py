"""Sessions: whom a cookie stands for, and that nobody else can make or change one."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, replace
from typing import Any

import pytest
from galley.sign_in.attempts import Attempt
from galley.sign_in.cookies import signed_cookie
from galley.sign_in.sessions import LIFETIME_SECONDS, Session, no_session, session_in
from galley.signing import SigningKey
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.unit.fakes import SIGNING_KEY, FakeKeys

OTHER_KEY = SigningKey(b"another key")
KEYS = FakeKeys(SIGNING_KEY)
HTTPS, HTTP = "https://approvals.example.com", "http://127.0.0.1:4566"
SESSION = Session.begin("Editor@example.com", ["reviewers-press", "staff", "reviewers-press"])


def cookie_of(session: Session, key: SigningKey = SIGNING_KEY, origin: str = HTTPS) -> str:
    """Return a session's cookie as browsers send it."""
    return str(session.cookie(key, origin)).partition(";")[0]


COOKIE = cookie_of(SESSION)
NAME, _, VALUE = COOKIE.partition("=")
TEXT, KEY_ID, SIGNATURE = VALUE.split(".")


@pytest.mark.parametrize("origin", [HTTPS, HTTP])
def test_a_cookie_is_the_session_again(origin: str) -> None:
    cookies = ["theme=dark", cookie_of(SESSION, origin=origin), "other=1"]

    assert session_in(cookies, KEYS) == SESSION


def test_a_session_lasts_a_working_day_and_keeps_groups_of_reviewers() -> None:
    began = time.time()
    session = Session.begin("Editor@example.com", ["reviewers-press", "staff", "reviewers-press"])

    assert began - 1 <= session.expires_at - LIFETIME_SECONDS <= time.time() + 1
    assert session.groups == ("reviewers-press",)


def test_a_cookie_of_the_key_before_is_known_until_that_is_replaced_too() -> None:
    assert session_in([COOKIE], FakeKeys(OTHER_KEY, SIGNING_KEY)) == SESSION
    assert session_in([COOKIE], FakeKeys(OTHER_KEY)) is None


def test_over_https_the_cookie_is_of_this_host_alone() -> None:
    text = str(SESSION.cookie(SIGNING_KEY, HTTPS))

    assert NAME == "__Host-galley-session"
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(text.split("; "))
    assert "Domain" not in text


def test_on_a_laptop_the_cookie_is_one_that_every_browser_takes() -> None:
    text = str(SESSION.cookie(SIGNING_KEY, HTTP))

    assert text.startswith("galley-session=")
    assert "Secure" not in text


def test_a_browser_is_told_to_forget_the_cookie_that_it_has() -> None:
    assert str(no_session(HTTPS)).startswith(f"{NAME}=; Path=/; Max-Age=0;")
    assert session_in([str(no_session(HTTPS)).partition(";")[0]], KEYS) is None


def changed(**fields: Any) -> str:
    """Return the cookie with another content and its own signature."""
    text = urlsafe_b64encode(json.dumps(asdict(SESSION) | fields).encode()).decode().rstrip("=")
    return f"{NAME}={text}.{KEY_ID}.{SIGNATURE}"


FORGED = {
    "another address": changed(address="eve@example.com"),
    "another group": changed(groups=["reviewers-radio"]),
    "another end": changed(expires_at=4_102_444_800),
    "a field more": changed(is_admin=True),
    "of another key": cookie_of(SESSION, OTHER_KEY),
    "of another key that names ours": f"{NAME}={TEXT}.{KEY_ID}."
    + cookie_of(SESSION, OTHER_KEY).rpartition(".")[2],
    "no signature": f"{NAME}={TEXT}.{KEY_ID}.",
    "no key": f"{NAME}={TEXT}",
    "a signature twice": f"{COOKIE}.{SIGNATURE}",
    "a signature in capitals": f"{NAME}={TEXT}.{KEY_ID}.{SIGNATURE.upper()}",
    "a signature that is no ASCII": f"{NAME}={TEXT}.{KEY_ID}.ä{SIGNATURE[1:]}",
    "the key's id as its signature": f"{NAME}={TEXT}.{KEY_ID}.{SIGNING_KEY.sign('key id')}",
    "nothing": f"{NAME}=",
    "a plain name": f"galley-session={VALUE}",
    "another name": f"session={VALUE}",
    "over": cookie_of(replace(SESSION, expires_at=int(time.time()) - 1)),
    "an attempt to sign in": f"{NAME}="
    + str(Attempt.begin("/inbox", KEYS).cookie(HTTPS)).partition(";")[0].partition("=")[2],
    "signed for another cookie": f"{NAME}="
    + str(signed_cookie("other", asdict(SESSION), SIGNING_KEY, HTTPS))
    .partition(";")[0]
    .partition("=")[2],
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED)
def test_what_was_not_signed_like_this_is_no_session(cookie: str) -> None:
    assert session_in([cookie], KEYS) is None


def test_the_genuine_one_of_several_counts() -> None:
    assert session_in([changed(address="eve@example.com"), COOKIE], KEYS) == SESSION


@given(st.integers(0, len(VALUE) - 1), st.characters())
def test_no_character_can_be_changed(place: int, character: str) -> None:
    assume(VALUE[place] != character)

    forged = VALUE[:place] + character + VALUE[place + 1 :]

    assert session_in([f"{NAME}={forged}"], KEYS) is None


@given(st.text())
def test_no_text_is_a_session(text: str) -> None:
    assert session_in([f"{NAME}={text}", text, f"{NAME}={text}.{KEY_ID}.{text}"], KEYS) is None


@given(
    address=st.text(),
    groups=st.lists(st.text()),
    expires_at=st.integers(),
    secret=st.binary().filter(lambda secret: secret != SIGNING_KEY.secret),
)
def test_no_other_key_signs_a_session(
    address: str, groups: list[str], expires_at: int, secret: bytes
) -> None:
    forged = cookie_of(Session(address, tuple(groups), expires_at), SigningKey(secret))

    named = forged.replace(SigningKey(secret).id, KEY_ID)
    assert session_in([forged, named], KEYS) is None


MAY = [
    ("editor@example.com", "radio"),
    ("EDITOR@Example.com", "radio"),
    ("somebody@example.com", "press"),
]
MAY_NOT = [
    ("somebody@example.com", "radio"),
    ("editor@example.com.evil.example", "radio"),
    ("editor@example.co", "radio"),
    ("", "radio"),
    ("somebody@example.com", ""),
    ("somebody@example.com", "pres"),
    ("somebody@example.com", "press-room"),
    ("somebody@example.com", "PRESS"),
]


@pytest.mark.parametrize(("reviewer", "tenant"), MAY)
def test_the_reviewer_and_the_tenants_reviewers_may_review(reviewer: str, tenant: str) -> None:
    assert SESSION.may_review(reviewer, tenant)


@pytest.mark.parametrize(("reviewer", "tenant"), MAY_NOT)
def test_nobody_else_may(reviewer: str, tenant: str) -> None:
    assert not SESSION.may_review(reviewer, tenant)


@pytest.mark.parametrize(
    ("address", "reviewer"),
    [
        pytest.param("\u212aarl@example.com", "karl@example.com", id="Kelvin sign"),
        pytest.param("straße@example.com", "strasse@example.com", id="sharp s"),
        pytest.param("\u0131da@example.com", "ida@example.com", id="dotless i"),
        pytest.param("Ä@example.com", "ä@example.com", id="umlaut"),
        pytest.param("", "", id="nobody"),
    ],
)
def test_letters_that_look_alike_are_other_peoples(address: str, reviewer: str) -> None:
    assert not Session(address, (), 0).may_review(reviewer, "press")
