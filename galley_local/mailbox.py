"""
SES's SendEmail on a laptop: mails are kept, never delivered, and read at `/mail`.

moto keeps of a mail either its text or its HTML; here both can be read.
"""

import html
import json
import re
import uuid
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

SEND_EMAIL = "/v2/email/outbound-emails"
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One mail."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str

    @property
    def links(self) -> list[str]:
        """The addresses in the text."""
        return _LINK.findall(self.text)


class Mailbox:
    """What SES was asked to send."""

    def __init__(self) -> None:
        self._mails: list[Mail] = []

    def respond(self, request: Request) -> Response | None:
        """Take a mail as SES does; None if the request is for another service."""
        if (request.method, request.path) != ("POST", SEND_EMAIL):
            return None
        asked = json.loads(request.get_data())
        content = asked["Content"]["Simple"]
        body = {kind: part["Data"] for kind, part in content["Body"].items()}
        to = tuple(asked["Destination"]["ToAddresses"])
        mail = Mail(to, content["Subject"]["Data"], body.get("Text", ""), body.get("Html", ""))
        self._mails.append(mail)
        answer = json.dumps({"MessageId": str(uuid.uuid4())})
        return Response(answer, content_type="application/json")

    def mails(self) -> list[Mail]:
        """Return all mails, oldest first."""
        return list(self._mails)

    def listing(self) -> str:
        """Return the mails for a program, oldest first: to whom, about what, which links."""
        listed = [
            {"to": mail.to, "subject": mail.subject, "links": mail.links} for mail in self._mails
        ]
        return json.dumps(listed)

    def page(self) -> str:
        """Return the mails as a page, newest first."""
        items = "\n".join(_item(mail) for mail in reversed(self._mails))
        return f"<!doctype html><meta charset=utf-8><title>Mail</title><h1>Mail</h1>{items}"


def _item(mail: Mail) -> str:
    text = _LINK.sub(r'<a href="\g<0>">\g<0></a>', html.escape(mail.text))
    heading = html.escape(f"{mail.subject} ({', '.join(mail.to)})")
    # in a frame that may do nothing but follow the link that is clicked
    frame = (
        '<iframe sandbox="allow-top-navigation-by-user-activation" width=640 height=560 '
        f'srcdoc="{html.escape(mail.html)}"></iframe>'
    )
    shown = f"<details><summary>as HTML</summary>{frame}</details>" if mail.html else ""
    return f"<article><h2>{heading}</h2><pre>{text}</pre>{shown}</article>"
