"""What the evals know of a role: the shape of its cases, how it is asked, and who grades it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from galley.artifacts import Artifacts
from galley.scope import Scope

from galley_local.evals.library import Library

TENANT = "evals"


@dataclass(frozen=True, kw_only=True)
class Must:
    """What has to hold for a case of any role; what is left out is not asked."""

    uses: list[str] = field(default_factory=list)  # tools that the agent cannot do without
    most_uses: int = 24  # of tools, all together


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case of any role: why it is there, and the topic of its workflow."""

    why: str
    topic: str

    def documents(self) -> dict[str, list[str]]:
        """Return the documents that it names, by field; each has to be there."""
        return {}

    def material(self, library: Library) -> list[str]:
        """Return the texts that it is made of: with others it is another case."""
        names = (name for each in self.documents().values() for name in each)
        return [library.document(name).text for name in names]

    def check(self, library: Library) -> None:
        """Raise `CaseError` where the case asks for what cannot be."""


@dataclass(frozen=True)
class Outcome:
    """What came of a case: the reply that the adapter has kept, or why it kept none."""

    reply: Any = None
    error: str = ""  # as the state machine would know it
    message: str = ""
    call: Mapping[str, Any] = field(default_factory=dict)  # the evidence of the agent's call


@dataclass(frozen=True)
class Place:
    """Where a case's artifacts lie: below a workflow of its own."""

    artifacts: Artifacts
    scope: Scope

    def event(self, **fields: Any) -> dict[str, Any]:
        """Return an event of the case's workflow."""
        return {"workflow_id": self.scope.workflow_id, "tenant": self.scope.tenant, **fields}


def _always(_case: Any) -> bool:
    return True


@dataclass(frozen=True)
class Grader:
    """One thing that is held against a reply: `problems` is empty where it is as it must be."""

    says: str
    problems: Callable[[Any, Outcome], list[str]]
    is_asked: Callable[[Any], bool] = _always


@dataclass(frozen=True)
class Role:
    """A role: its cases, the way through its function, and its graders by their names."""

    name: str
    case: type[Any]
    put: Callable[[Any, Library, Place], dict[str, Any]]  # the event; what it names lies there
    read: Callable[[Any, Outcome, Place], Outcome]  # the reply, where one was kept
    show: Callable[[Any], str]  # the reply, as a person reads it
    graders: Mapping[str, Grader]

    @property
    def function(self) -> str:
        """The directory of its adapter."""
        return f"{self.name}_agent"


def grade(role: Role, case: Case, outcome: Outcome) -> dict[str, list[str]]:
    """Return the problems that each grader has with an outcome; who is not asked is not there."""
    grades = {}
    for name, grader in role.graders.items():
        if not grader.is_asked(case):
            continue
        if outcome.reply is None and name != "contract":
            grades[name] = ["there is no reply that it could be seen in"]
        else:
            grades[name] = grader.problems(case, outcome)
    return grades


def _contract(case: Case, outcome: Outcome) -> list[str]:
    if outcome.reply is not None:
        return []
    return [f"the adapter refused it: {outcome.error}: {outcome.message}"]


CONTRACT = Grader(
    "The adapter takes the reply: it has the form that the prompt asks for.", _contract
)


def tools_of(*allowed: str) -> Grader:
    """Return the grader of the tools that a role has: no other, none too often, none left out."""

    def problems(case: Any, outcome: Outcome) -> list[str]:
        used = list(outcome.call.get("tools", []))
        others = [f"wanted {each}, which it does not have" for each in {*used} - {*allowed}]
        left_out = [f"did not use {each}" for each in case.must.uses if each not in used]
        often = len(used) > case.must.most_uses
        return [*others, *left_out, *([f"used tools {len(used)} times"] if often else [])]

    return Grader(
        "Tools are used only as allowed: its own, where needed, and not without end.", problems
    )
