"""The laptop's Cognito: as strict as the application counts on."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from galley_local.cognito.hosted_sign_in import HostedSignIn
from galley_local.cognito.user_pool import UserPool

ORIGIN = "http://127.0.0.1:4566"
VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture(scope="module")
def pool() -> UserPool:
    """Give a user pool with a client."""
    return UserPool(ORIGIN)


@pytest.fixture
def hosted(pool: UserPool) -> HostedSignIn:
    """Give the sign-in in front of the pool."""
    return HostedSignIn(pool)


def ask(hosted: HostedSignIn, method: str, path: str, **more: Any) -> Response:
    """Send a request that is for the pool."""
    response = hosted.respond(EnvironBuilder(path, method=method, **more).get_request())
    assert response is not None
    return response


def query(pool: UserPool, **changes: str) -> dict[str, str]:
    """Return what an application sends a browser to sign in with."""
    return {
        "client_id": pool.client_id,
        "redirect_uri": f"{ORIGIN}/signed-in",
        "response_type": "code",
        "scope": "openid email",
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }


def code_of(hosted: HostedSignIn, pool: UserPool, **form: str) -> str:
    """Sign in, and return the code."""
    response = ask(
        hosted,
        "POST",
        "/oauth2/authorize",
        query_string=query(pool),
        data={"address": "editor@example.com", **form},
    )
    answer = parse_qs(urlsplit(response.headers["Location"]).query)
    assert answer["state"] == ["a-state"]
    return answer["code"][0]


def exchange(hosted: HostedSignIn, pool: UserPool, code: str, **changes: str) -> dict[str, Any]:
    """Return what the token endpoint answers."""
    form = {
        "grant_type": "authorization_code",
        "client_id": pool.client_id,
        "code": code,
        "redirect_uri": f"{ORIGIN}/signed-in",
        "code_verifier": VERIFIER,
        **changes,
    }
    answer: dict[str, Any] = json.loads(ask(hosted, "POST", "/oauth2/token", data=form).data)
    return answer


def test_a_code_is_exchanged_for_a_token_that_the_pools_keys_verify(
    hosted: HostedSignIn, pool: UserPool
) -> None:
    code = code_of(hosted, pool, groups="reviewers-press staff")

    token = exchange(hosted, pool, code)["id_token"]
    keys = json.loads(ask(hosted, "GET", f"/{pool.id}/.well-known/jwks.json").data)
    found = jwt.decode(
        token,
        jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        audience=pool.client_id,
        issuer=f"{ORIGIN}/{pool.id}",
    )

    assert found["nonce"] == "a-nonce"
    assert found["token_use"] == "id"
    assert found["email"] == "editor@example.com"
    assert found["email_verified"] is True
    assert found["cognito:groups"] == ["reviewers-press", "staff"]


def test_a_code_is_good_once(hosted: HostedSignIn, pool: UserPool) -> None:
    code = code_of(hosted, pool)
    exchange(hosted, pool, code)

    assert exchange(hosted, pool, code) == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "another"}, "invalid_grant"),
        ({"code_verifier": "another"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": f"{ORIGIN}/other"}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
    ids=str,
)
def test_a_code_is_good_for_who_asked_for_it(
    hosted: HostedSignIn, pool: UserPool, changes: dict[str, str], error: str
) -> None:
    answer = exchange(hosted, pool, **{"code": code_of(hosted, pool), **changes})

    assert answer == {"error": error}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let five minutes pass after a code was given."""
    monkeypatch.setattr("galley_local.cognito.hosted_sign_in.CODE_SECONDS", -1)


def test_a_code_is_good_for_minutes(hosted: HostedSignIn, pool: UserPool, later: None) -> None:
    assert exchange(hosted, pool, code_of(hosted, pool)) == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "another"),
        ("redirect_uri", "https://evil.example/signed-in"),
        ("redirect_uri", f"{ORIGIN}/signed-in/"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("state", ""),
        ("scope", "email"),
    ],
)
def test_a_request_that_cognito_would_refuse_gets_no_form_and_no_code(
    hosted: HostedSignIn, pool: UserPool, name: str, value: str
) -> None:
    for method in ("GET", "POST"):
        response = ask(
            hosted,
            method,
            "/oauth2/authorize",
            query_string=query(pool, **{name: value}),
            data={"address": "editor@example.com"} if method == "POST" else None,
        )

        assert response.status_code == 400
        assert "Location" not in response.headers
        assert name in response.get_data(as_text=True)
        assert "<form" not in response.get_data(as_text=True)


def test_whoever_gives_no_address_is_asked_again(hosted: HostedSignIn, pool: UserPool) -> None:
    response = ask(
        hosted, "POST", "/oauth2/authorize", query_string=query(pool), data={"address": "editor"}
    )

    assert response.status_code == 200
    assert "<form" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("client_id", "logout_uri", "status"),
    [
        ("", f"{ORIGIN}/sign-out", 303),
        ("another", f"{ORIGIN}/sign-out", 400),
        ("", "https://evil.example", 400),
    ],
)
def test_signing_out_leads_to_registered_addresses_only(
    hosted: HostedSignIn, pool: UserPool, client_id: str, logout_uri: str, status: int
) -> None:
    asked = {"client_id": client_id or pool.client_id, "logout_uri": logout_uri}

    response = ask(hosted, "GET", "/logout", query_string=asked)

    assert response.status_code == status
    assert response.headers.get("Location") == (logout_uri if status == 303 else None)


@pytest.mark.parametrize(
    "path", ["/", "/approvals/a/1", "/oauth2/tokens", "/x/.well-known/jwks.json"]
)
def test_other_requests_are_for_others(hosted: HostedSignIn, path: str) -> None:
    assert hosted.respond(EnvironBuilder(path).get_request()) is None
