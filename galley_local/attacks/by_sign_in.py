"""
Attacks on signing in, for a stack on which reviewers do: on the way to the pool, on redirects.

What forged ID tokens come to is tried in the function's own tests: a pool would have to give them.
"""

import time
from dataclasses import replace
from typing import Any

from galley.sign_in.attempts import Attempt

from galley_local.attacks.by_session import BY_SESSION
from galley_local.attacks.on_stack import OTHER_KEY, OnStack
from galley_local.attacks.signing_in import EVIL, SESSION, SigningIn, on_sign_in
from galley_local.attacks.target import REVIEWER
from galley_local.attacks.wire import Reply

# ---- on the way to the pool and back -------------------------------------------------------------


def _replayed(target: SigningIn) -> list[Reply]:
    begun = target.begin()
    code = target.code(begun)
    target.finish(begun, code=code)
    return [target.finish(begun, code=code) for _ in range(3)]


def _code_of_another(target: SigningIn) -> list[Reply]:
    mine, yours = target.begin(), target.begin()
    return [target.finish(yours, code=target.code(mine))]


def _foreign_cookie(target: SigningIn) -> list[Reply]:
    mine, yours = target.begin(), target.begin()
    code = target.code(mine)
    return [target.finish(mine, code=code, cookie=cookie) for cookie in ("", yours.cookie)]


def _changed(**changes: Any) -> OnStack:
    """Come back with a good code, and something else that is not."""

    def attack(target: SigningIn) -> list[Reply]:
        begun = target.begin()
        return [target.finish(begun, **{"code": target.code(begun), **changes})]

    return on_sign_in(attack)


def _own_attempt(target: SigningIn) -> list[Reply]:
    begun = target.begin()
    attempt = Attempt(begun.query["state"], f"//{EVIL}", OTHER_KEY, int(time.time()) + 600)
    cookie = attempt.cookie("http:")
    named = cookie.value.replace(OTHER_KEY.id, target.key().id)
    code = target.code(begun)
    return [
        target.finish(begun, code=code, cookie=f"{cookie.name}={value}")
        for value in (cookie.value, named)
    ]


def _at_the_pool(**changes: str) -> OnStack:
    """Ask the pool for a code that the application did not ask for, and bring that back."""

    def attack(target: SigningIn) -> list[Reply]:
        begun = target.begin()
        other = replace(begun, query={**begun.query, **changes})
        return [target.finish(begun, code=target.code(other))]

    return on_sign_in(attack)


def _unverified(target: SigningIn) -> list[Reply]:
    client, pool = target.stack.client("cognito-idp"), target.stack.user_pool.id
    address = f"unverified-{target.name}@example.com"
    attributes = {"email": REVIEWER, "email_verified": "false"}
    client.admin_create_user(
        UserPoolId=pool,
        Username=address,
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    begun = target.begin()
    return [target.finish(begun, code=target.code(begun, address))]


ON_THE_WAY: dict[str, OnStack] = {
    "a callback without a state": _changed(state=None),
    "a callback with a state of one's own": _changed(state="0" * 64),
    "a callback with two states": _changed(state=["0" * 64, "0" * 64]),
    "a callback in a browser that began nothing": on_sign_in(_foreign_cookie),
    "a callback again": on_sign_in(_replayed),
    "a callback without a code": _changed(code=None),
    "a callback with a code of one's own": _changed(code="0" * 32),
    "a callback with a code of 8 KB": _changed(code="0" * 8_000),
    "a code that was given to another sign-in": on_sign_in(_code_of_another),
    "a code for another challenge": _at_the_pool(code_challenge="0" * 43),
    "a code for no challenge": _at_the_pool(code_challenge="", code_challenge_method=""),
    "a code for another nonce": _at_the_pool(nonce="0" * 64),
    "a code of another client": _at_the_pool(client_id="another"),
    "a code sent to another address": _at_the_pool(redirect_uri=f"https://{EVIL}/signed-in"),
    "an attempt signed with a key of one's own": on_sign_in(_own_attempt),
    "an address that is not verified": on_sign_in(_unverified),
}


# ---- to somewhere else ---------------------------------------------------------------------------

ELSEWHERE = (
    f"https://{EVIL}/approvals/a/1",
    f"//{EVIL}",
    f"///{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"/%2f%2f{EVIL}",
    f"/%5c{EVIL}",
    f"/approvals/..//{EVIL}",
    f"/approvals/../../{EVIL}",
    f"/approvals/a/1\r\nLocation: https://{EVIL}",
    f"/approvals/a/1\r\nSet-Cookie: {SESSION}={EVIL}",
    f"/inbox\n//{EVIL}",
    f"/inbox@{EVIL}",
    f"@{EVIL}",
    f".{EVIL}",
    f"javascript:alert('{EVIL}')",
)


def _led(to: str | list[str]) -> OnStack:
    return on_sign_in(lambda target: [target.ask("/sign-in", query={"to": to})])


def _asked(path: str, method: str = "GET", **more: Any) -> OnStack:
    return on_sign_in(lambda target: [target.ask(path, method, **more)])


REDIRECTS: dict[str, OnStack] = {
    **{f"to {to!r}": _led(to) for to in ELSEWHERE},
    "to two places": _led(["/inbox", f"https://{EVIL}"]),
    "another host in the headers of a sign-in": _asked(
        "/sign-in", headers={"X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}
    ),
    "another place in the callback": _changed(code="0", to=f"https://{EVIL}"),
    "another place for signing out": _asked(
        "/sign-out", "POST", body={"logout_uri": f"https://{EVIL}"}, query={"logout_uri": EVIL}
    ),
    "signing out by another site": on_sign_in(
        lambda target: [target.ask("/sign-out", "POST", headers={"Sec-Fetch-Site": "cross-site"})],
        lambda _target, _before, replies: any("set-cookie" in each.headers for each in replies),
    ),
}
BY_SIGN_IN = {**BY_SESSION, **ON_THE_WAY, **REDIRECTS}
