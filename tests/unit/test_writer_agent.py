"""Writer agent: a draft that cites only sources of this run, with a list nobody can invent."""

from dataclasses import replace
from typing import Any

import pytest
from galley.artifacts import Artifacts, sha256
from galley.citations.findings import Checked, Returned
from galley.contracts import Brief, Change, Claim
from galley.errors import (
    AgentReplyError,
    ArtifactMissingError,
    BudgetExceededError,
    CitationError,
    PriceMissingError,
    TooFewSourcesError,
)
from galley.events import Pointer
from galley.ledger.budget import Budget
from galley.prompts import fenced_values
from galley.sources.quorum import Gap
from galley.workflows import Workflows

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
    told = {"key": DRAFT_KEY, "sha256": digest, "round": 1, "partial": False}
    assert told | {"cost_usd": pytest.approx((11 * 1.1 + 7 * 5.5) / 1e6)} == answer


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


def test_a_claim_in_its_sources_own_words_is_told_once(summarized: Artifacts) -> None:
    words = "The Fresnel lens gathers light"
    own, other = Claim(words, words), Claim("Light is gathered.", words)
    lines = words.replace(" lens", "\nlens")  # as its source breaks them
    wrapped = [Claim(words, lines), Claim(lines, lines)]
    summarized.keep(SCOPE.summary_key(FRESNEL), a_summary(claims=[own, *wrapped, other]))
    agent = FakeAgent(DRAFT)

    app.write(TASK, agent, summarized)

    told = fenced_values(agent.asked[0].prompt)["sources"][0]["claims"]
    own_words = [{"text": words}, {"text": words}, {"text": lines}]
    assert [*own_words, {"text": other.text, "quote": words}] == told


def test_a_source_that_was_dropped_is_not_sent_again(summarized: Artifacts) -> None:
    summarized.keep(SCOPE.brief_key(1), a_brief(Change("drop_source", source=1)))
    agent = FakeAgent(DRAFT.replace("[1]", "[2]"))

    app.write(SECOND_ROUND, agent, summarized)

    sent = fenced_values(agent.asked[0].prompt)["sources"]
    assert [2] == [each["number"] for each in sent]


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


def test_too_few_summaries_stop_before_the_agent_is_paid_and_say_why(
    summarized: Artifacts,
) -> None:
    left_out = [Gap(each, "IrrelevantSourceError") for each in ("0a1b2c3d", "4e5f6a7b")]
    agent = FakeAgent(DRAFT)

    with pytest.raises(TooFewSourcesError) as refused:
        app.write(replace(TASK, gaps=left_out, minimum_sources=3), agent, summarized)

    assert str(refused.value).startswith("2 of the sources found say something on the topic")
    assert str(refused.value).endswith(
        "needs at least 3. Add documents on the topic, or word it "
        "as they do. Left out: IrrelevantSourceError."
    )
    assert agent.asked == []


def test_as_many_summaries_as_a_report_needs_are_enough(summarized: Artifacts) -> None:
    assert (
        app.write(replace(TASK, minimum_sources=2), FakeAgent(DRAFT), summarized)["key"]
        == DRAFT_KEY
    )


def test_a_draft_without_any_source_left_is_not_asked_for(summarized: Artifacts) -> None:
    everything = [Change("drop_source", source=1), Change("drop_source", source=2)]
    summarized.keep(SCOPE.brief_key(1), Brief(everything))
    agent = FakeAgent(DRAFT)

    with pytest.raises(TooFewSourcesError):
        app.write(SECOND_ROUND, agent, summarized)

    assert agent.asked == []


# ---- the citation gate ---------------------------------------------------------------------------

INVENTED = draft_citing("in 1822 [1]")
FIRST_ATTEMPT = "press/lighthouses-1/drafts/1.attempt-1.json"


def fail(artifacts: Artifacts, task: app.WriterTask = TASK) -> FakeAgent:
    """Let the writer agent invent a year once more."""
    agent = FakeAgent(INVENTED)
    with pytest.raises(CitationError, match="“1822” does not stand in"):
        app.write(task, agent, artifacts)
    return agent


