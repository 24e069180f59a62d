"""How a run of `galley run` ended."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from galley_cli.history import History
from galley_cli.laptop.plan import Plan
from galley_local.iam.permissions import Denial


@dataclass
class Result:
    """How a workflow ended."""

    plan: Plan
    history: History
    status: str
    error: dict[str, str] | None
    rounds: int
    sources: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    files: list[Path]
    seconds: float
    left_out: dict[str, str] = field(default_factory=dict)
    denials: list[Denial] = field(default_factory=list)
    cost_usd: Decimal = Decimal(0)  # of its agents, at the template's models' prices
    partial: bool = False
    faults: dict[str, int] = field(default_factory=dict)  # how often each has happened

    @property
    def published(self) -> bool:
        """Whether a report was published."""
        return self.status == "PUBLISHED"

    @property
    def succeeded(self) -> bool:
        """Whether it ended as it should: a workflow may go on where a permission is missing."""
        return self.published and not self.denials

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        request = self.plan.request
        return {
            "workflow_id": request.workflow_id,
            "status": self.status,
            "tenant": request.tenant,
            "topic": request.topic,
            "rounds": self.rounds,
            "sources": self.sources,
            "gaps": self.gaps,
            "report": str(self.files[0]) if self.published else None,
            "cost_usd": float(self.cost_usd),
            "partial": self.partial,
            "transitions": self.history.transitions,
            "seconds": round(self.seconds, 2),
            "error": self.error,
            "faults": self.faults,
            "denied": [str(denial) for denial in dict.fromkeys(self.denials)],
        }
