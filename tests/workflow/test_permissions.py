"""Least privilege: every permission of the template is needed, and a missing one is named."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from galley_local.corpus import Corpus
from galley_local.iam.permissions import SERVICE, Grant, Permissions, logical_id
from galley_local.internet.sample import sample_sites
from galley_local.internet.server import PlayedInternet
from galley_local.playing import (
    PARAMETERS,
    SPARE,
    CuriousMind,
    Played,
    play,
    short_corpus,
    web_in,
)
from galley_local.scenarios import SCENARIOS
from galley_local.stack import Stack
from galley_local.stage import Stage
from galley_local.step_functions import interpreter

from .conftest import CORPUS

ROOT = Path(__file__).parents[2]
RESOURCES: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))["Resources"]

# Types for which SAM makes a role, and who besides roles holds permissions.
WITH_A_ROLE = {"AWS::Serverless::Function", "AWS::Serverless::StateMachine"}
SERVICES = {
    f"{name}{SERVICE}"
    for name in (
        *("apigateway", "bedrock", "events", "lambda", "scheduler", "secretsmanager", "states"),
    )
}
EVERYWHERE = (
    {f"{name}Role" for name, each in RESOURCES.items() if each["Type"] in WITH_A_ROLE}
    | {name for name, each in RESOURCES.items() if each["Type"] == "AWS::IAM::Role"}
    | SERVICES
)
ROLES = ("Search", "Summary", "Writer", "Reviser")
# Whom the other backend alone needs.
HARNESSES = {f"{role}HarnessRole" for role in ROLES} | {f"bedrock-agentcore{SERVICE}"}
AGENTS = {f"{role}AgentRole" for role in ROLES}
HOLDERS = {
    "harness": (EVERYWHERE | HARNESSES) - AGENTS,
    "bedrock-agents": EVERYWHERE - HARNESSES,
}
# What is the same with both is tried with one.
OTHERS = AGENTS | {f"{role}AgentFunctionRole" for role in ROLES} | {f"bedrock{SERVICE}"}
CASES = [
    *(("harness", holder) for holder in sorted(HOLDERS["harness"])),
    *(("bedrock-agents", holder) for holder in sorted(OTHERS)),
]
# A workflow that cannot say what it did has done it all the same: only the command's exit code
# tells (test_denials.py). So it is with what follows a decision that is taken.
WORDS_ONLY = {
    ("ApprovalApiFunctionRole", "dynamodb:DeleteItem"),
    ("ResearchStateMachineRole", "events:PutEvents"),
}


@dataclass
class Theatre:
    """A stack on which every scenario has been played once, with every permission."""

    stack: Stack
    stage: Stage
    corpus: Corpus
    backend: str
    played: list[Played] = field(default_factory=list)
    used: set[Grant] = field(default_factory=set)

    @property
    def permissions(self) -> Permissions:
        """Return who may do what, to be changed while something is tried."""
        return self.stack.permissions

    def users_of(self, grant: Grant) -> list[str]:
        """Return the scenarios that use a permission, the shortest first."""
        users = [played for played in self.played if played.uses(grant)]
        return [played.name for played in sorted(users, key=lambda played: played.seconds)]

    def play_without(self, name: str, grant: Grant) -> Played:
        """Play a scenario without one permission."""
        if grant.action == "secretsmanager:GetSecretValue":
            self.stack.lambdas.cool()  # a warm environment has read its key, and does not ask again
        with self.permissions.without(grant):
            return play(name, self.stage)

    def deploy_without(self, grant: Grant) -> None:
        """Do again what needs permissions before anything runs: assume roles, index the corpus."""
        with self.permissions.without(grant):
            self.stack.deployment.granted.assume_roles(self.permissions)
            self.stack.deployment.index_corpus(self.corpus, self.permissions)

    def wait_for_denial_of(self, grant: Grant) -> None:
        """Wait for what follows a failure."""
        deadline = time.monotonic() + 10
        while not any(
            each.holder == grant.holder and grant.statement.allows(each.call)
            for each in self.permissions.denials
        ):
            assert time.monotonic() < deadline, f"{grant} was not needed"
            time.sleep(0.05)


@pytest.fixture(scope="module", params=HOLDERS)
def theatre(request: pytest.FixtureRequest) -> Iterator[Theatre]:
    """Return a stack whose scenarios have been played, with each backend in turn."""
    corpus = short_corpus(CORPUS)
    with (
        PlayedInternet(sample_sites()) as internet,
        Stack(
            corpus,
            mind=CuriousMind(),
            parameters=PARAMETERS | {"AgentBackend": request.param},
            sign_in=True,
            web=web_in(internet),
        ) as stack,
        interpreter.without_waits(),
    ):
        theatre = Theatre(stack, Stage(stack), corpus, request.param)
        theatre.played += [play(name, theatre.stage) for name in SCENARIOS]
        theatre.used |= {
            each for each in stack.permissions.grants() if stack.permissions.uses(each)
        }
        yield theatre


def name_of(grant: Grant) -> tuple[str, str]:
    """Return a permission as `SPARE` and `WORDS_ONLY` name it."""
    return logical_id(grant.holder), grant.action


def test_every_scenario_ends_as_it_should_and_is_denied_nothing(theatre: Theatre) -> None:
    assert [played.stuck for played in theatre.played] == [""] * len(SCENARIOS)
    assert [str(each) for played in theatre.played for each in played.denials] == []


def test_no_permission_is_given_that_nothing_needs(theatre: Theatre) -> None:
    needless = [each for each in theatre.permissions.grants() if each not in theatre.used]

    assert [str(grant) for grant in needless if name_of(grant) not in SPARE] == []
    assert {name_of(grant) for grant in needless} >= set(SPARE)


def test_every_holder_of_permissions_is_tried(theatre: Theatre) -> None:
    holders = {logical_id(each) for each in theatre.permissions.statements}

    assert holders == HOLDERS[theatre.backend]


@pytest.mark.parametrize(("theatre", "holder"), CASES, indirect=["theatre"], scope="module")
def test_without_any_one_permission_a_run_fails_and_names_it(theatre: Theatre, holder: str) -> None:
    grants = [each for each in theatre.permissions.grants() if logical_id(each.holder) == holder]

    for grant in grants:
        if grant not in theatre.used:
            continue  # the tests before and after this one see to it
        scenarios = theatre.users_of(grant)
        if not scenarios:
            with pytest.raises(RuntimeError, match=f"{grant.action} on resource: .*; .* needs"):
                theatre.deploy_without(grant)
            continue

        # One that only says that it was done may be missed in one scenario and not in another.
        for scenario in scenarios:
            played = theatre.play_without(scenario, grant)
            assert played.denials, f"nothing was denied without {grant} in {scenario}"
            assert {each.holder for each in played.denials} == {grant.holder}
            assert all(grant.statement.allows(each.call) for each in played.denials)
            if played.stuck or name_of(grant) in WORDS_ONLY:
                break
        else:
            pytest.fail(f"{scenarios} went on without {grant}")


@pytest.mark.parametrize(("holder", "action"), SPARE, ids=str)
def test_what_is_kept_for_failures_is_needed_where_they_happen(
    theatre: Theatre, holder: str, action: str
) -> None:
    by_name = {name_of(grant): grant for grant in theatre.permissions.grants()}
    spare, first = by_name[holder, action], by_name[SPARE[holder, action].instead_of]

    with theatre.permissions.without(spare), theatre.permissions.without(first):
        assert any(play(each, theatre.stage).stuck for each in theatre.users_of(first))
        theatre.wait_for_denial_of(spare)
