"""The search after the attacks: what may stand nowhere, and where it stands all the same."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from galley_local.stack import Stack

_SIGNATURE = re.compile(r"signature=([0-9a-f]{64})")


@dataclass(frozen=True)
class Secret:
    """Something that is not to be written down, and what it is."""

    what: str
    text: str
    is_mailed: bool = False  # to whom it belongs, and nowhere else


def signatures(stack: "Stack") -> set[Secret]:
    """Return what lets in whoever has it: the signature of each link to a draft that was mailed."""
    mailed = (link for mail in stack.mailbox.mails() for link in mail.links)
    links = (link for link in mailed if "/approvals/" in link)  # a report's is in an event as well
    texts = {text for link in links for text in _SIGNATURE.findall(link)}
    return {Secret("a link's signature", text, is_mailed=True) for text in texts}


def written(stack: "Stack") -> Iterator[tuple[str, str]]:
    """Yield everything that a stack has written, by what it is."""
    for mail in stack.mailbox.mails():
        yield "mail", str(mail)
    yield "event", str(stack.events())
    for log in stack.work.glob("*.log"):
        yield "log", log.read_text(encoding="utf-8", errors="replace")
    s3, bucket = stack.client("s3"), stack.outputs["ArtifactsBucket"]
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for each in page["Contents"]:
            body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            yield "artifact", body.decode("utf-8", "replace")
    dynamodb, table = stack.client("dynamodb"), stack.outputs["TableName"]
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            yield "record", str(item)


def found_in(texts: Iterable[tuple[str, str]], secrets: Iterable[Secret]) -> list[str]:
    """Return which kinds of secret stand where they must not."""
    known = [secret for secret in secrets if secret.text]
    return sorted(
        {
            f"{secret.what} in {where}s"
            for where, text in texts
            for secret in known
            if secret.text in text and not (secret.is_mailed and where == "mail")
        }
    )
