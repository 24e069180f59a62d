"""Attacks that need no more than a link: on the request, on the link, on the form."""

from galley_local.attacks.builders import (
    APPROVED,
    Attack,
    around,
    besides,
    body,
    edited,
    elsewhere,
    foreign,
    form,
    hang_up,
    link,
    multipart,
    request,
)
from galley_local.attacks.wire import FORM, MARK

MEGABYTE = 1_000_000
SCANNER = {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)", "Purpose": "prefetch"}
_HEAD = f"Content-Type: {FORM}\r\n".encode()

LOOKING: dict[str, Attack] = {
    "a scanner follows the link 20 times": lambda door: [
        door.send("GET", headers=SCANNER) for _ in range(20)
    ],
    "a browser prefetches": request("GET", {"Sec-Purpose": "prefetch;prerender"}),
    "HEAD": request("HEAD"),
    "OPTIONS, as before a request of another site": request(
        "OPTIONS", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    ),
    "PUT": request("PUT", body=APPROVED),
    "PATCH": request("PATCH", body=APPROVED),
    "DELETE": request("DELETE"),
    "a method that nobody knows": request("APPROVE"),
    "GET with the decision in the link": lambda door: [
        door.send("GET", query={**door.query, **APPROVED, "form_token": door.form_token})
    ],
    "GET with the form as its body": lambda door: [
        door.send("GET", {"form_token": door.form_token, **APPROVED})
    ],
    "GET that calls itself a POST": lambda door: [
        door.send(
            "GET",
            {"form_token": door.form_token, "_method": "POST", **APPROVED},
            {
                "X-HTTP-Method-Override": "POST",
                "X-HTTP-Method": "POST",
                "X-Method-Override": "POST",
            },
            query={**door.query, "_method": "POST"},
        )
    ],
}
LINKS: dict[str, Attack] = {
    **{f"{name} edited in the link": edited(name) for name in ("expires", "kid", "signature")},
    **{f"no {name} in the link": link(**{name: None}) for name in ("expires", "kid", "signature")},
    "a signature of zeros": link(signature="0" * 64),
    "an empty signature": link(signature=""),
    "a signature as an array": lambda door: link(
        **{"signature": None, "signature[]": door.query.get("signature", "")}
    )(door),
    "a signature twice, the second forged": lambda door: link(
        signature=[door.query.get("signature", ""), "0" * 64]
    )(door),
    "a signature in capitals": lambda door: link(signature=door.query.get("signature", "").upper())(
        door
    ),
    "a signature of 50 KB": link(signature="0" * 50_000),
    "a signature that is no text": link(signature=b"\xff\xfe\x00"),
    "a deadline in a thousand years": link(expires="33333333333"),
    "a deadline that is a wildcard": link(expires="*"),
    "another round in the link": elsewhere(lambda path: path.rpartition("/")[0] + "/2"),
    "another workflow in the link": elsewhere(
        lambda path: path.replace("/approvals/", "/approvals/x")
    ),
    "a round in another form": elsewhere(lambda path: path.rpartition("/")[0] + "/01"),
    "a round that is a text": elsewhere(lambda path: path.rpartition("/")[0] + "/%C2%B2"),
    "dots in the path": around(lambda path: f"/approvals/..{path}"),
    "encoded dots in the path": around(lambda path: f"/%2e%2e{path}"),
    "an encoded slash": around(lambda path: path[:-2] + "%2F" + path[-1]),
    "two slashes": around(lambda path: f"/{path}"),
    "NUL at the end of the path": around(lambda path: f"{path}%00"),
    "parameters in the path": around(lambda path: f"{path};round=2"),
    "a table's key in the path": elsewhere(lambda _: "/approvals/x%23META/1"),
    "a line break in the link": besides(x="\r\ngalley-attack: 1\r\n\r\n" + MARK),
    "markup in the link": link(x=MARK, signature=MARK),
    "a redirect in the link": besides(next="https://evil.example", redirect="//evil.example"),
}
FORMS: dict[str, Attack] = {
    "no form token": form(form_token=[], **APPROVED),
    "a form token of zeros": form(form_token="0" * 64, **APPROVED),
    "the link's signature as form token": lambda door: [
        door.send("POST", {"form_token": door.query.get("signature", ""), **APPROVED})
    ],
    "two form tokens": lambda door: form(form_token=[door.form_token, "0"], **APPROVED)(door),
    "no decision": form(comments="x"),
    "a decision that is misspelt": form(decision="aproved"),
    "a decision in capitals": form(decision="APPROVED"),
    "a decision with a space": form(decision=" approved"),
    "a decision twice": form(decision=["approved", "rejected"], comments="x"),
    "the same decision twice": form(decision=["approved", "approved"]),
    "a decision as an array": form(**{"decision[]": "approved"}),
    "a decision of a megabyte": form(decision="approved" * (MEGABYTE // 8)),
    "a decision in the link only": lambda door: [
        door.send("POST", {"form_token": door.form_token}, query={**door.query, **APPROVED})
    ],
    "a rejection without a word": form(decision="rejected", comments=" \n "),
    "a comment of 10,001 characters": form(decision="rejected", comments="x" * 10_001),
    "markup in a comment": form(decision="aproved", comments=f"</textarea>{MARK}"),
    "markup in a field of one's own": form(decision="aproved", **{MARK: MARK}),
    "10,000 fields": body(lambda token: b"form_token=" + token + b"&a=b" * 10_000),
    "10 MB": body(lambda token: b"form_token=" + token + b"&comments=" + b"x" * 10 * MEGABYTE),
    "bytes that are no text": body(lambda token: b"form_token=" + token + b"&decision=\xff\xfe"),
    "JSON": body(lambda _: b'{"decision": "approved"}', "application/json"),
    "a multipart form": body(multipart, "multipart/form-data; boundary=x"),
    "a body that comes slowly and not whole": hang_up(
        _HEAD + b"Content-Length: 5000\r\n\r\n", *[b"decision=approved&"] * 5
    ),
    "two lengths of one body": hang_up(
        _HEAD + b"Content-Length: 5\r\nContent-Length: 17\r\n\r\n", b"decision=approved"
    ),
    "a form of another site": foreign(Sec_Fetch_Site="cross-site", Origin="https://evil.example"),
    "a form of another origin": foreign(Origin="https://evil.example"),
    "a form of a neighbouring site": foreign(Sec_Fetch_Site="same-site"),
    "a form of a frame without origin": foreign(Sec_Fetch_Site="cross-site", Origin="null"),
    "a user agent of 50 KB with markup": lambda door: [
        door.send("GET", headers={"User-Agent": MARK + "x" * 50_000})
    ],
    "the page in a frame of another site": request(
        "GET", {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}
    ),
    "another host in the headers": lambda door: [
        door.send("GET", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"})
    ],
}
BY_LINK = {**LOOKING, **LINKS, **FORMS}