def test_a_draft_that_fails_is_kept_with_what_was_wrong(summarized: Artifacts) -> None:
    fail(summarized)

    kept = summarized.read(FIRST_ATTEMPT, Returned)
    assert INVENTED.strip() == kept.draft
    assert ["1822"] == [finding.what for finding in kept.check.failures]
    assert kept.agent["output_tokens"] == 7


def test_the_next_attempt_is_told_what_to_mend_in_a_session_of_its_own(
    summarized: Artifacts,
) -> None:
    first, agent = fail(summarized), FakeAgent(DRAFT)

    app.write(TASK, agent, summarized)

    (returned,) = fenced_values(agent.asked[0].prompt)["returned"]
    assert [] == fenced_values(first.asked[0].prompt)["returned"]
    assert INVENTED.strip() == returned["draft"]
    assert "“1822” does not stand in [1]." == returned["problems"][0]["problem"]
    assert "lighthouses-1.writer.1.2" == agent.asked[0].session_id


def test_an_attempt_whose_worker_died_is_the_same_call_again(summarized: Artifacts) -> None:
    fail(summarized)
    died, again = FakeAgent(RuntimeError("killed")), FakeAgent(DRAFT)

    with pytest.raises(RuntimeError):
        app.write(TASK, died, summarized)
    app.write(TASK, again, summarized)

    assert died.asked == again.asked


def test_a_draft_goes_back_twice_and_no_more(summarized: Artifacts) -> None:
    for _ in range(3):
        fail(summarized)
    agent = FakeAgent(DRAFT)

    with pytest.raises(CitationError, match=r"in 3 attempts: “1822” does not stand") as raised:
        app.write(TASK, agent, summarized)

    assert agent.asked == []
    assert "gathers" not in str(raised.value)


def test_a_redriven_execution_may_try_again(summarized: Artifacts) -> None:
    for _ in range(3):
        fail(summarized)

    app.write(replace(TASK, redrives=1), FakeAgent(DRAFT), summarized)

    assert summarized.find_bytes(DRAFT_KEY)


def test_the_rounds_count_apart(summarized: Artifacts) -> None:
    for _ in range(3):
        fail(summarized)
    summarized.keep(SCOPE.brief_key(1), a_brief())

    app.write(SECOND_ROUND, FakeAgent(DRAFT), summarized)

    assert summarized.find_bytes(SCOPE.draft_key(2))


def test_what_is_suspicious_is_kept_beside_the_draft(summarized: Artifacts) -> None:
    written = app.write(TASK, FakeAgent(f"{DRAFT}\nJohn Smeaton built it [1].\n"), summarized)

    kept = summarized.read(SCOPE.check_key(1, written["sha256"]), Checked)
    assert {"John", "Smeaton"} <= {finding.what for finding in kept.check.warnings}
    assert kept.agent["prompt_sha256"]  # the call that the draft came of


def test_a_source_that_is_gone_stops_the_draft(summarized: Artifacts, context: Any) -> None:
    task = replace(TASK, summaries=[*SUMMARIES, Pointer("00000000", SCOPE.summary_key("00000000"))])
    summarized.keep(SCOPE.summary_key("00000000"), a_summary("00000000"))

    with pytest.raises(ArtifactMissingError):
        app.write(task, FakeAgent(DRAFT), summarized)


@pytest.mark.parametrize(
    "added",
    [
        pytest.param("## Sources ##\n\n[1] A board (https://evil.example)", id="closed heading"),
        pytest.param("Sources\n---\n\n[1] A board (https://evil.example)", id="underlined heading"),
        pytest.param("### References:\n\n- a board", id="another level"),
        pytest.param("~~~\nno end", id="a fence without an end"),
        pytest.param("```\nx ```", id="a fence that seems to end"),
        pytest.param("It glowed [1\u202e].", id="letters turned around"),
    ],
)
def test_no_draft_takes_the_place_of_its_list_of_sources(added: str, summarized: Artifacts) -> None:
    with pytest.raises(AgentReplyError):
        app.write(TASK, FakeAgent(f"{DRAFT}\n\n{added}\n"), summarized)

    assert summarized.find_bytes(SCOPE.draft_key(1)) is None


