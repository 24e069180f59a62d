"""The outbox: what is sent is named after itself, so that it is sent once."""

import json
import re
from typing import Any

import pytest
from galley.errors import StorageRefusedError, StorageUnavailableError
from galley.mail import outbox
from galley.mail.letters import Letter
from galley.mail.outbox import Outbox

from tests.unit.fakes import aws_error

LETTER = Letter("Über Licht 💡?", "Text 💡", {}, link="https://approvals.example.com/secret")
ARN = "arn:aws:states:us-east-1:000000000042:stateMachine:galley-outbox"


class FakeExecutions:
    """Starts executions once under each name; `fails_with` is raised in place of that."""

    def __init__(self) -> None:
        self.started: dict[str, dict[str, Any]] = {}
        self.fails_with: Exception | None = None

    def start_execution(self, **asked: str) -> None:
        """Take one execution as Step Functions does."""
        if self.fails_with:
            raise self.fails_with
        if asked["name"] in self.started:
            raise aws_error("ExecutionAlreadyExists")
        assert asked["stateMachineArn"] == ARN
        self.started[asked["name"]] = json.loads(asked["input"])


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> FakeExecutions:
    """Give the outbox's state machine."""
    fake = FakeExecutions()
    monkeypatch.setattr(outbox, "step_functions", lambda: fake)
    return fake


def test_a_letter_is_handed_over_whole(executions: FakeExecutions) -> None:
    Outbox(ARN).mail("editor@example.com", LETTER, "lighthouses-1", 1, "asking")

    (sent,) = executions.started.values()
    assert sent == {
        "kind": "letter",
        "to": "editor@example.com",
        "subject": "Über Licht 💡?",
        "short_subject": "ber Licht ?",
        "text": LETTER.text,
        "html": LETTER.html,
    }


def test_the_same_letter_again_is_not_sent_again(executions: FakeExecutions) -> None:
    for _ in range(2):
        Outbox(ARN).mail("editor@example.com", LETTER, "lighthouses-1", 1, "asking")

    assert len(executions.started) == 1


@pytest.mark.parametrize(
    "other",
    [
        ("second@example.com", "lighthouses-1", 1, "asking"),
        ("editor@example.com", "lighthouses-2", 1, "asking"),
        ("editor@example.com", "lighthouses-1", 2, "asking"),
        ("editor@example.com", "lighthouses-1", 1, "reminding"),
    ],
    ids=["another reviewer", "another workflow", "another round", "another kind"],
)
def test_another_letter_is_sent(executions: FakeExecutions, other: tuple[Any, ...]) -> None:
    to, about, *key = other
    Outbox(ARN).mail("editor@example.com", LETTER, "lighthouses-1", 1, "asking")

    Outbox(ARN).mail(to, LETTER, about, *key)

    assert len(executions.started) == 2


@pytest.mark.parametrize("about", ["lighthouses-1", "x" * 80, "an execution: of others/ü"])
def test_a_name_is_one_that_step_functions_takes(executions: FakeExecutions, about: str) -> None:
    Outbox(ARN).announce("Research failed", {"error": "x"}, about, "arn", 0)

    (name,) = executions.started
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
    assert name.startswith(about[:5].replace(" ", "-"))


def test_nothing_secret_is_in_a_name(executions: FakeExecutions) -> None:
    Outbox(ARN).mail("editor@example.com", LETTER, "lighthouses-1", 1, LETTER.link)

    (name,) = executions.started
    assert "secret" not in name
    assert "editor" not in name


def test_an_event_is_handed_over_whole(executions: FakeExecutions) -> None:
    Outbox(ARN).announce("Research failed", {"error": "x"}, "lighthouses-1", "arn", 0)

    (sent,) = executions.started.values()
    assert sent == {"kind": "event", "detail_type": "Research failed", "detail": {"error": "x"}}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param("x" * 150, "x" * 99, id="too long"),
        pytest.param("Licht 💡 und Größe", "Licht  und Gre", id="not ASCII"),
        pytest.param("two\r\nlines", "two lines", id="two lines"),
        pytest.param("灯台", "A report waits for approval", id="nothing left"),
    ],
)
def test_a_topic_gets_a_subject_that_it_takes(
    executions: FakeExecutions, subject: str, expected: str
) -> None:
    Outbox(ARN).mail("editor@example.com", Letter(subject, "Text", {}), "lighthouses-1")

    assert [expected] == [each["short_subject"] for each in executions.started.values()]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", StorageUnavailableError),
        ("AccessDeniedException", StorageRefusedError),
    ],
)
def test_an_outbox_that_cannot_be_reached_is_told_and_names_nobody(
    executions: FakeExecutions, code: str, error: type[Exception]
) -> None:
    executions.fails_with = aws_error(code, "editor@example.com")

    with pytest.raises(error) as failed:
        Outbox(ARN).mail("editor@example.com", LETTER, "lighthouses-1")

    assert "editor@example.com" not in str(failed.value)
