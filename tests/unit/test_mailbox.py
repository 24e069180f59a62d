"""The laptop's mailbox: what SES is asked to send can be read, as text and as HTML."""

import json
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from galley_local.mailbox import SEND_EMAIL, Mailbox

LINK = "https://approvals.example.com/approvals/w/1?kid=1&signature=2"
HOSTILE = '"></iframe><script>alert(1)</script>'


def a_request(body: dict[str, str], subject: str = "Approve?", path: str = SEND_EMAIL) -> Request:
    """Return a call of SES's SendEmail."""
    asked: dict[str, Any] = {
        "Destination": {"ToAddresses": ["editor@example.com"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": subject},
                "Body": {kind: {"Data": data} for kind, data in body.items()},
            }
        },
    }
    return EnvironBuilder(path, method="POST", data=json.dumps(asked)).get_request()


def test_a_mail_is_kept_as_text_and_as_html() -> None:
    mailbox = Mailbox()

    answer = mailbox.respond(a_request({"Text": f"Read {LINK}", "Html": "<p>Read</p>"}))

    assert answer is not None
    assert json.loads(answer.get_data())["MessageId"]
    (mail,) = mailbox.mails()
    assert (mail.to, mail.subject, mail.html) == (
        ("editor@example.com",),
        "Approve?",
        "<p>Read</p>",
    )
    assert mail.links == [LINK]


def test_what_is_not_for_ses_is_another_services() -> None:
    mailbox = Mailbox()

    assert mailbox.respond(a_request({"Text": "x"}, path="/other")) is None
    assert mailbox.mails() == []


def test_the_page_shows_mails_newest_first_and_lets_none_out_of_its_frame() -> None:
    mailbox = Mailbox()
    mailbox.respond(a_request({"Text": LINK, "Html": HOSTILE}, subject="First <b>"))
    mailbox.respond(a_request({"Text": HOSTILE}, subject="Second"))

    page = mailbox.page()

    assert page.index("Second") < page.index("First &lt;b&gt;")
    assert "<script>" not in page
    assert page.count("<iframe sandbox=") == 1
    assert f'<a href="{LINK.replace("&", "&amp;")}">' in page
