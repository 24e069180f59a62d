"""Scenarios that between them use every permission of the template."""

from collections.abc import Callable

from galley_local.faults.fault import Fault
from galley_local.stage import REVIEWER, Stage


def approved_at_once(stage: Stage) -> None:
    """Start a workflow, and approve its first draft."""
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")


def read_when_published(stage: Stage) -> None:
    """Approve, and read the report by the link that comes when it is published."""
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")
    stage.read_report()


def rejected_first(stage: Stage) -> None:
    """Reject the first draft, with comments, and approve the second."""
    stage.start()
    stage.reject("More on reflectors.")
    stage.approve()
    stage.expect("SUCCEEDED")


def played_by_others(stage: Stage) -> None:
    """Have each role played with another prompt, through a rejection too."""
    stage.set_prompts()
    rejected_first(stage)


def searched_before(stage: Stage) -> None:
    """Ask for the same topic again: the search is answered from the cache."""
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")
    stage.leave()
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")


def writer_died(stage: Stage) -> None:
    """Let the writer die between what the gate has said and the draft: the next attempt goes on."""
    with stage.stack.faults.during(Fault.parse("kill-after@writer_agent.PutObject")):
        stage.start()
        stage.approve()
    stage.expect("SUCCEEDED")


def nothing_found(stage: Stage) -> None:
    """Ask for what the corpus has nothing on, so that the workflow fails and says so."""
    stage.start("The taxation of medieval wool exports")
    stage.expect("FAILED", "TooFewSourcesError")
    stage.expect_told()
    stage.expect_event("Research failed")


def two_reviewers(stage: Stage) -> None:
    """Let two reviewers approve, one after the other; the first is told of the second."""
    stage.start_for(REVIEWER, "second@example.com")
    stage.approve()
    stage.approve()
    stage.expect("SUCCEEDED")
    stage.expect_mail("Approved: ")


def answer_lost(stage: Stage) -> None:
    """Decide, and lose the answer on its way: the state is tried again and finds the decision."""
    stage.start()
    stage.link()
    stage.approve_unheard()
    stage.crash_while_waiting()
    stage.expect("SUCCEEDED")


def heard_at_last(stage: Stage) -> None:
    """Decide after the reminder, and lose the answer: the last look before the end finds it."""
    stage.start()
    stage.link()
    stage.pass_the_time()
    stage.link()
    stage.approve_unheard()
    stage.pass_the_time()
    stage.expect("SUCCEEDED")


def nobody_decided(stage: Stage) -> None:
    """Let the deadline pass: the reviewer is told that the link is of no use any more."""
    stage.start()
    for _ in ("asked", "reminded"):
        stage.link()
        stage.pass_the_time()
    stage.expect("FAILED", "ApprovalExpiredError")
    stage.expect_told()
    stage.expect_record("EXPIRED")
    stage.expect_event("Approval expired")


def asked_by_event(stage: Stage) -> None:
    """Ask for a report as another system does, on the application's bus."""
    stage.start_by_event()
    stage.approve()
    stage.expect("SUCCEEDED")


def asked_by_schedule(stage: Stage) -> None:
    """Let the schedule's time come."""
    stage.start_by_schedule()
    stage.approve()
    stage.expect("SUCCEEDED")


def stopped_by_operator(stage: Stage) -> None:
    """Stop a workflow as an operator does: it cannot say so itself."""
    stage.start()
    stage.link()
    stage.stop()
    stage.expect_record("ABORTED")
    stage.expect_event("Research failed")


def never_sent(stage: Stage) -> None:
    """Decide, and lose the answer: whoever looks for what got stuck finds it."""
    stage.start()
    stage.link()
    stage.approve_unheard()
    stage.reconcile()
    stage.expect("SUCCEEDED")


def end_unheard(stage: Stage) -> None:
    """Stop a workflow, and lose the word of it: whoever looks for what got stuck records it."""
    stage.start()
    stage.link()
    stage.stop()
    stage.expect_record("ABORTED")
    stage.expect_event("Research failed")
    stage.forget_the_end()
    stage.reconcile()
    stage.expect_record("ABORTED")


def signed_in(stage: Stage) -> None:
    """Sign in on the way to a draft, find it in the inbox as well, and sign out."""
    stage.start()
    stage.sign_in()
    stage.find_in_inbox()
    stage.sign_out()


def key_rotated(stage: Stage) -> None:
    """Have a new key sign the links."""
    stage.rotate_key()


SCENARIOS: dict[str, Callable[[Stage], None]] = {
    scenario.__name__.replace("_", "-"): scenario
    for scenario in (
        approved_at_once,
        read_when_published,
        rejected_first,
        played_by_others,
        searched_before,
        writer_died,
        nothing_found,
        two_reviewers,
        answer_lost,
        heard_at_last,
        nobody_decided,
        asked_by_event,
        asked_by_schedule,
        stopped_by_operator,
        never_sent,
        end_unheard,
        signed_in,
        key_rotated,
    )
}
