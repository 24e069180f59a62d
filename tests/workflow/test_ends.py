"""Ends that the state machine cannot record itself, and events that reach nobody."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from galley_local.iam.permissions import Grant
from galley_local.stack import Stack

from .conftest import TOPIC, ScriptedMind, Workflow


@pytest.fixture(scope="module")
def parameters() -> dict[str, str]:
    """Return a schedule."""
    return {
        "ScheduleExpression": "rate(7 days)",
        "ScheduledTopic": TOPIC,
        "ScheduledReviewer": "monday@example.com",
    }


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something and return it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    return pytest.fail(f"no {what} in 30 s")


def undelivered(stack: Stack) -> dict[str, Any]:
    """Wait for the next message on the queue of undelivered events."""
    queue, sqs = stack.outputs["UndeliveredEventsUrl"], stack.client("sqs")
    (message,) = until(
        lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), "undelivered event"
    )
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    body: dict[str, Any] = json.loads(message["Body"])
    return body


def permission(stack: Stack, holder: str, action: str) -> Grant:
    """Return the one permission of a role to do something."""
    (grant,) = (
        each
        for each in stack.permissions.grants()
        if holder in each.holder and each.action == action
    )
    return grant


def stop(workflow: Workflow) -> None:
    """Stop a workflow's execution as an operator would."""
    workflow.stack.client("stepfunctions").stop_execution(executionArn=workflow.arn)


def stop_unreported(workflow: Workflow) -> dict[str, Any]:
    """Stop a workflow that waits where its end cannot be reported; return what is kept of that."""
    workflow.link()
    stack = workflow.stack
    with stack.permissions.without(permission(stack, "CloseWorkflow", "states:StartExecution")):
        stop(workflow)
        return undelivered(stack)


def test_a_stopped_execution_is_recorded_and_reported(start: Callable[..., Workflow]) -> None:
    workflow = start()
    workflow.link()  # it waits for its reviewer

    stop(workflow)

    until(lambda: workflow.record()["status"] == "ABORTED", "record of the end")
    assert workflow.record()["error"] == "States.Aborted"
    assert workflow.events() == ["Approval requested", "Research failed"]


def test_a_stopped_execution_is_not_called_approved(start: Callable[..., Workflow]) -> None:
    workflow = start()
    workflow.link()
    stop(workflow)
    until(lambda: workflow.record()["status"] == "ABORTED", "record of the end")

    assert workflow.approve() == 410

    assert workflow.record()["status"] == "ABORTED"


def test_a_decision_that_comes_before_the_end_is_recorded_is_not_called_taken(
    start: Callable[..., Workflow],
) -> None:
    workflow = start()

    stop_unreported(workflow)

    assert workflow.approve() == 503
    assert workflow.record()["status"] == "WAITING_FOR_APPROVAL"


def test_an_end_that_the_machine_told_itself_is_told_once(
    start: Callable[..., Workflow], mind: ScriptedMind
) -> None:
    mind.scripts["search"] = lambda *_: json.dumps({"sources": []})
    workflow = start()

    assert workflow.end().status == "FAILED"

    time.sleep(1)  # for what could come after the end
    assert workflow.events() == ["Research failed"]


def test_an_end_that_cannot_be_reported_is_kept(start: Callable[..., Workflow]) -> None:
    workflow = start()

    kept = stop_unreported(workflow)

    assert kept["requestContext"]["condition"] == "RetriesExhausted"
    assert kept["requestContext"]["approximateInvokeCount"] == 3
    assert kept["requestPayload"]["detail"]["executionArn"] == workflow.arn
    assert kept["responsePayload"]["errorType"] == "StorageRefusedError"
    assert workflow.record()["status"] == "WAITING_FOR_APPROVAL"


def test_what_cannot_be_announced_is_published_all_the_same(
    start: Callable[..., Workflow],
) -> None:
    workflow = start()
    workflow.link()
    stack = workflow.stack

    with stack.permissions.without(permission(stack, "ResearchStateMachine", "events:PutEvents")):
        workflow.approve()
        ended = workflow.end()

    assert ended.status == "SUCCEEDED"
    assert ended.states()[-1] == "Published, not announced"
    assert ended.output["status"] == "PUBLISHED"
    assert ended.output["report_key"].endswith("/published/report.md")


def test_a_request_by_event_that_starts_nothing_is_kept(stack: Stack, mind: ScriptedMind) -> None:
    request = {"topic": TOPIC, "reviewer": "weekly@example.com"}
    entry = {
        "EventBusName": stack.outputs["EventBusName"],
        "Source": "newsroom",
        "DetailType": "Research requested",
        "Detail": json.dumps(request),
    }

    role = permission(stack, "ResearchRequestedRule", "states:StartExecution")
    with stack.permissions.without(role):
        stack.client("events").put_events(Entries=[entry])
        kept = undelivered(stack)

    assert kept == request


def test_a_schedule_that_starts_nothing_is_kept(stack: Stack, mind: ScriptedMind) -> None:
    role = permission(stack, "ResearchSchedule", "states:StartExecution")
    with stack.permissions.without(role), pytest.raises(Exception, match="StartExecution"):
        stack.run_schedule()

    assert undelivered(stack)["reviewer"] == "monday@example.com"
