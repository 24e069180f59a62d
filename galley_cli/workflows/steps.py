"""What to do next about a workflow, for whoever is on call and knows nothing else of it."""

from datetime import UTC, datetime, timedelta

from galley_cli.workflows.advice import Redrive
from galley_cli.workflows.seen import Failure, Round, State, Workflow
from galley_cli.workflows.words import ago, duration, moment

# Longer than any state may take that waits for nobody, with every attempt used up.
LONGEST_STATE_SECONDS = 5 * 3600
LATE = timedelta(hours=1)
REDRIVABLE_DAYS = 14


def next_steps(workflow: Workflow) -> list[str]:
    """Return what to do next, the most useful first."""
    if workflow.deleted:
        return [f"{said_of_deletion(workflow)}. Start a new one: galley start TOPIC"]
    if workflow.failure:
        return _after_failure(workflow, workflow.failure)
    if workflow.waiting:
        return _while_waiting(workflow, workflow.waiting)
    if workflow.is_open:
        return _while_running(workflow)
    if workflow.status in {"PUBLISHED", "SUCCEEDED"}:
        return [f"Fetch the report: galley report {workflow.workflow_id}"]
    return [f"Read what it said: galley logs {workflow.workflow_id}"]


def said_of_deletion(workflow: Workflow) -> str:
    """Say when and by whom a workflow was deleted; nothing where it was not."""
    if workflow.deleted is None:
        return ""
    return f"Deleted at {moment(workflow.deleted.at)} UTC by {workflow.deleted.by}"


def _after_failure(workflow: Workflow, failure: Failure) -> list[str]:
    name, advice = workflow.workflow_id, failure.advice
    steps = [_sentence(advice.action)]
    if advice.redrive is not Redrive.NEVER and not workflow.redrivable and workflow.execution:
        until = ""
        if workflow.ended_at:
            last = workflow.ended_at + timedelta(days=REDRIVABLE_DAYS)
            until = f" (possible until {moment(last)} UTC)"
        where = f" from {workflow.state.name}" if workflow.state else ""
        first = "Once that is mended, r" if advice.redrive is Redrive.AFTER else "R"
        steps.append(
            f"{first}edrive: galley redrive {name}{until}. It goes on{where} with what is there; "
            "nothing is paid for twice"
        )
    else:
        why = workflow.redrivable or "it would fail again"
        steps.append(f"Do not redrive: {why}. Start a new one: galley start TOPIC")
    steps.append(f"See what its functions said: galley logs {name}")
    if workflow.rounds and not _is_published(workflow):
        steps.append(f"The last draft is kept: galley report {name} --draft")
    return steps


def _while_waiting(workflow: Workflow, waiting: Round) -> list[str]:
    name, now = workflow.workflow_id, datetime.now(UTC)
    if waiting.decision and not waiting.told_at:
        untold = f"It is {waiting.decision}, and the workflow was not told"
        return [f"{untold}: have the reviewer send it again, or wait until reconciliation tells it"]
    if waiting.expires_at + LATE < now:
        late = f"It waits past its deadline, which was {ago(waiting.expires_at)}"
        return [f"{late}: galley cancel {name}, then start again"]
    whom = ", ".join(waiting.silent)
    whom = f"Each of {whom}" if waiting.rule == "all" and len(waiting.silent) > 1 else whom
    until = f"{moment(waiting.expires_at)} UTC ({ago(waiting.expires_at)})"
    return [
        f"{whom} can decide by the link in the mail until {until}",
        f"With such a link: galley approve {name}, or galley reject {name} --comment TEXT",
        f"Read the draft: galley report {name} --draft",
        f"No mail? See what was sent: galley events {name}",
    ]


def _while_running(workflow: Workflow) -> list[str]:
    name, state = workflow.workflow_id, workflow.state
    steps = [f"Follow it: galley watch {name}"]
    if not workflow.execution or state is None:
        return steps
    if state.error:
        steps.insert(0, _on_retries(state))
        steps.append(f"See what its functions said: galley logs {name}")
    if state.seconds > LONGEST_STATE_SECONDS:
        steps.insert(
            0,
            f"{state.name} has taken {duration(state.seconds)}, longer than it may: read "
            f"galley logs {name}; end it with galley cancel {name}",
        )
    return steps


def _on_retries(state: State) -> str:
    advice = Failure(state.error, state.cause).advice
    return (
        f"{state.name} has failed with {state.error} and is tried again by itself: "
        f"{advice.meaning}. If that does not pass: {advice.action}"
    )


def _is_published(workflow: Workflow) -> bool:
    return any(each.key.startswith("published/") for each in workflow.artifacts)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
