"""Casting: a variant's agent and prompt do the work, or the template's own where they are gone."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from galley import agents, casting
from galley.agents.usage import Tokens
from galley.artifacts import Artifacts
from galley.errors import (
    AgentRefusedError,
    AgentThrottledError,
    BudgetExceededError,
    PriceMissingError,
    StorageRefusedError,
)
from galley.ledger.budget import NO_BUDGET, Budget
from galley.ledger.ledger import ChargedAgent
from galley.prompts import PromptTemplate
from galley.scope import Scope
from galley.variants import Variant, prompt_key

from tests.unit.fakes import SCOPE, FakeAgent

OWN = PromptTemplate("Write about {{topic}}.")
OTHER = b"Write briefly about {{topic}}."
SHA256 = hashlib.sha256(OTHER).hexdigest()
HARNESS = "arn:aws:bedrock-agentcore:us-east-1:123456789012:harness/my_harness-AbCdEf1234"
SHORT = {"experiment": "shorter", "name": "short"}


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    casting._templates.clear()


@dataclass(frozen=True)
class AWriterTask:
    """What a writer is to do, as far as its part in it goes."""

    variant: Variant
    scope: Scope = SCOPE
    budget: Budget = NO_BUDGET


def template_for(variant: Variant, artifacts: Artifacts) -> PromptTemplate:
    """Return the prompt template that a variant of the writer works with."""
    return casting.part_of("writer", AWriterTask(variant), FakeAgent(), OWN, artifacts)[1]


def ask(variant: Variant, usual: FakeAgent, artifacts: Artifacts) -> Any:
    """Ask the agent of a variant of the writer."""
    agent, _ = casting.part_of("writer", AWriterTask(variant), usual, OWN, artifacts)
    return agent.ask("Hello", SCOPE.session_id("writer", "1"), {})


# ---- prompts -------------------------------------------------------------------------------------


def test_without_a_variant_nothing_is_looked_up(artifacts: Artifacts) -> None:
    usual = FakeAgent()

    agent, template = casting.part_of("writer", AWriterTask(Variant()), usual, OWN, artifacts)

    assert isinstance(agent, ChargedAgent)
    assert (agent.agent, template) == (usual, OWN)


def test_a_prompt_is_read_by_its_hash_and_only_once(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts.keep(prompt_key("writer", SHA256), OTHER)
    variant = Variant(prompt=SHA256)

    template = template_for(variant, artifacts)
    monkeypatch.setattr(Artifacts, "find_bytes", lambda *_: 1 / 0)

    assert template_for(variant, artifacts) is template
    assert template.text == OTHER.decode()
    assert template.evidence("")["template_sha256"] == SHA256
    assert "instead_of_template" not in template.evidence("")


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        pytest.param(None, "is missing", id="none"),
        pytest.param(OTHER + b"!", "its SHA-256 is another", id="another"),
    ],
)
def test_a_prompt_that_is_not_there_is_replaced_and_told(
    artifacts: Artifacts, log_lines: Callable[[], list[Any]], kept: bytes | None, why: str
) -> None:
    if kept:
        artifacts.keep(prompt_key("writer", SHA256), kept)

    template = template_for(Variant(prompt=SHA256), artifacts)

    assert template.text == OWN.text
    assert template.evidence("")["instead_of_template"] == SHA256
    (line,) = log_lines()
    assert (line["level"], why in line["message"]) == ("ERROR", True)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Write about {{subject}}.", id="another placeholder"),
        pytest.param(b"Write.", id="none"),
        pytest.param(b"Write about {{topic}} \xff.", id="not UTF-8"),
        pytest.param(b"{{topic}}" + b"x" * 50_000, id="too long"),
    ],
)
def test_a_prompt_that_cannot_stand_in_is_replaced(artifacts: Artifacts, data: bytes) -> None:
    digest = artifacts.keep(prompt_key("writer", hashlib.sha256(data).hexdigest()), data)

    assert template_for(Variant(prompt=digest), artifacts).text == OWN.text


def test_a_permission_that_is_missing_is_not_hidden(
    artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise StorageRefusedError("no")

    monkeypatch.setattr(Artifacts, "find_bytes", refuse)

    with pytest.raises(StorageRefusedError):
        template_for(Variant(prompt=SHA256), artifacts)


# ---- agents --------------------------------------------------------------------------------------


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], FakeAgent]:
    """Give what other agents there are, by agent and model."""
    known: dict[tuple[str, str], FakeAgent] = {}
    monkeypatch.setattr(casting, "agent_named", lambda *name: known[name])
    return known


def test_an_answer_says_which_variant_it_is_of(
    artifacts: Artifacts, others: dict[tuple[str, str], FakeAgent]
) -> None:
    others[HARNESS, "a-model"] = FakeAgent("from the other")

    answer = ask(Variant(**SHORT, agent=HARNESS, model="a-model"), FakeAgent(), artifacts)

    evidence = answer.evidence()
    assert answer.text == "from the other"
    assert ("shorter", "short", "") == tuple(
        evidence[name] for name in ("experiment", "variant", "fell_back")
    )


def test_a_control_is_the_usual_agent_and_says_so(artifacts: Artifacts) -> None:
    answer = ask(Variant(experiment="shorter", name="control"), FakeAgent("usual"), artifacts)

    assert (answer.text, answer.variant) == ("usual", "control")


def test_where_an_agent_is_gone_the_usual_one_answers_and_it_is_told(
    artifacts: Artifacts,
    others: dict[tuple[str, str], FakeAgent],
    log_lines: Callable[[], list[Any]],
) -> None:
    others[HARNESS, ""] = FakeAgent(AgentRefusedError.gone("no such harness"))

    answer = ask(Variant(agent=HARNESS), FakeAgent("usual"), artifacts)

    assert (answer.text, answer.fell_back) == ("usual", "no such harness")
    (line,) = log_lines()
    assert (line["level"], "no such harness" in line["message"]) == ("ERROR", True)


@pytest.mark.parametrize("error", [AgentRefusedError("by a guardrail"), AgentThrottledError("")])
def test_what_an_agent_refuses_goes_to_no_other(
    artifacts: Artifacts, others: dict[tuple[str, str], FakeAgent], error: Exception
) -> None:
    others[HARNESS, ""], usual = FakeAgent(error), FakeAgent("usual")

    with pytest.raises(type(error)):
        ask(Variant(agent=HARNESS), usual, artifacts)

    assert usual.asked == []


def test_an_agent_of_bedrock_agents_takes_no_other_model(
    artifacts: Artifacts, log_lines: Callable[[], list[Any]]
) -> None:
    answer = ask(Variant(agent="AGENT12345/ALIAS12345", model="m1"), FakeAgent("usual"), artifacts)

    assert "takes no other model" in answer.fell_back


def metrics(printed: str) -> list[dict[str, Any]]:
    """Return the metrics of experiments in CloudWatch's embedded format."""
    lines = [json.loads(each) for each in printed.splitlines() if "CloudWatchMetrics" in each]
    return [each for each in lines if "experiment" in each]


