"""A user pool without a socket: what it is asked, and the answers and tokens that a test wants."""

import base64
import hashlib
import hmac
import http.client
import io
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Reviewers"
TOKEN_URL = "https://example.auth.us-east-1.amazoncognito.com/oauth2/token"
KEYS_URL = f"{ISSUER}/.well-known/jwks.json"
CLIENT_ID = "1example23456789"
ADDRESS = "editor@example.com"
KEY_ID = "pool-key"
SHARED, SHARED_ID = b"a key that signs and verifies what else the pool does", "shared-key"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Return a key, the same for the same name: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem() -> bytes:
    """Return what everybody knows of the pool's key."""
    return (
        rsa_key("pool").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good ID token but its nonce; a change to None takes one away."""
    now = int(time.time())
    whole = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "token_use": "id",
        "iat": now,
        "exp": now + 3600,
        "email": ADDRESS,
        "email_verified": True,
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def token(key_name: str = "pool", key_id: str = KEY_ID, **content: Any) -> str:
    """Return a token, signed with a key."""
    return jwt.encode(content, rsa_key(key_name), "RS256", {"kid": key_id})


def hmac_token(secret: bytes, key_id: str = KEY_ID, **content: Any) -> str:
    """Return a token whose signature is an HMAC, which libraries refuse to make with such keys."""
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    signed = b".".join(_encoded(json.dumps(part).encode()) for part in (header, content))
    return (signed + b"." + _encoded(hmac.digest(secret, signed, hashlib.sha256))).decode()


class FakePool:
    """Answers the requests that urllib would send, by address."""

    def __init__(self) -> None:
        numbers = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key("pool").public_key(), as_dict=True)
        shared = {"kty": "oct", "k": _encoded(SHARED).decode(), "kid": SHARED_ID, "alg": "HS256"}
        keys = {"keys": [{**numbers, "kid": KEY_ID, "use": "sig", "alg": "RS256"}, shared]}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, tuple[int, Mapping[str, str], bytes] | Exception] = {}
        self.answer(KEYS_URL, 200, keys)

    def answer(self, url: str, status: int, body: Any, headers: Mapping[str, str] = {}) -> None:
        """Answer an address with some status and JSON from now on."""
        self.answers[url] = (status, headers, json.dumps(body).encode())

    def do_open(self, _kind: Any, request: Request, **_: Any) -> Any:
        """Stand in for urllib's way to the network; everything above it is urllib's own."""
        data = request.data if isinstance(request.data, bytes) else b""
        form = {name: values[0] for name, values in parse_qs(data.decode()).items()}
        self.asked.append((request.full_url, form))
        answer = self.answers[request.full_url]
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        response = http.client.HTTPResponse(_Stream("\r\n".join([*lines, "", ""]).encode() + body))  # type: ignore[arg-type]
        response.begin()
        response.url, response.msg = request.full_url, response.reason  # type: ignore[assignment]
        return response


class _Stream:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self.data)


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
