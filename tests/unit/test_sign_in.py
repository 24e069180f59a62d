"""Sign-in: who comes back from the user pool with what they were sent for, and nobody else."""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import AbstractHTTPHandler

import jwt
import pytest
from galley.secrets import SigningKeys
from galley.sign_in.attempts import LIFETIME_SECONDS, Attempt
from galley.sign_in.sessions import MOST_GROUPS, Session, session_in
from galley.sign_in.user_pools import UserPool
from galley.signing import SigningKey

from functions.sign_in import app
from tests.unit import fake_pool
from tests.unit.fake_pool import ADDRESS, KEYS_URL, TOKEN_URL, FakePool, claims, token
from tests.unit.fakes import SIGNING_KEY, FakeKeys, a_context, load_event

LINK = f"/approvals/lighthouses-1/1?expires=1796025512&kid={'0' * 8}&signature={'0' * 64}"
CODE = "a-code-of-the-pool"
ORIGIN = "https://approvals.example.com"
ROUTES = [("GET", "/sign-in"), ("GET", "/signed-in"), ("GET", "/sign-out"), ("POST", "/sign-out")]

Logged = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> FakeKeys:
    """Give the keys that sign."""
    keys = FakeKeys(SIGNING_KEY)
    monkeypatch.setattr(app, "KEYS", keys)
    return keys


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> FakePool:
    """Give the user pool that the function asks, whose keys it does not know yet."""
    fake = FakePool()
    monkeypatch.setattr(AbstractHTTPHandler, "do_open", fake.do_open)
    app.POOL.__dict__.pop("_keys", None)
    return fake


