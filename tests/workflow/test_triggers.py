"""What starts workflows besides a caller: the schedule, and events of other systems."""

import json
import re
import time
from typing import Any

import pytest

from galley_local.stack import Stack

from .conftest import TOPIC, ScriptedMind

REQUEST = {"topic": TOPIC, "tenant": "radio", "reviewer": "weekly@example.com"}


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return a schedule."""
    return {
        "ScheduleExpression": "rate(7 days)",
        "ScheduledTopic": TOPIC,
        "ScheduledTenant": "press",
        "ScheduledReviewer": "monday@example.com",
    }


def wait_for_mail(stack: Stack, reviewer: str) -> str:
    """Return the text of the reviewer's mail."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for mail in stack.mailbox.mails():
            if mail.to == (reviewer,):
                return mail.text
        time.sleep(0.1)
    pytest.fail(f"no mail to {reviewer}")


def put(stack: Stack, detail_type: str, detail: dict[str, Any]) -> None:
    """Put an event of another system on the application's bus."""
    entry = {
        "EventBusName": stack.outputs["EventBusName"],
        "Source": "newsroom",
        "DetailType": detail_type,
        "Detail": json.dumps(detail),
    }
    stack.client("events").put_events(Entries=[entry])


def test_the_schedule_starts_a_workflow_as_its_own_role(stack: Stack, mind: ScriptedMind) -> None:
    stack.run_schedule()

    text = wait_for_mail(stack, "monday@example.com")

    assert re.search(r"Tenant: +press", text)
    assert stack.permissions.denials == []
    roles = [role for role in stack.permissions.calls if "ResearchScheduleRole" in role]
    assert [call.action for role in roles for call in stack.permissions.calls[role]] == [
        "states:StartExecution"
    ]


def test_another_system_starts_a_workflow_by_event(stack: Stack, mind: ScriptedMind) -> None:
    put(stack, "Research requested", REQUEST)

    text = wait_for_mail(stack, "weekly@example.com")

    assert re.search(r"Tenant: +radio", text)
    assert stack.permissions.denials == []


def test_other_events_start_nothing(stack: Stack, mind: ScriptedMind) -> None:
    machine = stack.outputs["StateMachineArn"]
    step_functions = stack.client("stepfunctions")
    before = len(step_functions.list_executions(stateMachineArn=machine)["executions"])

    put(stack, "Coffee requested", REQUEST)
    time.sleep(1)

    after = len(step_functions.list_executions(stateMachineArn=machine)["executions"])
    assert before == after
