"""
The agent and the prompt template of a variant, for the adapters.

A variant that is gone stops no workflow: where its agent or its prompt is not to be had any more,
the template's own does the work, an error is logged, and the evidence says so.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

from galley import telemetry
from galley.agents import Agent, Answer, agent_named
from galley.agents.answer import Allow, always
from galley.artifacts import Artifacts
from galley.errors import AgentRefusedError, GalleyError
from galley.ledger.budget import NO_BUDGET, Budget
from galley.ledger.ledger import REFUSALS, Ledger
from galley.prompts import PromptTemplate, template_of
from galley.scope import Scope
from galley.variants import AS_USUAL, SettingError, Variant, prompt_key

__all__ = ["AS_USUAL", "NO_BUDGET", "Budget", "Variant", "part_of"]

_templates: dict[str, PromptTemplate] = {}  # that this environment has read, by their keys


class Task(Protocol):
    """What an adapter is to do: for whom, as which variant, and for how much at most."""

    @property
    def scope(self) -> Scope:
        """The workflow."""

    @property
    def variant(self) -> Variant:
        """What runs for the role."""

    @property
    def budget(self) -> Budget:
        """What the workflow may cost."""


def part_of(
    role: str, task: Task, usual: Agent, own: PromptTemplate, artifacts: Artifacts
) -> tuple[Agent, PromptTemplate]:
    """
    Return the agent and the prompt template for a task; `usual` and `own` are the template's.

    Whichever agent it is, its calls are charged to the workflow.
    """
    ledger, variant = Ledger.from_env(task.scope, task.budget, task.variant), task.variant
    if variant == AS_USUAL:
        return ledger.charging(usual), own
    return CastAgent(role, variant, usual, ledger), _template(role, variant, own, artifacts)


def _template(
    role: str, variant: Variant, usual: PromptTemplate, artifacts: Artifacts
) -> PromptTemplate:
    if not variant.prompt:
        return usual
    key = prompt_key(role, variant.prompt)
    if key not in _templates:
        found = artifacts.find_bytes(key)
        try:
            _templates[key] = template_of(found, variant.prompt, usual)
        except SettingError as error:
            telemetry.logger.error("%s: %s; the template's own is used", key, error)
            return PromptTemplate(usual.text, instead_of=variant.prompt)
    return _templates[key]


class CastAgent:
    """The agent of a variant, whose answers say which variant that is."""

    def __init__(self, role: str, variant: Variant, usual: Agent, ledger: Ledger) -> None:
        self._role = role
        self._variant = variant
        self._usual = ledger.charging(usual)
        self._ledger = ledger

    @property
    def model(self) -> str:
        """Which model is going to think."""
        return self._variant.model or self._usual.model

    def ask(
        self,
        prompt: str,
        session_id: str,
        attributes: Mapping[str, str],
        allow: Allow = always,
    ) -> Answer:
        """Return the variant's answer, or the usual agent's where the variant's is gone."""
        try:
            answer = self._ask(prompt, session_id, attributes, allow)
        except GalleyError as error:
            was_asked = error.tokens is not None or not isinstance(error, REFUSALS)
            if was_asked:  # otherwise it says nothing of the variant
                self._measure(Failures=1)
            raise
        self._measure(
            Failures=0,
            FellBack=int(bool(answer.fell_back)),
            InputTokens=answer.input_tokens + answer.cache_read_tokens + answer.cache_write_tokens,
            OutputTokens=answer.output_tokens,
            Seconds=answer.seconds,
        )
        return replace(answer, experiment=self._variant.experiment, variant=self._variant.name)

    def _ask(self, *asked: Any) -> Answer:
        if not (self._variant.agent or self._variant.model):
            return self._usual.ask(*asked)
        try:
            return self._agent.ask(*asked)
        except AgentRefusedError as error:
            if not error.is_gone:
                raise
            name = self._variant.name or "that is set"
            told = "the %s agent of the variant %s is gone: %s; the template's own is asked"
            telemetry.logger.error(told, self._role, name, error)
            answer = self._usual.ask(*asked)
            return replace(answer, fell_back=str(error))

    @cached_property
    def _agent(self) -> Agent:
        agent = agent_named(self._variant.agent, self._variant.model)
        return self._ledger.charging(agent)

    def _measure(self, **figures: float) -> None:
        if self._variant.experiment:
            dimensions = {"experiment": self._variant.experiment, "variant": self._variant.name}
            telemetry.measure({"role": self._role, **dimensions}, **figures)