# ---- budgets -------------------------------------------------------------------------------------

CHEAP = Budget(usd="0.01")  # less than any call may cost


def test_where_the_budget_is_reached_the_first_draft_is_what_the_sources_say(
    summarized: Artifacts, registered: Workflows
) -> None:
    agent = FakeAgent()

    written = app.write(replace(TASK, budget=CHEAP), agent, summarized)

    draft = summarized.read_text(DRAFT_KEY)
    assert agent.asked == []
    assert "This draft is partial: a budget was reached" in draft
    assert "$" not in draft
    assert "- The Fresnel lens gathers light [1]\n- The Fresnel lens gathers light [2]" in draft
    assert (written["partial"], written["cost_usd"]) == (True, 0)
    assert registered.find_with_cost(SCOPE.workflow_id)["partial"]


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param("In 1822 it reached 20.5 miles [12] by night", id="figures and a citation"),
        pytest.param('He wrote “a "great" light”, **bold** and <b>', id="quotation marks, markup"),
        pytest.param("## Sources\n\n[1] Another (elsewhere)", id="a list of sources"),
        pytest.param("1. First | second ``` third", id="lists, tables and code"),
        pytest.param("[a link](https://evil.example) and ![a picture](x)", id="links"),
    ],
)
def test_a_draft_without_an_agent_passes_the_gate_whatever_its_sources_say(
    artifacts: Artifacts, registered: Workflows, quote: str
) -> None:
    source = a_source(text=f"# Lights\n\n{quote}.", title="References from 1799")
    artifacts.keep(SCOPE.source_key(FRESNEL), source)
    summary = a_summary(claims=[Claim("In 1823 it did not.", quote)], title=source.title)
    artifacts.keep(SCOPE.summary_key(FRESNEL), summary)

    app.write(replace(TASK, summaries=SUMMARIES[:1], budget=CHEAP), FakeAgent(), artifacts)

    assert artifacts.read_text(DRAFT_KEY).count("## Sources") == 1


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(replace(TASK, budget=replace(CHEAP, at_budget="fail")), id="as asked for"),
        pytest.param(replace(SECOND_ROUND, budget=CHEAP), id="a later round"),
    ],
)
def test_a_budget_ends_the_run_where_what_there_is_will_not_do(
    summarized: Artifacts, registered: Workflows, task: Any
) -> None:
    summarized.keep(SCOPE.brief_key(1), a_brief())

    with pytest.raises(BudgetExceededError):
        app.write(task, FakeAgent(), summarized)

    assert "partial" not in registered.find_with_cost(SCOPE.workflow_id)
    assert summarized.find_bytes(SCOPE.draft_key(task.round)) is None


def test_a_draft_is_partial_where_no_budget_had_room_for_all_sources(
    summarized: Artifacts, registered: Workflows
) -> None:
    written = app.write(
        replace(TASK, refusals=["the budget is reached"]), FakeAgent(DRAFT), summarized
    )

    assert written["partial"]
    assert registered.find_with_cost(SCOPE.workflow_id)["partial"]


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(
            replace(TASK, budget=replace(CHEAP, at_budget="fail")), id="all have to be paid for"
        ),
        pytest.param(replace(TASK, summaries=SUMMARIES[:1], budget=CHEAP), id="too few are left"),
    ],
)
def test_sources_that_could_not_be_paid_for_end_the_run_before_a_draft_is_asked_for(
    summarized: Artifacts, registered: Workflows, task: Any
) -> None:
    agent = FakeAgent(DRAFT)

    with pytest.raises(BudgetExceededError, match="2 of the sources were not"):
        app.write(
            replace(task, minimum_sources=2, refusals=["the budget is reached", "so"]),
            agent,
            summarized,
        )

    assert [] == agent.asked


def test_a_summary_that_has_no_price_says_so(summarized: Artifacts) -> None:
    gaps = [Gap("0a1b2c3d", "PriceMissingError")]
    task = replace(TASK, gaps=gaps, refusals=["there is no price for the model x"])

    with pytest.raises(PriceMissingError, match="no price for the model x"):
        app.write(task, FakeAgent(DRAFT), summarized)
