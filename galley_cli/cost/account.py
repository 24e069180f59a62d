"""Counts at prices, summed as they are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from galley_cli.cost.counts import Count
from galley_cli.cost.prices import Prices

SERVICES = {  # as they are called, in the order in which they are shown
    "models": "Models",
    "agentcore": "AgentCore",
    "step-functions": "Step Functions",
    "lambda": "Lambda",
    "dynamodb": "DynamoDB",
    "s3": "S3",
    "knowledge-base": "Knowledge base",
    "events": "EventBridge",
    "mail": "Mail",
    "http-api": "API Gateway",
    "logs": "CloudWatch Logs",
    "x-ray": "X-Ray",
    "kms": "KMS",
    "secrets-manager": "Secrets Manager",
    "cloudwatch": "CloudWatch",
}


@dataclass(frozen=True)
class Priced:
    """A count and what it costs, if that is known."""

    count: Count
    usd: float | None


@dataclass(frozen=True)
class Account:
    """What something costs: a workflow, or a month."""

    lines: list[Priced]
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, counts: Sequence[Count], prices: Prices) -> "Account":
        """Price counts; what the prices have to say about them goes along."""
        lines = [Priced(count, prices.usd(count)) for count in counts]
        return cls(lines, list(prices.notes))

    @property
    def usd(self) -> float:
        """The sum of what has a price."""
        return sum(each.usd or 0.0 for each in self.lines)

    @property
    def estimated_usd(self) -> float:
        """How much of it rests on estimates."""
        return sum(each.usd or 0.0 for each in self.lines if not each.count.measured)

    def by(self, what: Callable[[Count], str]) -> dict[str, float]:
        """Return the sums by something, the largest first."""
        sums: dict[str, float] = {}
        for each in self.lines:
            name = what(each.count)
            sums[name] = sums.get(name, 0.0) + (each.usd or 0.0)
        return dict(sorted(sums.items(), key=lambda pair: -pair[1]))

    def units(self) -> list[tuple[Count, float | None]]:
        """Return the amount and the cost of each unit, in the services' order."""
        found: dict[tuple[str, str, bool], tuple[float, float | None]] = {}
        for each in self.lines:
            place = (each.count.service, each.count.unit, each.count.measured)
            amount, usd = found.get(place, (0.0, 0.0))
            known = None if each.usd is None or usd is None else usd + each.usd
            found[place] = (amount + each.count.amount, known)
        order = list(SERVICES)
        return [
            (Count(service, unit, amount, measured=measured), usd)
            for (service, unit, measured), (amount, usd) in sorted(
                found.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
            )
        ]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints of it."""
        return {
            "usd": round(self.usd, 6),
            "estimated_usd": round(self.estimated_usd, 6),
            "by_state": _rounded(self.by(lambda count: count.state)),
            "by_role": _rounded(self.by(lambda count: count.role)),
            "by_service": _rounded(self.by(lambda count: count.service)),
            "counts": [
                {**each.count.to_json(), "usd": None if each.usd is None else round(each.usd, 9)}
                for each in self.lines
            ],
        }


def _rounded(sums: dict[str, float]) -> dict[str, float]:
    return {name: round(usd, 6) for name, usd in sums.items()}
