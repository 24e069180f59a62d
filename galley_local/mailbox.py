"""Mails that the stack has sent: kept, never delivered, read at `/mail`."""

import html
import re
from dataclasses import dataclass
from typing import Any

from moto.ses.models import ses_backends

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Mail:
    """One mail."""

    to: tuple[str, ...]
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        """The addresses in the text."""
        return _LINK.findall(self.text)


class Mailbox:
    """What SES was asked to send."""

    def __init__(self, account_id: str, region: str) -> None:
        self._ses: Any = ses_backends[account_id][region]

    def mails(self) -> list[Mail]:
        """Return all mails, oldest first."""
        return [
            Mail(tuple(message.destinations["ToAddresses"]), message.subject, message.body)
            for message in self._ses.sent_messages
        ]

    def page(self) -> str:
        """Return the mails as a page, newest first."""
        items = "\n".join(_item(mail) for mail in reversed(self.mails()))
        return f"<!doctype html><meta charset=utf-8><title>Mail</title><h1>Mail</h1>{items}"


def _item(mail: Mail) -> str:
    text = _LINK.sub(r'<a href="\g<0>">\g<0></a>', html.escape(mail.text))
    heading = html.escape(f"{mail.subject} ({', '.join(mail.to)})")
    return f"<article><h2>{heading}</h2><pre>{text}</pre></article>"
