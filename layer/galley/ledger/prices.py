"""What a model's tokens cost, by `prices.json`: its prices are data, with source and date."""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from galley.agents.usage import Tokens
from galley.errors import PriceMissingError

_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """What a million tokens of a model cost, in USD; writing to a cache costs what it says."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal

    def of(self, tokens: Tokens) -> Decimal:
        """Return what some tokens cost, in USD."""
        total = (
            self.input * tokens.input_tokens
            + self.output * tokens.output_tokens
            + self.cache_read * tokens.cache_read_tokens
            + self.cache_write * tokens.cache_write_tokens
        )
        return total / _MILLION


def price_of(model: str) -> Price | None:
    """
    Return the price of a model, None where nobody has noted one.

    `model` is the id of a foundation model or of an inference profile, or an ARN that ends in one.
    """
    identifier, listed = model.rpartition("/")[2], prices()
    geography, _, own = identifier.partition(".")
    times = listed["geographies"].get(own.partition(".")[0], {}).get(geography)
    if times is None:  # no profile: a model of its own region
        own, times = identifier, 1
    found = listed["models"].get(own)
    return Price(**{name: each * times for name, each in found.items()}) if found else None


@cache
def prices() -> dict[str, Any]:
    """Return what `prices.json` holds, its numbers exact."""
    text = Path(__file__).with_name("prices.json").read_text(encoding="utf-8")
    listed: dict[str, Any] = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return listed


def price_missing(model: str) -> PriceMissingError:
    """Return the error of a budget that cannot hold, for want of a price or of a model's name."""
    told = (
        f"the model {model} has no price: add one to layer/galley/ledger/prices.json and deploy"
        if model
        else "it is not known which model the agent has: use an agent that the template creates, "
        "or a harness whose model is named (galley role use ROLE --agent ARN --model ID)"
    )
    return PriceMissingError(f"a budget is set, and {told}, or ask without one")
