"""
Cookies that this application has signed: nobody else can make one, or change what is in it.

A signature covers the cookie's whole name, so that no cookie passes for another. Over HTTPS the
name begins with `__Host-`: browsers then take it from this very host only, and send it encrypted.
"""

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from galley.secrets import SigningKeys
from galley.signing import SigningKey

_HOST_ONLY = "__Host-"


def signed_cookie(name: str, content: Mapping[str, Any], key: SigningKey, origin: str) -> Cookie:
    """Return the cookie that holds some content until its `expires_at`, for an origin."""
    whole_name = _name(name, is_secure=_is_secure(origin))
    text = urlsafe_b64encode(json.dumps(content).encode("utf-8")).decode("ascii").rstrip("=")
    value = f"{text}.{key.id}.{_signature(key, whole_name, text)}"
    seconds = int(content["expires_at"]) - int(time.time())
    return _cookie(whole_name, value, seconds, origin)


def no_cookie(name: str, origin: str) -> Cookie:
    """Return what makes a browser forget a cookie."""
    return _cookie(_name(name, is_secure=_is_secure(origin)), "", 0, origin)


def content_of(name: str, cookies: Iterable[str], keys: SigningKeys) -> dict[str, Any] | None:
    """Return what the cookie of a name holds, unless it is forged or its time is over."""
    for cookie in cookies:
        whole_name, _, value = cookie.strip().partition("=")
        if whole_name not in {_name(name, is_secure=secure) for secure in (True, False)}:
            continue
        content = _content(whole_name, value, keys)
        if content and content["expires_at"] > time.time():
            return content
    return None


def _content(whole_name: str, value: str, keys: SigningKeys) -> dict[str, Any] | None:
    text, _, rest = value.partition(".")
    key_id, _, signature = rest.partition(".")
    key = keys.find(key_id)
    if key is None:
        return None
    expected = _signature(key, whole_name, text)
    # as bytes: what is not ASCII is compared like anything else
    if not hmac.compare_digest(expected.encode("ascii"), signature.encode("utf-8", "replace")):
        return None
    content: dict[str, Any] = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return content


def _signature(key: SigningKey, whole_name: str, text: str) -> str:
    return key.sign("cookie", whole_name, text)


def _name(name: str, *, is_secure: bool) -> str:
    return f"{_HOST_ONLY if is_secure else ''}galley-{name}"


def _is_secure(origin: str) -> bool:
    # a laptop's stack has no certificate, and not every browser takes secure cookies from it
    return origin.startswith("https:")


def _cookie(whole_name: str, value: str, seconds: int, origin: str) -> Cookie:
    return Cookie(
        whole_name,
        value,
        path="/",
        secure=_is_secure(origin),
        http_only=True,
        max_age=seconds,
        same_site=SameSite.LAX_MODE,  # sent where a reviewer comes from a mail or from the pool
    )
