"""Writer agent: a draft that cites only sources of this run, with a list nobody can invent."""

from typing import Any

import pytest
from galley.artifacts import Artifacts, sha256
from galley.contracts import Brief, Change
from galley.errors import (
    AgentReplyError,
    ArtifactMissingError,
    CitationError,
    TooFewSourcesError,
)
from galley.events import Pointer
from galley.prompts import fenced_values

from functions.writer_agent import app
from tests.unit.fakes import (
    DRAFT,
    FRESNEL,
    LIGHTSHIPS,
    SCOPE,
    TOPIC,
    FakeAgent,
    a_brief,
    a_source,
    a_summary,
    load_event,
)

SOURCE_IDS = [FRESNEL, LIGHTSHIPS]
SUMMARIES = [Pointer(each, SCOPE.summary_key(each)) for each in SOURCE_IDS]
TASK = app.WriterTask(SCOPE, TOPIC, 1, SUMMARIES)
SECOND_ROUND = app.WriterTask(SCOPE, TOPIC, 2, SUMMARIES)
DRAFT_KEY = "press/lighthouses-1/drafts/1.md"


@pytest.fixture
def summarized(artifacts: Artifacts) -> Artifacts:
    """Give a bucket with two sources and their summaries."""
    for source_id in SOURCE_IDS:
        artifacts.keep(SCOPE.source_key(source_id), a_source(source_id))
        artifacts.keep(SCOPE.summary_key(source_id), a_summary(source_id))
    return artifacts


def draft_citing(citations: str) -> str:
    """Return a draft with one sentence that cites what is given."""
    return f"# Lights\n\n## Summary\n\nThe lens gathers light {citations}.\n"


def test_a_draft_comes_back_as_its_key_hash_and_round(
    artifacts: Artifacts, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = load_event("writer_agent")
    for summary in event["summaries"]:
        artifacts.keep(SCOPE.source_key(summary["source_id"]), a_source(summary["source_id"]))
        artifacts.keep(summary["key"], a_summary(summary["source_id"]))
    monkeypatch.setattr(app, "AGENT", FakeAgent(DRAFT))

    answer = app.lambda_handler(event, context)

    digest = sha256(artifacts.read_bytes(DRAFT_KEY))
    assert {"key": DRAFT_KEY, "sha256": digest, "round": 1} == answer


def test_the_list_of_sources_names_those_that_are_cited_and_no_others(
    summarized: Artifacts,
) -> None:
    app.write(TASK, FakeAgent(draft_citing("[2]")), summarized)

    expected = "\n\n## Sources\n\n[2] Title of b5fa4af7 (b5fa4af7.md)\n"
    assert summarized.read_text(DRAFT_KEY).endswith(expected)
    assert "[1]" not in summarized.read_text(DRAFT_KEY)


def test_the_agent_gets_the_claims_under_the_numbers_to_cite(summarized: Artifacts) -> None:
    agent = FakeAgent(DRAFT)

    app.write(TASK, agent, summarized)

    sent = fenced_values(agent.asked[0].prompt)
    offered = [(each["number"], each["source_id"]) for each in sent["sources"]]
    assert [(1, FRESNEL), (2, LIGHTSHIPS)] == offered
    assert sent["sources"][0]["claims"][0]["quote"] == "The Fresnel lens gathers light"
    assert sent["changes"] == []


def test_each_round_is_a_session_of_its_own(summarized: Artifacts) -> None:
    summarized.keep(SCOPE.brief_key(1), a_brief())
    agent = FakeAgent(DRAFT)

    app.write(SECOND_ROUND, agent, summarized)

    assert agent.asked[0].session_id == "lighthouses-1.writer.2"


def test_a_kept_draft_is_not_paid_for_again(summarized: Artifacts) -> None:
    first = app.write(TASK, FakeAgent(DRAFT), summarized)

    assert first == app.write(TASK, FakeAgent(), summarized)


def test_a_later_round_follows_the_brief_of_the_round_before(summarized: Artifacts) -> None:
    summarized.keep(SCOPE.brief_key(1), a_brief(Change("expand", "fog signals")))
    agent = FakeAgent(DRAFT)

    app.write(SECOND_ROUND, agent, summarized)

    expected = [{"kind": "expand", "what": "fog signals", "source": None}]
    assert expected == fenced_values(agent.asked[0].prompt)["changes"]


def test_a_later_round_without_a_brief_stops_before_the_agent_is_paid(
    summarized: Artifacts,
) -> None:
    agent = FakeAgent(DRAFT)

    with pytest.raises(ArtifactMissingError):
        app.write(SECOND_ROUND, agent, summarized)

    assert agent.asked == []


@pytest.mark.parametrize(
    "citations",
    [
        pytest.param("[3]", id="a number too high"),
        pytest.param("[0]", id="zero"),
        pytest.param("[1][9]", id="one good and one bad"),
    ],
)
def test_a_draft_that_cites_an_unknown_source_is_refused(
    citations: str, summarized: Artifacts
) -> None:
    with pytest.raises(CitationError):
        app.write(TASK, FakeAgent(draft_citing(citations)), summarized)

    assert summarized.find_bytes(DRAFT_KEY) is None


@pytest.mark.parametrize("citations", ["[1, 2]", "[1-2]", "[1;2]"])
def test_several_numbers_in_one_pair_of_brackets_are_refused(
    citations: str, summarized: Artifacts
) -> None:
    with pytest.raises(AgentReplyError):
        app.write(TASK, FakeAgent(draft_citing(citations)), summarized)


def test_a_draft_whose_code_block_has_no_end_is_refused(summarized: Artifacts) -> None:
    with pytest.raises(AgentReplyError):
        app.write(TASK, FakeAgent(f"{DRAFT}\n```\n"), summarized)


def test_an_attempt_that_comes_late_gets_the_draft_of_the_first(summarized: Artifacts) -> None:
    class Overtaken(FakeAgent):
        def ask(self, *asked: Any, **more: Any) -> Any:
            summarized.keep(DRAFT_KEY, "# The first draft\n")
            return super().ask(*asked, **more)

    written = app.write(TASK, Overtaken(DRAFT), summarized)

    assert written["sha256"] == sha256(b"# The first draft\n")
    assert summarized.read_text(DRAFT_KEY) == "# The first draft\n"


def test_a_draft_that_cites_a_dropped_source_is_refused(summarized: Artifacts) -> None:
    summarized.keep(SCOPE.brief_key(1), a_brief(Change("drop_source", source=2)))

    with pytest.raises(CitationError, match=r"\[2\]"):
        app.write(SECOND_ROUND, FakeAgent(draft_citing("[1][2]")), summarized)


def test_a_draft_that_brings_its_own_list_of_sources_is_refused(summarized: Artifacts) -> None:
    own_list = f"{DRAFT}\n## Sources\n\n[1] A book that nobody has seen\n"

    with pytest.raises(AgentReplyError):
        app.write(TASK, FakeAgent(own_list), summarized)


def test_a_malformed_draft_is_retried(summarized: Artifacts) -> None:
    with pytest.raises(AgentReplyError):
        app.write(TASK, FakeAgent("Sorry, I cannot write this."), summarized)

    assert summarized.find_bytes(DRAFT_KEY) is None


def test_a_draft_without_any_source_left_is_not_asked_for(summarized: Artifacts) -> None:
    everything = [Change("drop_source", source=1), Change("drop_source", source=2)]
    summarized.keep(SCOPE.brief_key(1), Brief(everything))
    agent = FakeAgent(DRAFT)

    with pytest.raises(TooFewSourcesError):
        app.write(SECOND_ROUND, agent, summarized)

    assert agent.asked == []
