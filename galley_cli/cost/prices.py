"""Prices as data: of services in `prices.json` beside this file, of tokens in the ledger's."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from galley.ledger.prices import price_of

from galley_cli.cost.counts import Count

MILLION = 10**6
FILE = Path(__file__).with_name("prices.json")
SHOWN = "galley_cli/cost/prices.json"
KNOWN_REGION = "us-east-1"


@dataclass
class Prices:
    """The prices of a region; of one that has none, those of us-east-1, and `notes` say so."""

    region: str = KNOWN_REGION
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = _services()
        self._services: dict[str, Any] = known.get(self.region) or known[KNOWN_REGION]
        if self.region not in known:
            self.notes.append(
                f"{SHOWN} has no prices of {self.region}: those of {KNOWN_REGION} are taken; "
                f"add {self.region} there to have its own"
            )

    def usd(self, count: Count) -> float | None:
        """Return what a count costs; where that is not known, None, and a note says what to do."""
        unit = self._unit_usd(count)
        if unit is None:
            where = "layer/galley/ledger/prices.json" if count.service == "models" else SHOWN
            name = count.unit.partition("/")[0] if count.service == "models" else count.key
            note = f"there is no price of {name}: it is not in the sums; add it to {where}"
            if note not in self.notes:
                self.notes.append(note)
            return None
        return count.amount * unit

    def _unit_usd(self, count: Count) -> float | None:
        if count.service == "models":
            return _token_usd(*count.unit.rsplit("/", 1))
        price = self._services.get(count.key)
        return None if price is None else float(price["usd"]) / float(price["per"])


def sources(region: str = KNOWN_REGION) -> dict[str, dict[str, Any]]:
    """Return each price of a region with its source and its date."""
    return dict(_services()[region])


@cache
def _services() -> dict[str, dict[str, Any]]:
    prices: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return prices


def _token_usd(model: str, kind: str) -> float | None:
    price = price_of(model)
    return None if price is None else float(getattr(price, kind)) / MILLION
