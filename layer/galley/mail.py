"""Mail to reviewers: SES where a sender is configured, else the notification topic."""

from functools import cache
from typing import TYPE_CHECKING

import boto3

from galley.aws import AWS_ERRORS, STORAGE, storage_error
from galley.letters import Letter

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

_SNS_SUBJECT_CHARACTERS = 99  # fewer than 100, of printable ASCII


@cache
def _ses() -> "SESV2Client":
    return boto3.client("sesv2", config=STORAGE)


@cache
def _sns() -> "SNSClient":
    return boto3.client("sns", config=STORAGE)


class Mailer:
    """Sends letters from one sender, or as text to those who subscribed to one topic."""

    def __init__(self, topic_arn: str, sender: str) -> None:
        self.topic_arn = topic_arn
        self.sender = sender

    def send(self, to: str, letter: Letter) -> None:
        """Send one letter."""
        try:
            if self.sender:
                self._send_by_ses(to, letter)
            else:
                self._send_by_sns(to, letter)
        except AWS_ERRORS as error:
            raise storage_error("mail could not be sent", error) from error

    def _send_by_ses(self, to: str, letter: Letter) -> None:
        _ses().send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": {"Data": letter.subject_line, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": letter.text, "Charset": "UTF-8"},
                        "Html": {"Data": letter.html, "Charset": "UTF-8"},
                    },
                }
            },
        )

    def _send_by_sns(self, to: str, letter: Letter) -> None:
        ascii_subject = letter.subject_line.encode("ascii", errors="ignore").decode()
        _sns().publish(
            TopicArn=self.topic_arn,
            Subject=ascii_subject[:_SNS_SUBJECT_CHARACTERS] or "A report waits for approval",
            Message=letter.text,
            # a subscription with the filter {"reviewer": ["an address"]} gets nobody else's
            MessageAttributes={"reviewer": {"DataType": "String", "StringValue": to}},
        )
