"""
The outbox: letters and events that are sent once, however often a function dies and tries again.

Each is an execution of a small state machine, named after what it sends: who starts it a second
time is told that it exists. What could not be sent is a failed execution, which can be redriven.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from galley import usage
from galley.artifacts import sha256
from galley.aws import AWS_ERRORS, STORAGE, error_code, storage_error

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

    from galley.mail.letters import Letter

_SHORT_SUBJECT = 99  # of SNS: fewer than 100 characters of printable ASCII
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9_-]")
_NAME, _HASH = 46, 32  # with a hyphen between them they stay under the 80 of an execution's name


@cache
def step_functions() -> "SFNClient":
    """Return the function's one client of the outbox."""
    return boto3.client("stepfunctions", config=STORAGE)


class Outbox:
    """What leaves the application: letters to reviewers, events to other systems."""

    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn

    def mail(self, to: str, letter: "Letter", about: str, *key: object) -> None:
        """Send a letter once; `about` is the workflow, the key what tells it from its others."""
        ascii_subject = letter.subject_line.encode("ascii", errors="ignore").decode()
        content = {
            "kind": "letter",
            "to": to,
            "subject": letter.subject_line,
            "short_subject": ascii_subject[:_SHORT_SUBJECT] or "A report waits for approval",
            "text": letter.text,
            "html": letter.html,
        }
        self._put(content, about, "letter", to, *key)

    def announce(self, kind: str, detail: Mapping[str, str], about: str, *key: object) -> None:
        """Put an event on the application's bus once."""
        content = {"kind": "event", "detail_type": kind, "detail": dict(detail)}
        self._put(content, about, "event", kind, *key)

    def _put(self, content: dict[str, Any], about: str, *key: object) -> None:
        try:
            step_functions().start_execution(
                stateMachineArn=self._arn, name=name_of(about, *key), input=json.dumps(content)
            )
            usage.count(f"outbox.{content['kind']}")
        except AWS_ERRORS as error:
            if error_code(error) != "ExecutionAlreadyExists":
                raise storage_error("the outbox could not be reached", error) from error


def name_of(about: str, *key: object) -> str:
    """Return the name of the execution that sends what such a key tells from all else."""
    digest = sha256(json.dumps([about, *key]).encode("utf-8"))[:_HASH]
    return f"{_UNNAMEABLE.sub('-', about)[:_NAME]}-{digest}"
