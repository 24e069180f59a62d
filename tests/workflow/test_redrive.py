"""A run that failed is redriven: it goes on where it failed, and ends as if it had not."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError
from galley.prompts import fenced_values

from galley_local.bedrock.session import ServiceError, UseTool
from galley_local.reviewer import decide, open_link
from galley_local.stack import Stack
from galley_local.step_functions.interpreter import without_waits

from .conftest import Ended, ScriptedMind, Workflow
from .test_ends import stop, undelivered, until

Start = Callable[..., Workflow]


def redrive(workflow: Workflow, token: str = "") -> Any:
    """Redrive a workflow's execution as an operator would; return the answer."""
    more = {"clientToken": token} if token else {}
    client = workflow.stack.client("stepfunctions")
    return client.redrive_execution(executionArn=workflow.arn, **more)


def described(workflow: Workflow) -> dict[str, Any]:
    """Return what DescribeExecution says."""
    client = workflow.stack.client("stepfunctions")
    return dict(client.describe_execution(executionArn=workflow.arn))


def refuse(*_: object) -> str:
    """Fail for good, as an agent's service does where access is missing."""
    raise ServiceError(403, "AccessDeniedException", "no access to the model")


@contextmanager
def denied(stack: Stack, holder: str, *actions: str) -> Iterator[None]:
    """Take permissions away for a while."""
    with ExitStack() as taken:
        for action in actions:
            for grant in stack.permissions.grants():
                if holder in grant.holder and grant.action == action:
                    taken.enter_context(stack.permissions.without(grant))
        yield


def published(workflow: Workflow, ended: Ended, rounds: int = 1) -> None:
    """See that a workflow has ended as one that never failed."""
    draft, report = workflow.text(f"drafts/{rounds}.md"), workflow.text("published/report.md")
    assert (ended.status, ended.output["status"]) == ("SUCCEEDED", "PUBLISHED")
    assert report == draft
    assert ended.output["sha256"] == sha256(draft.encode()).hexdigest()
    assert workflow.record()["status"] == "PUBLISHED"
    assert not {"closed", "open", "error", "cause"} & workflow.record().keys()
    assert ended.output["rounds"] == rounds


def entered(ended: Ended, state: str) -> int:
    """Return how often a state was entered."""
    return ended.states().count(state)


# ---- each state that can fail for good -----------------------------------------------------------


@pytest.mark.parametrize("role", ["search", "writer"])
def test_an_agent_that_is_there_again(start: Start, mind: ScriptedMind, role: str) -> None:
    mind.scripts[role] = refuse
    workflow = start()
    failed = workflow.end()
    assert (failed.status, failed.error) == ("FAILED", "AgentRefusedError")
    asked = list(mind.calls)

    mind.reset()
    redrive(workflow)
    workflow.approve()
    ended = workflow.end()

    published(workflow, ended)
    assert not set(asked) - {role} & set(mind.calls)  # what was kept is not asked for again
    assert mind.calls.count(role) == 1
    assert len(workflow.mails()) == 1
    assert workflow.events() == ["Research failed", "Approval requested", "Report published"]


def test_a_reviser_that_is_there_again(start: Start, mind: ScriptedMind) -> None:
    mind.scripts["reviser"] = refuse
    workflow = start()
    workflow.reject("More on fog signals.")
    assert workflow.end().error == "AgentRefusedError"

    mind.reset()
    redrive(workflow)
    workflow.approve(round_number=2)
    ended = workflow.end()

    published(workflow, ended, rounds=2)
    assert mind.calls == ["reviser", "writer"]
    assert [len(workflow.mails(each)) for each in (1, 2)] == [1, 1]
    assert entered(ended, "Revise draft") == 1
    assert workflow.events().count("Research failed") == 1


def test_summaries_that_all_failed_are_gaps_and_stay_so(start: Start, mind: ScriptedMind) -> None:
    mind.scripts["summary"] = refuse
    workflow = start()
    assert workflow.end().error == "TooFewSourcesError"
    mind.reset()

    redrive(workflow)
    until(lambda: described(workflow)["status"] == "FAILED", "second end")

    again = workflow.end()
    assert again.error == "TooFewSourcesError"
    assert entered(again, "Summarize sources") == 1
    assert entered(again, "Write draft") == 1
    assert mind.calls == []
    until(lambda: workflow.events() == ["Research failed"] * 2, "second report")


