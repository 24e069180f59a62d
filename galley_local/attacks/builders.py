"""Attacks by what they change of a request that would decide."""

from collections.abc import Callable, Iterable
from typing import Any

from galley_local.attacks.wire import FORM, Door, Reply

Attack = Callable[[Door], Iterable[Reply]]

APPROVED = {"decision": "approved"}


def request(method: str, headers: dict[str, str] | None = None, **more: Any) -> Attack:
    """Send one request."""
    return lambda door: [door.send(method, headers=headers, **more)]


def link(**changes: Any) -> Attack:
    """Look and decide by a link of which something is changed; None takes it away."""

    def attack(door: Door) -> Iterable[Reply]:
        changed = {**door.query, **changes}
        query = {name: value for name, value in changed.items() if value is not None}
        form = {"form_token": door.form_token, **APPROVED}
        return [door.send("GET", query=query), door.send("POST", form, query=query)]

    return attack


def elsewhere(change: Callable[[str], str]) -> Attack:
    """Use the link, and its page's form, for another path."""
    return lambda door: [
        door.send("GET", path=change(door.path)),
        door.send("POST", {"form_token": door.form_token, **APPROVED}, path=change(door.path)),
    ]


def around(change: Callable[[str], str]) -> Attack:
    """Spell the path otherwise, with nothing that a decision needs but the decision."""
    return lambda door: [
        door.send(method, APPROVED, path=change(door.path), query={**door.query, "signature": "0"})
        for method in ("GET", "POST")
    ]


def besides(**more: Any) -> Attack:
    """Add to a link, and send a form that says nothing clear."""
    return lambda door: [
        door.send("GET", query={**door.query, **more}),
        door.send("POST", {"form_token": door.form_token}, query={**door.query, **more}),
    ]


def form(**fields: Any) -> Attack:
    """Send the page's form with other fields."""
    return lambda door: [door.send("POST", {"form_token": door.form_token, **fields})]


def foreign(**headers: str) -> Attack:
    """Send the page's form with other headers, and without its token."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda door: [
        door.send("POST", {"form_token": door.form_token, **APPROVED}, sent),
        door.send("POST", APPROVED, sent),
    ]


def body(make: Callable[[bytes], bytes], content_type: str = FORM) -> Attack:
    """Send a body that is made with the form's token."""
    return lambda door: [
        door.send("POST", make(door.form_token.encode()), {"Content-Type": content_type})
    ]


def edited(name: str) -> Attack:
    """Change the last character of a part of the link."""

    def attack(door: Door) -> Iterable[Reply]:
        value = door.query.get(name, "0")
        return link(**{name: value[:-1] + ("1" if value[-1:] == "0" else "0")})(door)

    return attack


def hang_up(*pieces: bytes) -> Attack:
    """Send a body piece by piece, and no more."""

    def attack(door: Door) -> Iterable[Reply]:
        query = "&".join(f"{name}={value}" for name, value in door.query.items())
        return [door.raw(f"POST {door.path}?{query} HTTP/1.1", *pieces)]

    return attack


def multipart(token: bytes) -> bytes:
    """Return a form in the other of the forms that browsers send."""
    fields = {b"form_token": token, b"decision": b"approved"}
    return b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % pair
        for pair in fields.items()
    )
