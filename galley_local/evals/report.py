"""What came of a run: for each role its graders' lines and its cases, and whether it got worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from galley_local.evals.baseline import Baseline, Line, compare
from galley_local.evals.run import WHOLE, Result
from galley_local.evals.stats import CONFIDENCE, LEVEL


@dataclass(frozen=True)
class RoleReport:
    """A role: the whole case's line first, then those of its graders; and its cases."""

    name: str
    lines: list[Line]
    results: list[Result]

    @property
    def worse(self) -> list[str]:
        """The graders by which the role got worse; the whole case where no single one says it."""
        named = [line.grader for line in self.lines if line.is_worse]
        return [each for each in named if each != WHOLE] or named

    @property
    def prompt_sha256(self) -> str:
        """The hash of the prompt template that was asked with, as the evidence has it."""
        found = (each.call.get("template_sha256", "") for each in self.results)
        return next((str(each) for each in found if each), "")

    @property
    def told(self) -> str:
        """What the run took, in a line."""
        seconds = sum(each.seconds for each in self.results)
        told = f"{len(self.results)} cases, {seconds / max(1, len(self.results)):.1f} s each"
        prompt = f", prompt {self.prompt_sha256[:12]}" if self.prompt_sha256 else ""
        return (
            f"{told}, {self.tokens('input_tokens') + self.tokens('output_tokens'):,} tokens{prompt}"
        )

    def tokens(self, name: str) -> int:
        """Return the sum of tokens that the calls took."""
        return sum(int(each.call.get(name, 0)) for each in self.results)


@dataclass(frozen=True)
class Report:
    """All roles of a run; `kind` is what the baseline knows their agents by."""

    kind: str
    is_deterministic: bool
    roles: list[RoleReport]

    @classmethod
    def of(
        cls, results: Sequence[Result], baseline: Baseline, kind: str, *, is_deterministic: bool
    ) -> Self:
        """Report on results, held against a baseline."""
        roles = []
        for name in dict.fromkeys(each.entry.role.name for each in results):
            own = [each for each in results if each.entry.role.name == name]
            kept = baseline.of(kind, name)
            lines = compare(own, kept, is_deterministic=is_deterministic)
            roles.append(RoleReport(name, lines, own))
        return cls(kind, is_deterministic, roles)

    @property
    def worse(self) -> dict[str, list[str]]:
        """The roles that got worse, and the graders that say so."""
        return {each.name: each.worse for each in self.roles if each.worse}

    @property
    def not_run(self) -> list[str]:
        """The cases that could not be run, and why."""
        return [
            f"{role.name}/{each.entry.name}: {each.not_run}"
            for role in self.roles
            for each in role.results
            if each.not_run
        ]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "agents": self.kind,
            "deterministic": self.is_deterministic,
            "confidence": CONFIDENCE,
            "level": LEVEL,
            "worse": self.worse,
            "not_run": self.not_run,
            "roles": {each.name: _role_json(each) for each in self.roles},
        }


def _role_json(role: RoleReport) -> dict[str, Any]:
    return {
        "prompt_sha256": role.prompt_sha256,
        "seconds": round(sum(each.seconds for each in role.results), 3),
        "input_tokens": role.tokens("input_tokens"),
        "output_tokens": role.tokens("output_tokens"),
        "graders": {
            line.grader: {
                "passed": line.passed,
                "count": line.count,
                "share": round(line.share, 4),
                "interval": [round(each, 4) for each in line.interval],
                "compared": line.compared,
                "before": line.before,
                "lost": line.lost,
                "won": line.won,
                "chance": round(line.chance, 6),
                "worse": line.is_worse,
            }
            for line in role.lines
        },
        "cases": {
            each.entry.name: {
                "theme": each.entry.theme,
                "why": each.entry.case.why,
                "seconds": each.seconds,
                "not_run": each.not_run,
                "problems": {name: found for name, found in each.grades.items() if found},
                "passed": [name for name, passed in each.passed.items() if passed],
                "tools": list(each.call.get("tools", [])),
                "reply": each.shown,
            }
            for each in role.results
        },
    }
