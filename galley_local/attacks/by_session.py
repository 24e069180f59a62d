"""Attacks with sessions: those that nobody was given, and those of somebody else."""

import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from galley.sign_in.sessions import Session
from galley.signing import SigningKey

from galley_local.attacks.on_stack import OTHER_KEY, OnStack
from galley_local.attacks.signing_in import (
    KATE,
    SESSION,
    STRANGER,
    SigningIn,
    is_let_in,
    on_sign_in,
    with_kate,
)
from galley_local.attacks.target import REVIEWER
from galley_local.attacks.wire import Door, Reply

_IN_A_YEAR = 365 * 86_400
_LINK = re.compile(r'href="(/approvals/[^"]+)"')


# ---- sessions that nobody was given --------------------------------------------------------------


def _session(**changes: Any) -> Session:
    return replace(Session.begin(REVIEWER, []), **changes)


def _value(session: Session, key: SigningKey) -> str:
    return session.cookie(key, "http:").value


def _edited(**changes: Any) -> OnStack:
    """Show a genuine session of a stranger in which something was changed."""

    def attack(target: SigningIn) -> list[Reply]:
        genuine = replace(Session.begin(STRANGER, []), groups=("reviewers-other",))
        signed = _value(genuine, target.key()).partition(".")[2]
        content = json.dumps({**asdict(genuine), **changes}).encode()
        return target.as_whom(f"{SESSION}={urlsafe_b64encode(content).decode()}.{signed}")

    return on_sign_in(attack)


def _shown(make: Callable[[SigningKey], str]) -> OnStack:
    """Show a cookie that is made with the stack's key, but for something else."""
    return on_sign_in(lambda target: target.as_whom(make(target.key())))


SESSIONS: dict[str, OnStack] = {
    "another address in a session": _edited(address=REVIEWER),
    "another group in a session": _edited(groups=["reviewers-other", "reviewers-press"]),
    "another end in a session": _edited(expires_at=int(time.time()) + _IN_A_YEAR),
    "a field more in a session": _edited(is_admin=True),
    "a session signed with a key of one's own": _shown(
        lambda _: f"{SESSION}={_value(_session(), OTHER_KEY)}"
    ),
    "such a session that names our key": _shown(
        lambda key: f"{SESSION}={_value(_session(), OTHER_KEY).replace(OTHER_KEY.id, key.id)}"
    ),
    "a session without a signature": _shown(
        lambda key: f"{SESSION}={_value(_session(), key).rpartition('.')[0]}."
    ),
    "a session that is over": _shown(
        lambda key: f"{SESSION}={_value(_session(expires_at=int(time.time()) - 1), key)}"
    ),
    "a session under the name for HTTPS": _shown(
        lambda key: f"__Host-{SESSION}={_value(_session(), key)}"
    ),
    "an attempt to sign in as a session": on_sign_in(
        lambda target: target.as_whom(f"{SESSION}={target.begin().cookie.partition('=')[2]}")
    ),
    "the link's signature as a session": on_sign_in(
        lambda target: target.as_whom(
            f"{SESSION}=e30.{target.door.query['kid']}.{target.door.query['signature']}"
        )
    ),
}


# ---- sessions of somebody else -------------------------------------------------------------------


def _as(address: str, *groups: str) -> OnStack:
    """Sign in as somebody, then look and decide by a genuine link and its page's form."""
    return on_sign_in(lambda target: target.as_whom(target.sign_in(address, *groups)), is_let_in)


def _beside_a_forged_one(target: SigningIn) -> list[Reply]:
    own = target.sign_in(STRANGER)
    forged = f"{SESSION}={_value(_session(), OTHER_KEY)}"
    return [*target.as_whom(f"{own}; {forged}"), *target.as_whom(f"{forged}; {own}")]


SOMEBODY_ELSE: dict[str, OnStack] = {
    "nobody, with a link and its form": on_sign_in(lambda target: target.as_whom("")),
    "signed in as somebody else": _as(STRANGER),
    "signed in as a reviewer of another tenant": _as("radio@example.com", "reviewers-radio"),
    "in groups whose names are nearly the tenant's": _as(
        "nearly@example.com",
        *("reviewers-", "reviewers-*", "reviewers-sign", "Reviewers-sign-in", "sign-in"),
    ),
    "an address that begins as the reviewer's": _as(f"{REVIEWER}.example.org"),
    "an address that ends as the reviewer's": _as(f"a.{REVIEWER}"),
    "a letter that looks like the reviewer's": on_sign_in(
        lambda target: target.as_whom(target.sign_in(KATE.replace("k", "\N{KELVIN SIGN}"))),
        is_let_in,
        with_kate,
    ),
    "a forged session beside one's own": on_sign_in(_beside_a_forged_one, is_let_in),
}


# ---- inboxes -------------------------------------------------------------------------------------


def _asked_for(target: SigningIn) -> list[Reply]:
    cookie, whose = target.sign_in(STRANGER), {"address": REVIEWER, "reviewer": REVIEWER}
    return [
        target.ask("/inbox", headers={"Cookie": cookie}, query=whose),
        target.ask("/inbox", headers={"Cookie": cookie, "X-Reviewer": REVIEWER}),
        target.ask("/inbox", headers={"Cookie": f"{cookie}; address={REVIEWER}"}),
    ]


def _from_the_inbox_of_another(target: SigningIn) -> list[Reply]:
    """Decide by the link that another reviewer of the same draft has in the inbox."""
    listed = target.ask("/inbox", headers={"Cookie": target.sign_in(KATE)})
    links = (link.replace("&amp;", "&") for link in _LINK.findall(listed.text))
    link = next(link for link in links if f"/{target.name}/" in link)
    form_token = target.ticket(reviewer=KATE).form_token(target.key())
    return target.try_link(target.sign_in(REVIEWER), Door.at(link, form_token))


INBOXES: dict[str, OnStack] = {
    "an inbox without signing in": on_sign_in(lambda target: [target.ask("/inbox")], is_let_in),
    "somebody else's inbox": on_sign_in(_asked_for, is_let_in),
    "a link from another reviewer's inbox": on_sign_in(
        _from_the_inbox_of_another, is_let_in, with_kate
    ),
}
BY_SESSION = {**SESSIONS, **SOMEBODY_ELSE, **INBOXES}
