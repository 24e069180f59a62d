"""
The committed baseline, and what is worse than it.

`evals/baseline.json` says for each kind of agents, role and case which graders it passed. Cases are
compared one by one, and only where a case asks what it asked then (`digest`).

The extractive agents answer the same each time: there is no noise, and a case that is lost is a
change for the worse, which somebody either mends or takes (`--update-baseline`). Other agents do
not: what they lost is held against chance, by McNemar's exact test with Holm's correction.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from galley_local.evals.run import WHOLE, Result
from galley_local.evals.stats import LEVEL, chance_of_losing, holm, wilson

Kept = Mapping[str, Any]  # a role's cases: name → {case, passed, failed}


class BaselineError(ValueError):
    """The baseline cannot be read; the message says why."""


@dataclass(frozen=True)
class Line:
    """A grader's line in the report: how many cases passed, and what has changed since."""

    grader: str
    says: str
    passed: int
    count: int
    before: int | None = None  # of the compared cases, how many passed then
    compared: int = 0
    lost: list[str] = field(default_factory=list)
    won: list[str] = field(default_factory=list)
    chance: float = 1.0
    is_worse: bool = False

    @property
    def interval(self) -> tuple[float, float]:
        """The interval for the share of cases that pass."""
        return wilson(self.passed, self.count)

    @property
    def share(self) -> float:
        """The share of cases that pass."""
        return self.passed / self.count if self.count else 0.0


def compare(results: Sequence[Result], kept: Kept, *, is_deterministic: bool) -> list[Line]:
    """Return a line for each grader of a role, the whole case first."""
    role = results[0].entry.role
    says = {WHOLE: "All graders that a case asks for."}
    says |= {name: grader.says for name, grader in role.graders.items()}
    lines = [_line(name, each, results, kept) for name, each in says.items()]
    lines = [line for line in lines if line.count]
    chances = holm({line.grader: line.chance for line in lines})
    return [
        Line(
            **{
                **vars(line),
                "chance": chances[line.grader],
                "is_worse": bool(line.lost) if is_deterministic else chances[line.grader] <= LEVEL,
            }
        )
        for line in lines
    ]


def _line(grader: str, says: str, results: Sequence[Result], kept: Kept) -> Line:
    graded = [each for each in results if grader in each.passed]
    compared = [
        (each, grader in kept[each.entry.name]["passed"])
        for each in graded
        if grader in _graders_of(kept.get(each.entry.name, {}), each)
    ]
    lost = [each.entry.name for each, before in compared if before and not each.passed[grader]]
    won = [each.entry.name for each, before in compared if not before and each.passed[grader]]
    return Line(
        grader,
        says,
        sum(each.passed[grader] for each in graded),
        len(graded),
        sum(before for _, before in compared) if compared else None,
        len(compared),
        lost,
        won,
        chance_of_losing(len(lost), len(won)),
    )


def _graders_of(known: Mapping[str, Any], result: Result) -> list[str]:
    """Return the graders of a case as it was kept; none where it has changed since."""
    if known.get("case") != result.entry.digest:
        return []
    return [*known["passed"], *known["failed"]]


class Baseline:
    """The file, read whole; `keep` writes what came of a run into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data: dict[str, dict[str, dict[str, Any]]] = {}
        if path.is_file():
            try:
                self._data = json.loads(path.read_text(encoding="utf-8"))
                for roles in self._data.values():
                    for cases in roles.values():
                        for each in cases.values():
                            _ = each["case"], [*each["passed"]], [*each["failed"]]
            except (ValueError, AttributeError, LookupError, TypeError) as error:
                raise BaselineError(
                    f"{path} is no baseline ({error}); restore it, or remove it and make it anew "
                    "with --update-baseline"
                ) from error

    def of(self, kind: str, role: str) -> Kept:
        """Return what a role's cases came to with a kind of agents; nothing where none were run."""
        return self._data.get(kind, {}).get(role, {})

    def keep(self, kind: str, results: Iterable[Result], existing: Mapping[str, set[str]]) -> None:
        """Take results over, and forget cases that are no longer `existing` in their role."""
        roles = self._data.setdefault(kind, {})
        for each in results:
            passed = each.passed
            roles.setdefault(each.entry.role.name, {})[each.entry.name] = {
                "case": each.entry.digest,
                "passed": [name for name in passed if passed[name]],
                "failed": [name for name in passed if not passed[name]],
            }
        for role, names in existing.items():
            kept = roles.get(role, {})
            roles[role] = {name: kept[name] for name in sorted(kept) if name in names}
        text = json.dumps(self._data, ensure_ascii=False, indent=1, sort_keys=True)
        self.path.write_text(_compact(text) + "\n", encoding="utf-8")


def _compact(text: str) -> str:
    """Put each list of graders on a line of its own: a case that changes is a line that changes."""
    lines: list[str] = []
    is_inside = False
    for line in text.splitlines():
        lines.append((lines.pop() + " " + line.strip()) if is_inside else line)
        is_inside = lines[-1].endswith("[") or (is_inside and not line.strip().startswith("]"))
    return "\n".join(each.replace("[ ", "[").replace(" ]", "]") for each in lines)
