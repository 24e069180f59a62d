"""Search agent: only sources that a tool returned, and the same search is paid for once."""

import os
from dataclasses import replace
from typing import Any

import pytest
from galley.artifacts import Artifacts, s3_client
from galley.contracts import Source
from galley.errors import AgentReplyError, AgentThrottledError
from galley.prompts import fenced_values
from galley.scope import Scope
from galley.variants import Variant
from galley.workflows import Workflows

from functions.search_agent import app
from tests.unit.fakes import (
    FRESNEL,
    LIGHTSHIPS,
    ROOT,
    SCOPE,
    TOPIC,
    FakeAgent,
    a_source,
    load_event,
)

TASK = app.SearchTask(SCOPE, TOPIC, max_sources=10)
CHOICES = [
    {"source_id": LIGHTSHIPS, "reason": "About ships."},
    {"source_id": FRESNEL, "reason": "About lenses."},
]
REPLY = {"sources": CHOICES}
TEXTS = {
    FRESNEL: "The Fresnel lens gathers light that a mirror would lose, and throws it out to sea.",
    LIGHTSHIPS: "A lightship lay at anchor where no tower could be built, and showed two lanterns.",
}


@pytest.fixture
def found(artifacts: Artifacts) -> Artifacts:
    """Give a bucket in which the search tool has left two documents."""
    for source_id, text in TEXTS.items():
        artifacts.keep(SCOPE.found_key(source_id), a_source(source_id, text=text))
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
    assert (TEXTS[FRESNEL], "About lenses.") == (kept.text, kept.reason)
    assert kept.kind == "document of the knowledge base"


def test_the_agent_is_told_the_topic_and_its_tools_the_workflow(
    found: Artifacts, workflows: Workflows
) -> None:
    agent = FakeAgent(REPLY)

    app.search(TASK, agent, found, workflows)

    (asked,) = agent.asked
    # a few more than the request's ten, in place of copies
    assert {"topic": TOPIC, "max_sources": 12} == fenced_values(asked.prompt)
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
    for source_id, text in TEXTS.items():
        found.keep(radio.found_key(source_id), a_source(source_id, text=text))
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


def test_of_two_copies_one_is_kept_and_the_other_named(
    found: Artifacts, workflows: Workflows
) -> None:
    found.keep(SCOPE.found_key("00000001"), a_source("00000001", text=TEXTS[LIGHTSHIPS] + " Copy."))
    reply = {"sources": [*CHOICES, {"source_id": "00000001", "reason": "About ships."}]}

    answer = app.search(TASK, FakeAgent(reply), found, workflows)

    assert [LIGHTSHIPS, FRESNEL] == [source["source_id"] for source in answer["sources"]]
    kept = found.read(SCOPE.source_key(LIGHTSHIPS), Source)
    expected = "Title of 00000001 (s3://galley-artifacts/corpus/00000001.md)"
    assert [expected] == kept.also_at


def test_what_could_not_be_read_is_handed_to_the_reviewer_and_to_no_agent(
    found: Artifacts, workflows: Workflows
) -> None:
    gap = a_source("00000001", text="", gap="encrypted")
    found.keep(SCOPE.found_key("00000001"), gap)
    second = app.SearchTask(Scope("press", "lighthouses-2"), TOPIC, 10)

    answers = [app.search(each, FakeAgent(REPLY), found, workflows) for each in (TASK, second)]

    assert [2, 2] == [len(answer["sources"]) for answer in answers]
    for task in (TASK, second):  # from the cache too
        assert gap == found.read(task.scope.source_key("00000001"), Source)


def test_a_document_that_could_not_be_read_is_no_source(
    found: Artifacts, workflows: Workflows
) -> None:
    found.keep(SCOPE.found_key("00000001"), a_source("00000001", text="", gap="encrypted"))
    reply = {"sources": [{"source_id": "00000001", "reason": "I guess."}]}

    with pytest.raises(AgentReplyError):
        app.search(TASK, FakeAgent(reply), found, workflows)


def searched_again(task: app.SearchTask, found: Artifacts, workflows: Workflows) -> bool:
    for source_id, text in TEXTS.items():
        found.keep(task.scope.found_key(source_id), a_source(source_id, text=text))
    agent = FakeAgent(REPLY)
    app.search(task, agent, found, workflows)
    return bool(agent.asked)


SECOND = Scope("press", "lighthouses-2")


def test_a_corpus_that_has_changed_is_searched_anew(found: Artifacts, workflows: Workflows) -> None:
    found.keep("corpus/lens.md", "The lens.")
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    second = app.SearchTask(SECOND, TOPIC, 10)

    assert not searched_again(second, found, workflows)
    found.keep("corpus/lens.md", "The lens, revised.")
    assert searched_again(second, found, workflows)


def test_an_agent_that_has_changed_searches_anew(
    found: Artifacts, workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)

    monkeypatch.setattr(app, "AGENT_STATE", [*app.AGENT_STATE[:1], "later", *app.AGENT_STATE[2:]])

    assert searched_again(app.SearchTask(SECOND, TOPIC, 10), found, workflows)


def test_other_domains_are_searched_anew() -> None:
    template = (ROOT / "template.yaml").read_text("utf-8")

    assert os.environ["WEB_SOURCES"] in app.AGENT_STATE
    assert "WEB_SOURCES: !Sub ${WebProviders}/${WebAllowedDomains}/${WebBlockedDomains}" in template


def test_a_fresh_search_passes_the_cache_by_and_its_own_retry_does_not(
    found: Artifacts, workflows: Workflows
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    fresh = app.SearchTask(SECOND, TOPIC, 10, fresh=True)

    assert [True, False] == [searched_again(fresh, found, workflows) for _ in range(2)]


CONTROL = Variant(experiment="sources", name="control")


def test_a_variant_of_an_experiment_searches_for_itself(
    found: Artifacts, workflows: Workflows
) -> None:
    app.search(TASK, FakeAgent(REPLY), found, workflows)
    task = replace(TASK, variant=CONTROL)

    first = app.search(task, FakeAgent(REPLY), found, workflows)

    assert not first["cached"]
    assert found.read(SCOPE.source_key(FRESNEL), Source).agent["variant"] == "control"
    assert app.search(task, FakeAgent(), found, workflows)["cached"]


def test_what_another_has_found_for_a_variant_is_not_the_variants(
    found: Artifacts, workflows: Workflows
) -> None:
    gone = replace(TASK, variant=Variant(prompt="0" * 64))  # which nobody has kept

    app.search(gone, FakeAgent(REPLY), found, workflows)

    assert not app.search(gone, FakeAgent(REPLY), found, workflows)["cached"]