def test_a_run_that_was_stopped_in_its_map_summarises_the_rest(
    start: Start, mind: ScriptedMind, stack: Stack
) -> None:
    def stop_at_the_last(role: str, prompt: str, use_tool: UseTool) -> str:
        summarised.append(fenced_values(prompt)["source"]["source_id"])
        if len(summarised) == 3:
            until(lambda: _iterations(workflow) >= 2, "summaries")
            stop(workflow)
        return mind.usual(role, prompt, use_tool)

    summarised: list[str] = []
    mind.scripts["summary"] = stop_at_the_last
    workflow = start(options={"max_sources": 3})
    stopped = workflow.end()
    assert stopped.status == "ABORTED"

    done = _iterations(workflow)
    mind.reset()
    redrive(workflow)
    workflow.approve()
    ended = workflow.end()

    published(workflow, ended)
    started = [each for each in ended.history if each["type"] == "MapIterationStarted"]
    assert (done, len(started)) == (2, 3 + 1)  # one iteration more
    assert ended.output["sources"] == 3
    assert entered(ended, "Summarize sources") == 1
    assert mind.calls.count("search") == 0


def test_reviewers_who_could_not_be_asked(start: Start, stack: Stack) -> None:
    with denied(stack, "RequestApproval", "states:StartExecution"):
        workflow = start()
        assert workflow.end().error == "StorageRefusedError"
    before = described(workflow)["redriveStatus"]

    redrive(workflow)
    workflow.approve()
    ended = workflow.end()

    published(workflow, ended)
    assert before == "REDRIVABLE"
    assert len(workflow.mails()) == 1
    assert workflow.events() == ["Approval requested", "Research failed", "Report published"]


def test_a_publication_that_was_forbidden(start: Start, stack: Stack, mind: ScriptedMind) -> None:
    workflow = start()
    with denied(stack, "PublishFunction", "s3:PutObject"):
        workflow.approve()
        assert workflow.end().error == "StorageRefusedError"
    mind.reset()

    redrive(workflow)
    ended = workflow.end()

    published(workflow, ended)
    assert mind.calls == []
    assert len(workflow.mails()) == 1
    assert workflow.events() == ["Approval requested", "Research failed", "Report published"]


def test_a_stopped_run_asks_anew_and_only_its_last_token_counts(start: Start) -> None:
    workflow = start()
    workflow.link()
    old = workflow.token()
    stop(workflow)
    workflow.end()
    time.sleep(1)  # deadlines are whole seconds, and a letter with the same one is the same

    redrive(workflow)
    until(lambda: len(workflow.mails()) == 2, "second mail")
    client = workflow.stack.client("stepfunctions")
    with pytest.raises(ClientError, match="TaskTimedOut"):
        client.send_task_success(taskToken=old, output="{}")

    first, second = (mail.links[0] for mail in workflow.mails())
    assert decide(open_link(second), "approved").status == 200
    ended = workflow.end()
    published(workflow, ended)
    assert _expiry(second) > _expiry(first)  # counted from the redrive, though entered before
    assert entered(ended, "Ask for approval") == 1
    assert workflow.events() == ["Approval requested", "Research failed", "Report published"]


def test_reviewers_who_could_not_be_reminded(start: Start, stack: Stack) -> None:
    workflow = start()
    workflow.link()
    with denied(stack, "RequestApproval", "states:StartExecution"):
        stack.deployment.pass_deadline(workflow.arn)
        assert workflow.end().error == "StorageRefusedError"

    redrive(workflow)
    until(lambda: len(workflow.mails()) == 2, "reminder")
    assert workflow.mails()[1].subject.startswith("Reminder: ")
    assert decide(open_link(workflow.mails()[1].links[0]), "approved").status == 200
    ended = workflow.end()

    published(workflow, ended)
    assert entered(ended, "Ask for approval") == entered(ended, "Remind reviewers") == 1


def test_an_approval_that_has_expired_stays_so(start: Start, stack: Stack) -> None:
    workflow = start()
    workflow.link()
    stack.deployment.pass_deadline(workflow.arn)
    until(lambda: len(workflow.mails()) == 2, "reminder")
    stack.deployment.pass_deadline(workflow.arn)
    assert workflow.end().error == "ApprovalExpiredError"

    redrive(workflow)
    until(lambda: workflow.record().get("closed") == "1", "second record of the end")
    again = workflow.end()

    assert again.error == "ApprovalExpiredError"
    assert entered(again, "Approval expired") == 2
    assert workflow.record()["status"] == "EXPIRED"
    assert len(workflow.mails()) == 2  # nobody was asked anew


