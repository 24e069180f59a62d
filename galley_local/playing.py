"""
Plays scenarios, and notes which calls they make and which are denied.

`galley permissions` plays them for its report, and the tests play them again with one permission
taken away at a time.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from galley.prompts import fenced_values

from galley_local.corpus import Corpus
from galley_local.extractive import ExtractiveMind, UseTool
from galley_local.iam.permissions import Calls, Denial, Grant
from galley_local.internet.sample import KEY
from galley_local.internet.server import PlayedInternet
from galley_local.scenarios import SCENARIOS
from galley_local.stage import REVIEWER, TOPIC, Stage
from galley_local.watch import StuckError
from galley_local.web import Web

DOCUMENTS = ("fresnel-lens-history.md", "reflectors-before-the-lens.md")
PARAMETERS = {
    "ScheduleExpression": "rate(7 days)",
    "ScheduledTopic": TOPIC,
    "ScheduledTenant": "scheduled",
    "ScheduledReviewer": REVIEWER,
}


def web_in(internet: PlayedInternet) -> Web:
    """Return every provider of the sample internet, with the key that one of them wants."""
    return Web(("tavily", "openalex", "wikipedia"), {"tavily": KEY}, "robots@example.com", internet)


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
    ("ReconcileFunctionRole", "sqs:SendMessage"): Spare(
        "keeps that nobody could look for what got stuck",
        instead_of=("ReconcileFunctionRole", "dynamodb:Query"),
    ),
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
