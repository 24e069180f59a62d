"""
Scenarios that between them use every permission of the template.

`galley permissions` plays them for its report, and the tests play them again with one permission
taken away at a time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from galley.prompts import fenced_values

from galley_local.corpus import Corpus
from galley_local.extractive import ExtractiveMind, UseTool
from galley_local.iam.permissions import Calls, Denial, Grant
from galley_local.stage import REVIEWER, TOPIC, Stage, StuckError

DOCUMENTS = ("fresnel-lens-history.md", "reflectors-before-the-lens.md")
PARAMETERS = {
    "ScheduleExpression": "rate(7 days)",
    "ScheduledTopic": TOPIC,
    "ScheduledTenant": "scheduled",
    "ScheduledReviewer": REVIEWER,
}


@dataclass(frozen=True)
class Spare:
    """Why a permission is given that no scenario uses, and without which other one it is used."""

    why: str
    instead_of: tuple[str, str]  # holder, action


# By holder and action.
SPARE = {
    ("ResearchScheduleRole", "sqs:SendMessage"): Spare(
        "keeps what the schedule could not start",
        instead_of=("ResearchScheduleRole", "states:StartExecution"),
    ),
    ("events.amazonaws.com", "sqs:SendMessage"): Spare(
        "keeps what a rule could not deliver",
        instead_of=("ResearchRequestedRuleRole", "states:StartExecution"),
    ),
    ("CloseWorkflowFunctionRole", "sqs:SendMessage"): Spare(
        "keeps the ends that the function could not record",
        instead_of=("CloseWorkflowFunctionRole", "dynamodb:GetItem"),
    ),
}


def approved_at_once(stage: Stage) -> None:
    """Start a workflow, and approve its first draft."""
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")


def rejected_first(stage: Stage) -> None:
    """Reject the first draft, with comments, and approve the second."""
    stage.start()
    stage.reject("More on reflectors.")
    stage.approve()
    stage.expect("SUCCEEDED")


def searched_before(stage: Stage) -> None:
    """Ask for the same topic again: the search is answered from the cache."""
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")
    stage.leave()
    stage.start()
    stage.approve()
    stage.expect("SUCCEEDED")


def nothing_found(stage: Stage) -> None:
    """Ask for what the corpus has nothing on, so that the workflow fails and says so."""
    stage.start("The taxation of medieval wool exports")
    stage.expect("FAILED", "TooFewSourcesError")
    stage.expect_told()


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
    stage.lose_the_answer()
    stage.expect("SUCCEEDED")


def nobody_decided(stage: Stage) -> None:
    """Let the deadline pass: the reviewer is told that the link is of no use any more."""
    stage.start()
    stage.pass_the_deadline()
    stage.expect("FAILED", "ApprovalExpiredError")
    stage.expect_told()
    stage.expect_record("EXPIRED")


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
        rejected_first,
        searched_before,
        nothing_found,
        two_reviewers,
        answer_lost,
        nobody_decided,
        asked_by_event,
        asked_by_schedule,
        stopped_by_operator,
        signed_in,
        key_rotated,
    )
}


@dataclass(frozen=True)
class Played:
    """What came of a scenario: why it got stuck, if it did, and the calls that it made."""

    name: str
    stuck: str
    seconds: float
    calls: Calls
    denials: list[Denial]

    def uses(self, grant: Grant) -> bool:
        """Tell whether a permission has allowed one of its calls."""
        return any(grant.statement.allows(call) for call in self.calls.get(grant.holder, ()))


def play(name: str, stage: Stage) -> Played:
    """Play a scenario and leave nothing running."""
    permissions = stage.stack.permissions
    before = len(permissions.denials)
    stuck = ""
    stage.begin()
    started = time.monotonic()
    with permissions.recording() as calls:
        try:
            SCENARIOS[name](stage)
        except StuckError as error:
            stuck = str(error)
        stage.leave()
    return Played(name, stuck, time.monotonic() - started, calls, permissions.denials[before:])


class CuriousMind(ExtractiveMind):
    """Thinks as usual, and uses each tool once more than it has to: wrongly too, as models do."""

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Look around, then answer."""
        if role == "summary":
            use_tool("read_source", {"start": "0"})
        if role == "writer":
            known = fenced_values(prompt)["sources"][0]["source_id"]
            for source_id in (known, "00000000"):
                use_tool("find_passages", {"source_id": source_id, "words": "light"})
        return super().answer(role, prompt, use_tool)


def short_corpus(folder: Path) -> Corpus:
    """Return two documents of the example corpus, so that a run takes half a second."""
    whole = Corpus.read(folder)
    return Corpus(
        folder,
        {name: whole.data[name] for name in DOCUMENTS},
        {name: whole.documents[name] for name in DOCUMENTS},
    )