def test_calls_in_an_experiment_are_measured_by_role_and_variant(
    artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(Variant(experiment="shorter", name="control"), FakeAgent("usual"), artifacts)

    (measured,) = metrics(capsys.readouterr().out)
    names = {"role": "writer", "experiment": "shorter", "variant": "control"}
    assert names == {name: measured[name] for name in names}
    (described,) = measured["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Galley"
    assert {"role", "experiment", "variant"} <= set(described["Dimensions"][0])
    assert (measured["InputTokens"], measured["Seconds"]) == ([11.0], [0.5])


@pytest.mark.parametrize("was_asked", [True, False])
def test_a_call_that_the_ledger_ends_counts_where_the_agent_was_asked(
    artifacts: Artifacts, capsys: pytest.CaptureFixture[str], was_asked: bool
) -> None:
    stopped = BudgetExceededError("the budget is reached")
    stopped.tokens = Tokens(100, 20)
    usual = FakeAgent(stopped)
    if not was_asked:
        usual.model = "vendor.model"  # which has no price
    task = AWriterTask(Variant(experiment="shorter", name="control"), budget=Budget(usd="10"))
    agent, _ = casting.part_of("writer", task, usual, OWN, artifacts)

    with pytest.raises((BudgetExceededError, PriceMissingError)):
        agent.ask("Hello", SCOPE.session_id("writer", "1"), {})

    found = [each.get("Failures") for each in metrics(capsys.readouterr().out)]
    assert found == ([[1.0]] if was_asked else [])


def test_a_call_that_fails_is_counted(
    artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AgentThrottledError):
        ask(
            Variant(experiment="shorter", name="control"),
            FakeAgent(AgentThrottledError()),
            artifacts,
        )

    (measured,) = metrics(capsys.readouterr().out)
    assert measured["Failures"] == [1.0]


def test_what_is_no_experiment_is_not_measured(
    artifacts: Artifacts, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(Variant(prompt=SHA256), FakeAgent("usual"), artifacts)

    assert metrics(capsys.readouterr().out) == []


def test_a_model_takes_the_place_of_the_harnesss_own_with_what_is_said_of_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGENT", HARNESS)
    agents.agent_named.cache_clear()

    agent: Any = agents.agent_named("", "us.vendor.other")

    override = {"modelId": "us.vendor.other", "maxTokens": 8192}
    assert agent._more == {"model": {"bedrockModelConfig": override}}
    assert agent._about["model"] == "us.vendor.other"


def test_an_endpoint_is_named_as_the_service_takes_it() -> None:
    agent: Any = agents.agent_named(f"{HARNESS}/harness-endpoint/live", "")

    assert (agent._arn, agent._more) == (HARNESS, {"qualifier": "live"})
    assert agent._about["agent"] == f"{HARNESS}/harness-endpoint/live"
