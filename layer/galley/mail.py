"""Mail to reviewers: SES where a sender is configured, else the notification topic."""

from functools import cache
from typing import TYPE_CHECKING

import boto3

from galley.aws import AWS_ERRORS, STORAGE, storage_error

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
    """Sends plain-text mail from one sender, or to everyone who subscribed to one topic."""

    def __init__(self, topic_arn: str, sender: str) -> None:
        self.topic_arn = topic_arn
        self.sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one mail."""
        try:
            if self.sender:
                self._send_by_ses(to, subject, text)
            else:
                self._send_by_sns(subject, text)
        except AWS_ERRORS as error:
            raise storage_error("mail could not be sent", error) from error

    def _send_by_ses(self, to: str, subject: str, text: str) -> None:
        _ses().send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [to]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                }
            },
        )

    def _send_by_sns(self, subject: str, text: str) -> None:
        ascii_subject = subject.encode("ascii", errors="ignore").decode()
        _sns().publish(
            TopicArn=self.topic_arn,
            Subject=ascii_subject[:_SNS_SUBJECT_CHARACTERS] or "A report waits for approval",
            Message=text,
        )
