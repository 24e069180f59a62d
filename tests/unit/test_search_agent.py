"""Search agent: only sources that a tool returned, and the same search is paid for once."""

from typing import Any

import pytest
from galley.artifacts import Artifacts, s3_client
from galley.contracts import Source
from galley.errors import AgentReplyError, AgentThrottledError
from galley.prompts import fenced_values
from galley.scope import Scope
from galley.workflows import Workflows

from functions.search_agent import app
from tests.unit.fakes import FRESNEL, LIGHTSHIPS, SCOPE, TOPIC, FakeAgent, a_source, load_event

TASK = app.SearchTask(SCOPE, TOPIC, max_sources=10)
CHOICES = [
    {"source_id": LIGHTSHIPS, "reason": "About ships."},
    {"source_id": FRESNEL, "reason": "About lenses."},
]
REPLY = {"sources": CHOICES}


@pytest.fixture
def found(artifacts: Artifacts) -> Artifacts:
    """Give a bucket in which the search tool has left two documents."""
    for source_id in (FRESNEL, LIGHTSHIPS):
        artifacts.keep(SCOPE.found_key(source_id), a_source(source_id))
    return artifacts


def test_the_sources_come_back_as_pointers_best_first(
    found: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "AGENT", FakeAgent(REPLY))

    answer = app.lambda_handler(load_event("search_agent"), context)

    expected = [
        {"source_id": LIGHTSHIPS, "key": "press/lighthouses-1/sources/b5fa4af7.json"},
        {"source_id": FRESNEL, "key": "press/lighthouses-1/sources/fb06f71e.json"},
    ]
    assert {"sources": expected, "cached": False} == answer


def test_a_chosen_source_is_kept_with_its_text_and_the_reason(
    found: Artifacts, workflows: Workflows
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)

    kept = found.read(SCOPE.source_key(FRESNEL), Source)
    assert (a_source().text, "About lenses.") == (kept.text, kept.reason)


def test_the_agent_is_told_the_topic_and_its_tools_the_workflow(
    found: Artifacts, workflows: Workflows
) -> None:
    agent = FakeAgent(REPLY)

    app.search(TASK, agent, found, workflows)

    (asked,) = agent.asked
    assert {"topic": TOPIC, "max_sources": 10} == fenced_values(asked.prompt)
    assert asked.session_id == "lighthouses-1.search.0"
    assert asked.attributes == {"tenant": "press", "workflow_id": "lighthouses-1"}


def test_no_more_sources_are_taken_than_were_asked_for(
    found: Artifacts, workflows: Workflows
) -> None:
    task = app.SearchTask(SCOPE, TOPIC, max_sources=1)

    answer = app.search(task, FakeAgent(REPLY), found, workflows)

    assert [LIGHTSHIPS] == [source["source_id"] for source in answer["sources"]]


def test_a_source_that_no_tool_returned_is_refused(found: Artifacts, workflows: Workflows) -> None:
    invented = {"sources": [*CHOICES, {"source_id": "deadbeef", "reason": "I recall it."}]}

    with pytest.raises(AgentReplyError, match="no search has returned"):
        app.search(TASK, FakeAgent(invented), found, workflows)

    assert found.list_keys(SCOPE.key("sources/")) == []


def test_a_source_of_another_workflow_is_refused(
    artifacts: Artifacts, workflows: Workflows
) -> None:
    artifacts.keep(Scope("press", "lighthouses-2").found_key(FRESNEL), a_source())
    reply = {"sources": [{"source_id": FRESNEL, "reason": "About lenses."}]}

    with pytest.raises(AgentReplyError):
        app.search(TASK, FakeAgent(reply), artifacts, workflows)


def test_a_malformed_reply_is_retried(found: Artifacts, workflows: Workflows) -> None:
    with pytest.raises(AgentReplyError):
        app.search(TASK, FakeAgent("I found some nice sources."), found, workflows)


def test_a_failure_of_the_agent_is_not_remembered(found: Artifacts, workflows: Workflows) -> None:
    agent = FakeAgent(AgentThrottledError("slow down"), REPLY)
    with pytest.raises(AgentThrottledError):
        app.search(TASK, agent, found, workflows)

    answer = app.search(TASK, agent, found, workflows)

    assert not answer["cached"]


def test_a_kept_search_is_not_paid_for_again(found: Artifacts, workflows: Workflows) -> None:
    first = app.search(TASK, FakeAgent(REPLY), found, workflows)

    again = app.search(TASK, FakeAgent(), found, workflows)

    assert (first["sources"], True) == (again["sources"], again["cached"])


def test_another_workflow_of_the_tenant_gets_copies_from_the_cache(
    found: Artifacts, workflows: Workflows
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    second = Scope("press", "lighthouses-2")

    app.search(app.SearchTask(second, TOPIC, 10), FakeAgent(), found, workflows)

    expected = found.read(SCOPE.source_key(FRESNEL), Source)
    assert expected == found.read(second.source_key(FRESNEL), Source)


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(app.SearchTask(Scope("radio", "x"), TOPIC, 10), id="another tenant"),
        pytest.param(app.SearchTask(Scope("press", "x"), TOPIC + "?", 10), id="another topic"),
        pytest.param(app.SearchTask(Scope("press", "x"), TOPIC, 9), id="another number"),
    ],
)
def test_another_search_is_not_answered_from_the_cache(
    task: app.SearchTask, found: Artifacts, workflows: Workflows
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    agent = FakeAgent({"sources": []})

    app.search(task, agent, found, workflows)

    assert len(agent.asked) == 1


def test_a_search_of_another_tenant_leaves_the_cache_as_it_is(
    found: Artifacts, workflows: Workflows
) -> None:
    radio = Scope("radio", "lighthouses-2")
    for source_id in (FRESNEL, LIGHTSHIPS):
        found.keep(radio.found_key(source_id), a_source(source_id))
    app.search(TASK, FakeAgent(REPLY), found, workflows)

    app.search(app.SearchTask(radio, TOPIC, 10), FakeAgent(REPLY), found, workflows)

    assert app.search(TASK, FakeAgent(), found, workflows)["cached"]


def test_an_expired_search_is_done_again(
    found: Artifacts, workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "CACHE_SECONDS", 0)
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    agent = FakeAgent(REPLY)

    answer = app.search(TASK, agent, found, workflows)

    assert (1, False) == (len(agent.asked), answer["cached"])


def test_a_cached_search_whose_sources_are_gone_is_done_again(
    found: Artifacts, workflows: Workflows
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    s3_client().delete_object(Bucket=found.bucket, Key=SCOPE.source_key(FRESNEL))
    agent = FakeAgent(REPLY)

    answer = app.search(TASK, agent, found, workflows)

    assert (1, False) == (len(agent.asked), answer["cached"])


def test_finding_nothing_is_an_answer_that_is_not_cached(
    artifacts: Artifacts, workflows: Workflows
) -> None:
    nothing: dict[str, Any] = {"sources": []}
    agent = FakeAgent(nothing, nothing)

    answers = [app.search(TASK, agent, artifacts, workflows) for _ in range(2)]

    assert [{"sources": [], "cached": False}] * 2 == answers
