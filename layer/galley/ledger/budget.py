"""What a workflow and its tenant's month may cost, as its registration has decided."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Self

PARTIAL, FAIL = "partial", "fail"  # what becomes of a workflow that has reached its budget


@dataclass(frozen=True)
class Budget:
    """Limits in USD, written as decimal numbers; an empty one is none."""

    usd: str = ""
    at_budget: str = PARTIAL
    tenant_month_usd: str = ""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read the budget in a workflow's record."""
        limits = ("budget_usd", "tenant_month_usd")
        usd, month = (in_digits(record[name]) if name in record else "" for name in limits)
        return cls(usd, str(record.get("at_budget", PARTIAL)), month)

    def to_record(self) -> dict[str, Any]:
        """Return what a workflow's record says of it."""
        limits = {"budget_usd": self.usd, "tenant_month_usd": self.tenant_month_usd}
        numbers = {name: Decimal(each) for name, each in limits.items() if each}
        return {**numbers, "at_budget": self.at_budget}

    def to_event(self) -> dict[str, str]:
        """Return it as the state machine hands it on."""
        return {name: each for name, each in asdict(self).items() if each}

    @property
    def is_set(self) -> bool:
        """Whether anything is limited."""
        return bool(self.usd or self.tenant_month_usd)


NO_BUDGET = Budget()


def in_digits(usd: Any) -> str:
    """Return an amount as it is written, without an exponent; nothing of nought."""
    amount = Decimal(str(usd or 0)).normalize()
    return f"{amount:f}" if amount else ""


def in_dollars(usd: Decimal) -> str:
    """Return an amount as people read it: to the cent, or to a hundredth of one below a dollar."""
    if usd >= 1:
        return f"${usd:,.2f}"
    dollars, _, cents = f"{usd:.4f}".partition(".")
    return f"${dollars}.{cents[:2]}{cents[2:].rstrip('0')}"
