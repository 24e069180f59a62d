"""Mail: by SES where a sender is configured, else to the topic's subscribers."""

import os
from typing import Any

import pytest
from galley import mail
from galley.errors import StorageUnavailableError
from galley.letters import Letter
from galley.mail import Mailer
from moto.backends import get_backend

from tests.unit.fakes import aws_error

ACCOUNT, REGION = "000000000042", "us-east-1"
TOPIC_ARN = os.environ["APPROVAL_TOPIC_ARN"]


LETTER = Letter("Über Licht 💡?", "Text 💡", {})


class RecordingSes:
    """Remembers what it was asked to send."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_email(self, **asked: Any) -> None:
        """Take a mail as SES does."""
        self.sent.append(asked)


class Broken:
    """A mail service whose every operation fails."""

    def __getattr__(self, name: str) -> Any:
        def fail(**_arguments: Any) -> Any:
            raise aws_error("MessageRejected", "editor@example.com is not verified")

        return fail


def published() -> list[tuple[str | None, str]]:
    """Return subject and message of everything that went to the topic."""
    topic = get_backend("sns")[ACCOUNT][REGION].topics[TOPIC_ARN]
    return [(subject, message) for _, message, subject, *_ in topic.sent_notifications]


def test_with_a_sender_the_reviewer_gets_text_and_html(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses = RecordingSes()
    monkeypatch.setattr(mail, "_ses", lambda: ses)

    Mailer(TOPIC_ARN, "galley@example.com").send("editor@example.com", LETTER)

    (sent,) = ses.sent
    assert sent["FromEmailAddress"] == "galley@example.com"
    assert sent["Destination"] == {"ToAddresses": ["editor@example.com"]}
    simple = sent["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Über Licht 💡?"
    assert simple["Body"]["Text"]["Data"] == LETTER.text
    assert simple["Body"]["Html"]["Data"] == LETTER.html
    assert published() == []


def test_a_mail_is_one_that_ses_takes(aws: None) -> None:
    Mailer(TOPIC_ARN, "galley@example.com").send("editor@example.com", LETTER)

    (message,) = get_backend("ses")[ACCOUNT][REGION].sent_messages
    assert (message.source, message.subject) == ("galley@example.com", "Über Licht 💡?")


def test_without_a_sender_the_topic_gets_the_text(aws: None) -> None:
    letter = Letter("Approve?", "Text 💡", {})

    Mailer(TOPIC_ARN, "").send("editor@example.com", letter)

    assert [("Approve?", letter.text)] == published()


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param("x" * 150, "x" * 99, id="too long"),
        pytest.param("Licht 💡 und Größe", "Licht  und Gre", id="not ASCII"),
        pytest.param("two\r\nlines", "two lines", id="two lines"),
        pytest.param("灯台", "A report waits for approval", id="nothing left"),
    ],
)
def test_a_topic_gets_a_subject_that_it_takes(aws: None, subject: str, expected: str) -> None:
    Mailer(TOPIC_ARN, "").send("editor@example.com", Letter(subject, "Text", {}))

    assert [expected] == [subject for subject, _ in published()]


@pytest.mark.parametrize("sender", ["", "galley@example.com"], ids=["topic", "mail"])
def test_a_mail_that_fails_is_retried_and_names_nobody(
    sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_ses", Broken)
    monkeypatch.setattr(mail, "_sns", Broken)

    with pytest.raises(StorageUnavailableError) as failed:
        Mailer(TOPIC_ARN, sender).send("editor@example.com", LETTER)

    assert "editor@example.com" not in str(failed.value)
