"""What is attacked where reviewers sign in, and the ways of a browser there."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from galley.sign_in.attempts import Attempt

from galley_local.attacks.on_stack import OnStack, Prepare
from galley_local.attacks.search import Secret
from galley_local.attacks.target import REVIEWER, TOPIC, Waiting
from galley_local.attacks.wire import Door, Reply

if TYPE_CHECKING:
    from galley_local.stack import Stack

Wrong = Callable[[Waiting, Any, list[Reply]], bool]

STRANGER = "eve@example.com"
KATE = "kate@example.com"
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

    reads_as = REVIEWER

    def __init__(self, stack: "Stack", name: str, **request: Any) -> None:
        self._seen: set[Secret] = set()
        super().__init__(stack, name, **request)

    def hidden(self) -> set[Secret]:
        """Return also what browsers, the pool and the application have told each other."""
        return super().hidden() | self._seen

    def ask(self, path: str, method: str = "GET", **more: Any) -> Reply:
        """Send a request; where it leads is left out of the reply if it may lead there."""
        given = {"query": "", **more}
        return self._without_own_ways(self.door.send(method, path=path, **given))

    def begin(self, to: str = "/inbox") -> Begun:
        """Begin a sign-in as a browser does."""
        reply = self.door.send("GET", path="/sign-in", query={"to": to})
        found = parse_qs(urlsplit(reply.headers["location"]).query)
        cookie = reply.headers["set-cookie"].partition(";")[0]
        begun = Begun({name: values[0] for name, values in found.items()}, cookie)
        verifier = Attempt(begun.query["state"], to, self.key(), 0).verifier
        self._see("a sign-in's cookie", cookie.partition("=")[2])
        self._see("a code's verifier", verifier)
        return begun

    def code(self, begun: Begun, address: str = STRANGER, *groups: str) -> str:
        """Sign in at the pool and return the code that a browser brings back."""
        form = {"address": address, "groups": " ".join(groups)}
        reply = self.door.send("POST", form, path="/oauth2/authorize", query=begun.query)
        found = parse_qs(urlsplit(reply.headers.get("location", "")).query).get("code", [""])[0]
        self._see("a code of the pool", found)
        return found

    def finish(self, begun: Begun, **changes: Any) -> Reply:
        """Come back from the pool, with something changed; None takes it away."""
        given = {"state": begun.query["state"], "cookie": begun.cookie, **changes}
        headers = {"Cookie": given.pop("cookie")}
        query = {name: value for name, value in given.items() if value is not None}
        return self.ask("/signed-in", headers=headers, query=query)

    def sign_in(self, address: str, *groups: str) -> str:
        """Sign in as somebody whom the pool knows, and return the session's cookie."""
        begun = self.begin()
        reply = self.finish(begun, code=self.code(begun, address, *groups))
        cookie = reply.headers["set-cookie"].partition(";")[0]
        self._see("a session", cookie.partition("=")[2])
        return cookie

    def as_whom(self, cookie: str) -> list[Reply]:
        """Show a cookie to every page, and decide by a genuine link and its form."""
        headers = {"Cookie": cookie} if cookie else {}
        pages = [self.ask(path, headers=headers) for path in ("/sign-out", "/inbox")]
        return [*pages, *self.try_link(cookie, self.door)]

    def try_link(self, cookie: str, door: Door) -> list[Reply]:
        """Look and decide by a link and its form, and a cookie."""
        link: dict[str, Any] = {
            "headers": {"Cookie": cookie} if cookie else {},
            "query": door.query,
        }
        form = {"form_token": door.form_token, "decision": "approved"}
        return [self.ask(door.path, **link), self.ask(door.path, "POST", body=form, **link)]

    def _see(self, what: str, text: str) -> None:
        self._seen.add(Secret(what, text))

    def _without_own_ways(self, reply: Reply) -> Reply:
        where = urlsplit(reply.headers.get("location", ""))
        own = f"{where.scheme}://{where.netloc}" == self.door.origin or not where.netloc
        kept = {name: text for name, text in reply.headers.items() if name != "location" or not own}
        return replace(reply, headers=kept)


@lru_cache(maxsize=2)
def _target(stack: "Stack", name: str, *reviewers: str) -> SigningIn:
    return SigningIn(stack, name, reviewer=None, reviewers=list(reviewers))


def signing_in(stack: "Stack", _: str) -> SigningIn:
    """Return a workflow that waits for whoever has signed in: one for all attacks."""
    return _target(stack, "sign-in", REVIEWER)


def with_kate(stack: "Stack", _: str) -> SigningIn:
    """Return one whose draft two reviewers were asked about."""
    return _target(stack, "sign-in-of-two", KATE, REVIEWER)


def is_let_in(target: Waiting, before: Any, replies: list[Reply]) -> bool:
    """Tell whether anybody was shown or could change anything of a draft."""
    return before != target.state() or any(
        text in reply.text for reply in replies for text in (_FORM, TOPIC, f"/{target.name}/1?")
    )


def is_signed_in(target: Waiting, before: Any, replies: list[Reply]) -> bool:
    """Tell whether anybody was signed in, led elsewhere, or could see or change anything."""
    return is_let_in(target, before, replies) or any(
        EVIL in f"{dict(reply.headers)} {reply.text}"
        or "location" in reply.headers
        or _GIVEN.match(reply.headers.get("set-cookie", ""))
        or _SIGNED_IN in reply.text
        for reply in replies
    )


def on_sign_in(
    attack: Callable[[SigningIn], Iterable[Reply]],
    is_wrong: Wrong = is_signed_in,
    prepare: Prepare = signing_in,
) -> OnStack:
    """Return an attack on a workflow that waits for whoever has signed in."""

    def attacked(target: Waiting) -> Iterable[Reply]:
        if not isinstance(target, SigningIn):
            raise TypeError("an attack on sign-in needs a stack that has it")
        return attack(target)

    return OnStack(prepare, attacked, is_wrong)