def test_a_letter_that_was_refused_is_sent_by_redriving_it(start: Start, stack: Stack) -> None:
    with denied(stack, "Outbox", "ses:SendEmail"), without_waits():
        workflow = start()
        letter = undelivered(stack)
    assert workflow.mails() == []

    stack.client("stepfunctions").redrive_execution(executionArn=letter)
    workflow.approve()

    published(workflow, workflow.end())
    assert len(workflow.mails()) == 1


def test_a_run_that_fails_again_is_reported_again(start: Start, mind: ScriptedMind) -> None:
    mind.scripts["writer"] = refuse
    workflow = start()
    workflow.end()

    redrive(workflow)
    until(lambda: workflow.record().get("closed") == "1", "second record of the end")
    mind.reset()
    redrive(workflow)
    workflow.approve()
    ended = workflow.end()

    published(workflow, ended)
    assert workflow.events() == [
        *["Research failed"] * 2,
        "Approval requested",
        "Report published",
    ]
    assert described(workflow)["redriveCount"] == 2


# ---- RedriveExecution as AWS answers it ----------------------------------------------------------


def test_attempts_are_counted_anew(start: Start, mind: ScriptedMind) -> None:
    def throttled(*_: object) -> str:
        raise ServiceError(503, "ServiceUnavailableException", "later")

    mind.scripts["writer"] = throttled
    with without_waits():
        workflow = start()
        assert workflow.end().error == "AgentUnavailableError"
        attempts = mind.calls.count("writer")
        redrive(workflow)
        until(lambda: workflow.record().get("closed") == "1", "second end")

    assert attempts > 1
    assert mind.calls.count("writer") == 2 * attempts


def test_a_redrive_is_in_the_history_and_in_the_description(
    start: Start, mind: ScriptedMind
) -> None:
    mind.scripts["writer"] = refuse
    workflow = start()
    failed = workflow.end()
    before = described(workflow)
    mind.reset()

    answer = redrive(workflow)
    during = described(workflow)
    workflow.approve()
    ended = workflow.end()
    after = described(workflow)

    assert (before["redriveCount"], before["redriveStatus"]) == (0, "REDRIVABLE")
    assert "redriveDate" not in before
    assert (during["redriveCount"], during["redriveDate"]) == (1, answer["redriveDate"])
    assert during["redriveStatusReason"] == "Execution is RUNNING and cannot be redriven"
    assert not {"error", "cause", "stopDate"} & during.keys()
    assert after["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    assert ended.history[: len(failed.history)] == failed.history
    redriven = ended.history[len(failed.history)]
    assert redriven["type"] == "ExecutionRedriven"
    assert redriven["executionRedrivenEventDetails"] == {"redriveCount": 1}
    assert ended.history[len(failed.history) + 1]["type"] == "TaskScheduled"
    assert [each["id"] for each in ended.history] == list(range(1, len(ended.history) + 1))


def test_a_repeated_call_redrives_once(start: Start, mind: ScriptedMind) -> None:
    mind.scripts["writer"] = refuse
    workflow = start()
    workflow.end()
    mind.reset()

    first, second = redrive(workflow, "mine"), redrive(workflow, "mine")

    assert first["redriveDate"] == second["redriveDate"]
    assert described(workflow)["redriveCount"] == 1
    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        redrive(workflow, "another")
    workflow.approve()
    workflow.end()


def test_what_has_succeeded_cannot_be_redriven(start: Start) -> None:
    workflow = start()
    workflow.approve()
    workflow.end()

    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        redrive(workflow)


def test_what_does_not_exist_cannot_be_redriven(start: Start, stack: Stack) -> None:
    nowhere = stack.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:") + ":no"

    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        stack.client("stepfunctions").redrive_execution(executionArn=nowhere)


def _iterations(workflow: Workflow) -> int:
    client = workflow.stack.client("stepfunctions")
    history = client.get_execution_history(executionArn=workflow.arn, maxResults=1000)["events"]
    return sum(each["type"] == "MapIterationSucceeded" for each in history)


def _expiry(link: str) -> int:
    found = dict(part.split("=") for part in link.partition("?")[2].split("&"))
    return int(found["expires"])
