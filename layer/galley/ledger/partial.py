"""A draft that no agent has written, because a budget was reached before one could."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from galley.contracts import Summary
from galley.errors import BudgetExceededError
from galley.ledger.accounts import Accounts
from galley.ledger.budget import PARTIAL, Budget
from galley.reports.markdown import as_text
from galley.scope import Scope

# What a source cites itself would seem to be of this report.
_CITATION, _ROUND = re.compile(r"\s*\[\d[^\]]*\]"), str.maketrans("[]", "()")
_WHAT = "It gives what the sources say on the topic, in their own words."


class Task(Protocol):
    """What a writer is to do: on what, in which round, and for how much at most."""

    @property
    def scope(self) -> Scope:
        """The workflow."""

    @property
    def topic(self) -> str:
        """What is researched."""

    @property
    def round(self) -> int:
        """Which draft it is, from 1."""

    @property
    def budget(self) -> Budget:
        """What the workflow may cost."""


class Gate(Protocol):
    """What a draft has to pass."""

    def passed(
        self, draft: str, usable: Mapping[int, Summary], given: str, agent: Mapping[str, Any]
    ) -> str:
        """Return the draft with its list of sources, or raise `CitationError`."""


def partial_draft(
    task: Task, numbered: Mapping[int, Summary], error: BudgetExceededError, gate: Gate
) -> str:
    """
    Return what the sources say, in their own words; raises the error where that will not do.

    After the first round it will not: the reviewer has had a better draft than this one.
    """
    if task.round > 1 or task.budget.at_budget != PARTIAL:
        raise error
    draft = gate.passed(_draft(task.topic, numbered), numbered, task.topic, {})
    # After it has passed: another attempt may find room for an agent, and is not partial then.
    Accounts.from_env().note_partial(task.scope.workflow_id)
    return draft


def _draft(topic: str, numbered: Mapping[int, Summary]) -> str:
    lines = [
        f"- {as_text(_CITATION.sub('', claim.quote).translate(_ROUND))} [{number}]"
        for number, summary in numbered.items()
        for claim in summary.claims
    ]
    return "\n\n".join(
        [
            f"# {as_text(topic)}",
            "## Summary",
            # which budget, and how much it was, is for the reviewer to know, not for all readers
            f"*This draft is partial: a budget was reached, and no agent has written it. {_WHAT}*",
            "## What the sources say",
            "\n".join(lines),
        ]
    )