def call(
    method: str = "GET",
    path: str = "/sign-in",
    query: dict[str, str] | None = None,
    cookies: list[str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Send a request as the HTTP API does."""
    event = load_event("sign_in")
    event["routeKey"] = f"{method} {path}"
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["requestContext"]["http"]["method"] = method
    event["queryStringParameters"] = query or {}
    event["headers"] |= headers or {}
    if cookies:
        event["cookies"] = cookies
    return app.lambda_handler(event, a_context())


def begin(to: str = LINK) -> tuple[dict[str, str], str]:
    """Begin a sign-in; return what the pool is asked, and the browser's cookie."""
    response = call(query={"to": to})
    query = parse_qs(urlsplit(response["headers"]["Location"]).query)
    return {name: values[0] for name, values in query.items()}, sent(response)[0]


def sent(response: dict[str, Any]) -> list[str]:
    """Return the cookies of a response, as a browser sends them back."""
    return [cookie.partition(";")[0] for cookie in response["cookies"]]


def finish(pool: FakePool, answer: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Sign in with the token that is made for a nonce."""
    asked, cookie = begin()
    made = answer(asked["nonce"]) if answer else token(**claims(nonce=asked["nonce"]))
    pool.answer(TOKEN_URL, 200, {"id_token": made})
    return call(path="/signed-in", query={"code": CODE, "state": asked["state"]}, cookies=[cookie])


def is_signed_in(response: dict[str, Any], keys: SigningKeys) -> bool:
    """Tell whether a response gives a browser a session."""
    return session_in(sent(response), keys) is not None


# ---- on the way to the pool ----------------------------------------------------------------------


def test_a_browser_is_sent_to_the_pool_with_a_challenge() -> None:
    response = call(query={"to": LINK})

    asked, _ = begin()
    assert response["statusCode"] == 303
    assert response["headers"]["Location"].startswith(
        "https://example.auth.us-east-1.amazoncognito.com/oauth2/authorize?"
    )
    assert {
        "response_type": "code",
        "client_id": fake_pool.CLIENT_ID,
        "redirect_uri": f"{ORIGIN}/signed-in",
        "scope": "openid email",
        "code_challenge_method": "S256",
    }.items() <= asked.items()
    assert {"state", "nonce", "code_challenge"} <= asked.keys()


def test_no_two_sign_ins_are_alike() -> None:
    (first, _), (second, _) = begin(), begin()

    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_the_cookie_is_of_this_host_and_out_of_reach_of_scripts() -> None:
    (cookie,) = call(query={"to": LINK})["cookies"]

    assert cookie.startswith("__Host-galley-sign-in-")
    assert cookie.partition("; ")[2] == (
        f"Path=/; Max-Age={LIFETIME_SECONDS}; HttpOnly; Secure; SameSite=Lax"
    )


def test_without_https_the_cookie_is_one_that_every_browser_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "APPROVAL_URL", "http://127.0.0.1:4566")

    (cookie,) = call(query={"to": LINK})["cookies"]

    assert cookie.startswith("galley-sign-in-")
    assert "Secure" not in cookie


def test_the_verifier_is_neither_in_the_address_nor_in_the_cookie(pool: FakePool) -> None:
    asked, cookie = begin()
    pool.answer(TOKEN_URL, 200, {"id_token": token(**claims(nonce=asked["nonce"]))})
    call(path="/signed-in", query={"code": CODE, "state": asked["state"]}, cookies=[cookie])

    (form,) = [form for url, form in pool.asked if url == TOKEN_URL]
    verifier = form["code_verifier"]
    digest = hashlib.sha256(verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    held = base64.urlsafe_b64decode(cookie.partition("=")[2].partition(".")[0] + "==").decode()
    assert verifier not in held + json.dumps(asked)
    assert 43 <= len(verifier) <= 128


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "x-forwarded-proto", "forwarded"])
def test_no_header_says_where_the_pool_sends_a_browser_back(
    header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "APPROVAL_URL", "")

    response = call(query={"to": LINK}, headers={header: "evil.example"})

    assert "redirect_uri=https%3A%2F%2Fapprovals.example.com%2F" in response["headers"]["Location"]


@pytest.mark.parametrize("to", ["/inbox", "/approvals/a_B-9/12", LINK, "/approvals/a/1?x=%0d%0a"])
def test_a_path_of_this_application_is_where_it_leads(pool: FakePool, to: str) -> None:
    asked, cookie = begin(to)
    pool.answer(TOKEN_URL, 200, {"id_token": token(**claims(nonce=asked["nonce"]))})

    response = call(
        path="/signed-in", query={"code": CODE, "state": asked["state"]}, cookies=[cookie]
    )

    assert response["headers"]["Location"] == f"{ORIGIN}{to}"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "https://evil.example/approvals/a/1",
        "//evil.example/approvals/a/1",
        "///evil.example",
        "/\\evil.example/approvals/a/1",
        "\\\\evil.example",
        "/approvals/\\evil.example",
        "/approvals//evil.example",
        "/approvals/../../evil",
        "/approvals/%2e%2e/1",
        "/approvals/a/1/../../x",
        "/approvals/a/1\r\nSet-Cookie: x=y",
        "/approvals/a/1\n",
        "/approvals/a/1?x=y\n",
        "/inbox\n",
        "/inbox/",
        "/inbox?to=//evil.example",
        "/INBOX",
        "/%2f/evil.example",
        " /inbox",
        "@evil.example/inbox",
        ".evil.example/inbox",
        "javascript:alert(1)",
        "/approvals/a/1?" + "x" * 501,
        "/approvals/a/1#@evil",
        "/approvals/ä/1",
        "/sign-out",
        "/inbox,/inbox",
    ],
)
def test_nothing_else_is(to: str) -> None:
    response = call(query={"to": to})

    assert response["statusCode"] == 400
    assert "Location" not in response["headers"]
    assert response["cookies"] == []
    assert "evil" not in response["body"]


# ---- and back ------------------------------------------------------------------------------------


def test_who_has_signed_in_gets_a_session(pool: FakePool, keys: SigningKeys) -> None:
    groups = ["reviewers-press", "staff"]

    response = finish(
        pool, lambda nonce: token(**claims(nonce=nonce, **{"cognito:groups": groups}))
    )

    session = session_in(sent(response), keys)
    assert response["statusCode"] == 303
    assert response["headers"]["Cache-Control"] == "no-store"
    assert session
    assert (session.address, session.groups) == (ADDRESS, ("reviewers-press",))
    (_, cookie) = response["cookies"]
    assert cookie.endswith("; HttpOnly; Secure; SameSite=Lax")


def test_a_finished_attempt_is_forgotten(pool: FakePool) -> None:
    forgotten, _ = finish(pool)["cookies"]

    assert forgotten.startswith("__Host-galley-sign-in-")
    assert "=; Path=/; Max-Age=0;" in forgotten


def test_the_code_is_exchanged_with_everything_that_it_hangs_on(pool: FakePool) -> None:
    finish(pool)

    (form,) = [form for url, form in pool.asked if url == TOKEN_URL]
    assert form.pop("code_verifier")
    assert form == {
        "grant_type": "authorization_code",
        "client_id": fake_pool.CLIENT_ID,
        "code": CODE,
        "redirect_uri": f"{ORIGIN}/signed-in",
    }


def test_the_pools_keys_are_kept(pool: FakePool) -> None:
    for _ in range(3):
        finish(pool)

    assert [url for url, _ in pool.asked].count(KEYS_URL) == 1


def test_links_opened_side_by_side_do_not_get_into_each_others_way(
    pool: FakePool, keys: SigningKeys
) -> None:
    attempts = [begin() for _ in range(8)]
    jar = {cookie.partition("=")[0]: cookie for _, cookie in attempts}

    finished = []
    for asked, _ in attempts:
        pool.answer(TOKEN_URL, 200, {"id_token": token(**claims(nonce=asked["nonce"]))})
        query = {"code": CODE, "state": asked["state"]}
        response = call(path="/signed-in", query=query, cookies=list(jar.values()))
        finished.append(is_signed_in(response, keys))

    # of two that share one of the sixteen names, the later one can be finished
    assert finished == [cookie in jar.values() for _, cookie in attempts]
    assert sum(finished) > 1


def test_a_rotation_of_the_key_meanwhile_does_no_harm(pool: FakePool, keys: FakeKeys) -> None:
    asked, cookie = begin()
    pool.answer(TOKEN_URL, 200, {"id_token": token(**claims(nonce=asked["nonce"]))})
    keys.keys.insert(0, SigningKey(b"the next key"))

    response = call(
        path="/signed-in", query={"code": CODE, "state": asked["state"]}, cookies=[cookie]
    )

    assert is_signed_in(response, keys)
    assert keys.current().id in response["cookies"][1]


def without(name: str) -> Callable[[str], str]:
    """Return what makes a token that lacks a claim."""
    return lambda nonce: token(**claims(**{"nonce": nonce, name: None}))


NOW = int(time.time())
OTHER_POOL = fake_pool.ISSUER.replace("Reviewers", "Strangers")
FORGED: dict[str, Callable[[str], str]] = {
    "of nobody": lambda nonce: jwt.encode(claims(nonce=nonce), "", "none"),
    "of nobody, with the key's id": lambda nonce: jwt.encode(
        claims(nonce=nonce), "", "none", {"kid": fake_pool.KEY_ID}
    ),
    "hmac with the public key": lambda nonce: fake_pool.hmac_token(
        fake_pool.public_pem(), **claims(nonce=nonce)
    ),
    "hmac with a key of the pool's that is for that": lambda nonce: fake_pool.hmac_token(
        fake_pool.SHARED, fake_pool.SHARED_ID, **claims(nonce=nonce)
    ),
    "of another key": lambda nonce: token("other", **claims(nonce=nonce)),
    "of a key that the pool does not have": lambda nonce: token(
        "other", "other", **claims(nonce=nonce)
    ),
    "of another pool": lambda nonce: token(**claims(nonce=nonce, iss=OTHER_POOL)),
    "of the pool's address in another scheme": lambda nonce: token(
        **claims(nonce=nonce, iss=fake_pool.ISSUER.replace("https", "http"))
    ),
    "for another client": lambda nonce: token(**claims(nonce=nonce, aud="other")),
    "for two clients": lambda nonce: token(
        **claims(nonce=nonce, aud=[fake_pool.CLIENT_ID, "other"])
    ),
    "over": lambda nonce: token(**claims(nonce=nonce, iat=NOW - 7200, exp=NOW - 60)),
    "from the future": lambda nonce: token(**claims(nonce=nonce, iat=NOW + 600, exp=NOW + 1200)),
    "of another attempt": lambda nonce: token(**claims(nonce=nonce[::-1])),
    "with a nonce that is no text": lambda _: token(**claims(nonce=["x"])),
    "an access token": lambda nonce: token(**claims(nonce=nonce, token_use="access")),
    "cut off": lambda nonce: token(**claims(nonce=nonce))[:-20],
    "no token": lambda _: "no token",
    "nothing": lambda _: "",
    "characters of everywhere": lambda _: "ä.ö.ü",
    **{
        f"without {name}": without(name)
        for name in ("aud", "exp", "iat", "iss", "nonce", "token_use")
    },
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_for_this_sign_in_signs_nobody_in(
    pool: FakePool, keys: SigningKeys, forge: Callable[[str], str]
) -> None:
    response = finish(pool, forge)

    assert response["statusCode"] == 403
    assert response["cookies"] == []
    assert "cannot be verified" in response["body"]


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": "false"},
        {"email_verified": 1},
        {"email_verified": None},
        {"email": None},
        {"email": ""},
    ],
    ids=str,
)
def test_an_address_that_the_pool_has_not_verified_is_nobodys(
    pool: FakePool, changes: dict[str, Any]
) -> None:
    response = finish(pool, lambda nonce: token(**claims(nonce=nonce, **changes)))

    assert response["statusCode"] == 403
    assert response["cookies"] == []
    assert "has not verified your address" in response["body"]
    assert "Use another account" in response["body"]


def test_more_groups_than_a_cookie_holds_are_refused_in_words(pool: FakePool) -> None:
    groups = [f"reviewers-{number}" for number in range(MOST_GROUPS + 1)]

    response = finish(
        pool, lambda nonce: token(**claims(nonce=nonce, **{"cognito:groups": groups}))
    )

    assert response["statusCode"] == 403
    assert f"more than {MOST_GROUPS} groups" in response["body"]


def test_as_many_groups_as_are_kept_fit_into_a_cookie(pool: FakePool) -> None:
    groups = [f"reviewers-{number:040d}" for number in range(MOST_GROUPS)]

    response = finish(
        pool, lambda nonce: token(**claims(nonce=nonce, **{"cognito:groups": groups}))
    )

    assert len(response["cookies"][1]) < 4096  # of which browsers drop the longer ones


def an_attempt(key: SigningKey = SIGNING_KEY, to: str = LINK, seconds: int = 600) -> Attempt:
    """Return an attempt of a key, which ends in some seconds."""
    return Attempt("0" * 64, to, key, int(time.time()) + seconds)


def sent_back(attempt: Attempt) -> list[str]:
    """Return an attempt's cookie as a browser sends it."""
    return [str(attempt.cookie(ORIGIN)).partition(";")[0]]


FOREIGN: dict[str, tuple[str, list[str]]] = {
    "no cookie": ("0" * 64, []),
    "no state": ("", sent_back(an_attempt())),
    "another state": ("0" * 63 + "1", sent_back(an_attempt())),
    "a state that is no ASCII": ("0ä", sent_back(an_attempt())),
    "over": ("0" * 64, sent_back(an_attempt(seconds=-1))),
    "signed with another key": ("0" * 64, sent_back(an_attempt(SigningKey(b"another")))),
    "under another name": (
        "1" + "0" * 63,
        [sent_back(an_attempt())[0].replace("sign-in-0", "sign-in-1")],
    ),
    "a session under its name": (
        "0" * 64,
        [
            "__Host-galley-sign-in-0="
            + str(Session.begin(ADDRESS, []).cookie(SIGNING_KEY, ORIGIN))
            .partition(";")[0]
            .partition("=")[2]
        ],
    ),
}


@pytest.mark.parametrize(("state", "cookies"), FOREIGN.values(), ids=FOREIGN)
def test_who_did_not_begin_cannot_finish(pool: FakePool, state: str, cookies: list[str]) -> None:
    response = call(path="/signed-in", query={"code": CODE, "state": state}, cookies=cookies)

    assert response["statusCode"] == 400
    assert response["cookies"] == []
    assert pool.asked == []


REFUSALS: dict[str, tuple[Any, int, str]] = {
    "a used code": ((400, {}, b'{"error": "invalid_grant"}'), 400, "invalid_grant"),
    "an unknown client": ((400, {}, b'{"error": "invalid_client"}'), 502, "invalid_client"),
    "an error that quotes": ((400, {}, b'{"error": "code=1"}'), 502, "an error without a name"),
    "an error without JSON": ((403, {}, b"<html>"), 502, "an error without a name"),
    "a failure": ((500, {}, b""), 502, "status 500"),
    "a redirect": ((302, {"Location": "https://evil.example/"}, b""), 502, "status 302"),
    "no JSON": ((200, {}, b"<html>"), 502, "JSONDecodeError"),
    "no token": ((200, {}, b"{}"), 502, "KeyError"),
    "a list": ((200, {}, b"[]"), 502, "TypeError"),
    "no end": ((200, {}, b'{"id_token": "' + b"x" * 200_000 + b'"}'), 502, "JSONDecodeError"),
    "no connection": (URLError("refused"), 502, "URLError"),
    "too slow": (TimeoutError(), 502, "TimeoutError"),
}


@pytest.mark.parametrize(("answer", "status", "detail"), REFUSALS.values(), ids=REFUSALS)
def test_what_the_pool_refuses_is_said_and_logged_in_words(  # noqa: PLR0913, PLR0917
    pool: FakePool, log_lines: Logged, answer: Any, status: int, detail: str, keys: SigningKeys
) -> None:
    asked, cookie = begin()
    pool.answers[TOKEN_URL] = answer

    response = call(
        path="/signed-in", query={"code": CODE, "state": asked["state"]}, cookies=[cookie]
    )

    assert response["statusCode"] == status
    assert response["cookies"] == []
    (line,) = log_lines()
    assert line["detail"] == detail
    assert [url for url, _ in pool.asked] == [TOKEN_URL]
    (form,) = [form for _, form in pool.asked]
    for secret in (CODE, form["code_verifier"], asked["nonce"], asked["state"]):
        assert secret not in json.dumps([response, line])


def test_keys_that_cannot_be_had_are_said_too(pool: FakePool, log_lines: Logged) -> None:
    pool.answer(KEYS_URL, 302, {}, {"Location": "https://evil.example/keys"})

    response = finish(pool)

    assert response["statusCode"] == 502
    assert log_lines()[0]["detail"] == "PyJWKClientConnectionError"
    assert [url for url, _ in pool.asked] == [TOKEN_URL, KEYS_URL]


def test_a_refused_token_is_in_no_page_and_no_log(pool: FakePool, log_lines: Logged) -> None:
    made: list[str] = []

    def forge(nonce: str) -> str:
        made.append(token("other", **claims(nonce=nonce)))
        return made[0]

    response = finish(pool, forge)

    told = json.dumps([response, log_lines()])
    assert made
    assert not any(part in told for part in made[0].split("."))
    assert log_lines()[0]["detail"] == "InvalidSignatureError"


@pytest.mark.parametrize(
    ("error", "detail"),
    [("access_denied", "access_denied"), ("<script>", "an error without a name")],
)
def test_who_turns_back_is_told_so(
    pool: FakePool, log_lines: Logged, error: str, detail: str
) -> None:
    asked, cookie = begin()

    response = call(
        path="/signed-in", query={"error": error, "state": asked["state"]}, cookies=[cookie]
    )

    assert response["statusCode"] == 403
    assert error not in response["body"]
    assert log_lines()[0]["detail"] == detail


# ---- out -----------------------------------------------------------------------------------------


def session_cookie(address: str = ADDRESS) -> str:
    """Return the cookie of a session."""
    return str(Session.begin(address, []).cookie(SIGNING_KEY, ORIGIN)).partition(";")[0]


def test_the_page_says_who_is_signed_in_and_signs_nobody_out() -> None:
    response = call(path="/sign-out", cookies=["theme=dark", session_cookie("<b>@example.com")])

    assert response["statusCode"] == 200
    assert "As &lt;b&gt;@example.com" in response["body"]
    assert "<form" in response["body"]
    assert response["cookies"] == []


def test_who_is_not_signed_in_is_told_so() -> None:
    response = call(path="/sign-out")

    assert "You are signed out" in response["body"]
    assert "<form" not in response["body"]


def test_signing_out_forgets_the_session_here_and_at_the_pool() -> None:
    response = call("POST", "/sign-out", cookies=[session_cookie()])

    (cookie,) = response["cookies"]
    assert cookie == ("__Host-galley-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
    assert (
        'content="0; url=https://example.auth.us-east-1.amazoncognito.com/logout?'
        f"client_id={fake_pool.CLIENT_ID}&amp;"
        'logout_uri=https%3A%2F%2Fapprovals.example.com%2Fsign-out"'
    ) in response["body"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="a neighbour"),
        pytest.param({"Origin": "https://evil.example"}, id="another origin in an old browser"),
    ],
)
def test_no_other_site_signs_anybody_out(headers: dict[str, str]) -> None:
    response = call("POST", "/sign-out", cookies=[session_cookie()], headers=headers)

    assert response["statusCode"] == 403
    assert response["cookies"] == []


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_pool_nobody_has_to_sign_in(
    method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "POOL", UserPool("", "", ""))

    response = call(method, path, query={"to": LINK})

    assert response["statusCode"] == 404
    assert "Nobody has to sign in here" in response["body"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_page_is_kept_by_no_cache_and_loads_nothing(method: str, path: str) -> None:
    headers = call(method, path)["headers"]

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
