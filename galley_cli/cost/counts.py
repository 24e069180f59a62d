"""What is billed, as a list of counts: how much of which unit, and where in the workflow."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class Count:
    """
    An amount of something that a service bills.

    `unit` is what `prices.json` has a price for; of `models` it is a model's id and a kind of
    token, such as `us.vendor.model/input`. A count that is not measured is estimated.
    """

    service: str
    unit: str
    amount: float
    state: str = ""  # of the state machine; nothing where it is used between states
    role: str = ""  # of an agent
    measured: bool = True

    @property
    def key(self) -> str:
        """What a price is found by."""
        return f"{self.service}.{self.unit}"

    def times(self, factor: float) -> Self:
        """Return so many times as much."""
        return replace(self, amount=self.amount * factor)

    def to_json(self) -> dict[str, Any]:
        """Return it as a file of counts has it."""
        kept = {name: value for name in ("state", "role") if (value := getattr(self, name))}
        how = {} if self.measured else {"measured": False}
        amount = round(self.amount, 9)
        return {"service": self.service, "unit": self.unit, "amount": amount, **kept, **how}


def added(counts: Iterable[Count]) -> list[Count]:
    """Return counts of the same thing at the same place as one each."""
    sums: dict[Count, float] = {}
    for count in counts:
        place = replace(count, amount=0.0)
        sums[place] = sums.get(place, 0.0) + count.amount
    return [replace(place, amount=amount) for place, amount in sums.items() if amount]
