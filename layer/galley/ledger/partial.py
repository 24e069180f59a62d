"""A draft that no agent has written, because a budget was reached before one could."""

import re
from collections.abc import Mapping
from typing import Protocol

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


def partial_draft(
    task: Task, numbered: Mapping[int, Summary], error: BudgetExceededError, accounts: Accounts
) -> str:
    """
    Return what the sources say, in their own words; raises the error where that will not do.

    After the first round it will not: the reviewer has had a better draft than this one.
    """
    if task.round > 1 or task.budget.at_budget != PARTIAL:
        raise error
    accounts.note_partial(task.scope.workflow_id)
    reached = str(error).partition(":")[0]
    lines = [
        f"- {as_text(_CITATION.sub('', claim.quote).translate(_ROUND))} [{number}]"
        for number, summary in numbered.items()
        for claim in summary.claims
    ]
    return "\n\n".join(
        [
            f"# {as_text(task.topic)}",
            "## Summary",
            f"*This draft is partial: {reached}, and no agent has written it. {_WHAT}*",
            "## What the sources say",
            "\n".join(lines),
        ]
    )
