"""What is attacked where reviewers sign in, and the ways of a browser there."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from galley_local.attacks.on_stack import OnStack
from galley_local.attacks.target import Waiting
from galley_local.attacks.wire import Reply

if TYPE_CHECKING:
    from galley_local.stack import Stack

Wrong = Callable[[Waiting, Any, list[Reply]], bool]

STRANGER = "eve@example.com"
EVIL = "evil.example"
SESSION = "galley-session"
_GIVEN = re.compile(rf"{SESSION}=[^;]")
_SIGNED_IN = "You are signed in"
_FORM = 'name="form_token"'


@dataclass(frozen=True)
class Begun:
    """A sign-in under way: what the pool is asked, and the browser's cookie."""

    query: dict[str, str]
    cookie: str


class SigningIn(Waiting):
    """A workflow that waits on a stack with sign-in, and the ways of a browser there."""

    def ask(self, path: str, method: str = "GET", **more: Any) -> Reply:
        """Send a request; where it leads is left out of the reply if it may lead there."""
        given = {"query": "", **more}
        return self._without_own_ways(self.door.send(method, path=path, **given))

    def begin(self, to: str = "/inbox") -> Begun:
        """Begin a sign-in as a browser does."""
        reply = self.door.send("GET", path="/sign-in", query={"to": to})
        found = parse_qs(urlsplit(reply.headers["location"]).query)
        cookie = reply.headers["set-cookie"].partition(";")[0]
        return Begun({name: values[0] for name, values in found.items()}, cookie)

    def code(self, begun: Begun, address: str = STRANGER) -> str:
        """Sign in at the pool and return the code that a browser brings back."""
        form = {"address": address, "groups": ""}
        reply = self.door.send("POST", form, path="/oauth2/authorize", query=begun.query)
        return parse_qs(urlsplit(reply.headers.get("location", "")).query).get("code", [""])[0]

    def finish(self, begun: Begun, **changes: Any) -> Reply:
        """Come back from the pool, with something changed; None takes it away."""
        given = {"state": begun.query["state"], "cookie": begun.cookie, **changes}
        headers = {"Cookie": given.pop("cookie")}
        query = {name: value for name, value in given.items() if value is not None}
        return self.ask("/signed-in", headers=headers, query=query)

    def as_whom(self, cookie: str) -> list[Reply]:
        """Show a cookie: to the page that says who is signed in, and where it could decide."""
        headers = {"Cookie": cookie}
        replies = [self.ask("/sign-out", headers=headers)]
        if _FORM not in self.ask(self.door.path, query=self.door.query).text:  # it is asked for
            form = {"form_token": self.door.form_token, "decision": "approved"}
            link: dict[str, Any] = {"headers": headers, "query": self.door.query}
            replies.append(self.ask(self.door.path, **link))
            replies.append(self.ask(self.door.path, "POST", body=form, **link))
        return replies

    def _without_own_ways(self, reply: Reply) -> Reply:
        where = urlsplit(reply.headers.get("location", ""))
        own = f"{where.scheme}://{where.netloc}" == self.door.origin or not where.netloc
        kept = {name: text for name, text in reply.headers.items() if name != "location" or not own}
        return replace(reply, headers=kept)


@lru_cache(maxsize=1)
def _target(stack: "Stack") -> SigningIn:
    return SigningIn(stack, "sign-in")


def signing_in(stack: "Stack", _: str) -> SigningIn:
    """Return a workflow that waits for whoever has signed in: one for all attacks."""
    return _target(stack)


def is_signed_in(target: Waiting, before: Any, replies: list[Reply]) -> bool:
    """Tell whether anybody was signed in, led elsewhere, or could see or change anything."""
    return before != target.state() or any(
        EVIL in f"{dict(reply.headers)} {reply.text}"
        or "location" in reply.headers
        or _GIVEN.match(reply.headers.get("set-cookie", ""))
        or _SIGNED_IN in reply.text
        or _FORM in reply.text
        for reply in replies
    )


def on_sign_in(
    attack: Callable[[SigningIn], Iterable[Reply]], is_wrong: Wrong = is_signed_in
) -> OnStack:
    """Return an attack on a workflow that waits for whoever has signed in."""

    def attacked(target: Waiting) -> Iterable[Reply]:
        if not isinstance(target, SigningIn):
            raise TypeError("an attack on sign-in needs a stack that has it")
        return attack(target)

    return OnStack(signing_in, attacked, is_wrong)
