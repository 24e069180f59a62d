"""Reviser agent: a reviewer's comments become a brief of known changes."""

from typing import Any

import pytest
from galley.artifacts import Artifacts
from galley.contracts import Brief, Change
from galley.errors import AgentReplyError, ArtifactMissingError
from galley.events import Pointer
from galley.prompts import fenced_values

from functions.reviser_agent import app
from tests.unit.fakes import (
    DRAFT,
    FRESNEL,
    LIGHTSHIPS,
    SCOPE,
    TOPIC,
    FakeAgent,
    a_brief,
    a_review,
    a_summary,
    load_event,
)

SOURCE_IDS = [FRESNEL, LIGHTSHIPS]
SUMMARIES = [Pointer(each, SCOPE.summary_key(each)) for each in SOURCE_IDS]
TASK = app.ReviserTask(SCOPE, TOPIC, 1, SUMMARIES)
EXPAND = {"kind": "expand", "what": "fog signals", "source": None}
REPLY = {"changes": [EXPAND]}
BRIEF_KEY = "press/lighthouses-1/briefs/1.json"


@pytest.fixture
def rejected(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with two rejected rounds: summaries, drafts and reviews."""
    for source_id in SOURCE_IDS:
        artifacts.keep(SCOPE.summary_key(source_id), a_summary(source_id))
    for round_number in (1, 2):
        artifacts.keep(SCOPE.draft_key(round_number), DRAFT)
        artifacts.keep(SCOPE.review_key(round_number), a_review("More on fog signals."))
    return artifacts


def test_a_brief_comes_back_as_a_pointer(
    artifacts: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = load_event("reviser_agent")
    for summary in event["summaries"]:
        artifacts.keep(summary["key"], a_summary(summary["source_id"]))
    artifacts.keep(SCOPE.draft_key(1), DRAFT)
    artifacts.keep(SCOPE.review_key(1), a_review())
    monkeypatch.setattr(app, "AGENT", FakeAgent(REPLY))

    answer = app.lambda_handler(event, context)

    assert {"key": BRIEF_KEY, "changes": 1} == answer


def test_the_agent_sees_draft_sources_and_comments(rejected: Artifacts) -> None:
    agent = FakeAgent(REPLY)

    app.revise(TASK, agent, rejected)

    expected = {
        "topic": TOPIC,
        "draft": DRAFT,
        "sources": [
            {"number": 1, "title": "Title of fb06f71e"},
            {"number": 2, "title": "Title of b5fa4af7"},
        ],
        "earlier_changes": [],
        "comments": "More on fog signals.",
    }
    assert expected == fenced_values(agent.asked[0].prompt)


def test_the_agents_tool_knows_the_round_and_the_order_of_the_sources(rejected: Artifacts) -> None:
    agent = FakeAgent(REPLY)

    app.revise(TASK, agent, rejected)

    expected = {
        "tenant": "press",
        "workflow_id": "lighthouses-1",
        "round": "1",
        "source_ids": "fb06f71e,b5fa4af7",
    }
    assert expected == agent.asked[0].attributes
    assert agent.asked[0].session_id == "lighthouses-1.reviser.1"


def test_a_later_round_sees_what_the_earlier_ones_asked_for(rejected: Artifacts) -> None:
    rejected.keep(BRIEF_KEY, a_brief(Change("drop_source", source=2)))
    agent = FakeAgent(REPLY)

    app.revise(app.ReviserTask(SCOPE, TOPIC, 2, SUMMARIES), agent, rejected)

    expected = [{"kind": "drop_source", "what": "", "source": 2}]
    assert expected == fenced_values(agent.asked[0].prompt)["earlier_changes"]


def test_a_brief_is_kept_with_what_it_cost(rejected: Artifacts) -> None:
    app.revise(TASK, FakeAgent(REPLY), rejected)

    kept = rejected.read(BRIEF_KEY, Brief)
    assert ([Change("expand", "fog signals")], 7) == (kept.changes, kept.agent["output_tokens"])


def test_a_kept_brief_is_not_paid_for_again(rejected: Artifacts) -> None:
    first = app.revise(TASK, FakeAgent(REPLY), rejected)

    assert first == app.revise(TASK, FakeAgent(), rejected)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("Write more about fog.", id="no JSON"),
        pytest.param({"changes": []}, id="no change"),
        pytest.param({"changes": [{**EXPAND, "kind": "publish"}]}, id="an unknown kind"),
        pytest.param({"changes": [{"kind": "drop_source", "source": 3}]}, id="an unknown source"),
    ],
)
def test_a_malformed_reply_is_retried(reply: str | dict[str, Any], rejected: Artifacts) -> None:
    with pytest.raises(AgentReplyError):
        app.revise(TASK, FakeAgent(reply), rejected)

    assert rejected.find_bytes(BRIEF_KEY) is None


def test_a_round_without_a_review_stops_before_the_agent_is_paid(artifacts: Artifacts) -> None:
    agent = FakeAgent(REPLY)

    with pytest.raises(ArtifactMissingError):
        app.revise(TASK, agent, artifacts)

    assert agent.asked == []
