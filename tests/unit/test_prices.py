"""Prices: what a model costs, through which profile, and that nobody guesses."""

import re
from decimal import Decimal

import pytest
from galley.agents.usage import Tokens
from galley.ledger.prices import price_of, prices

from tests.unit.test_structure import TEMPLATE

SONNET = "anthropic.claude-sonnet-4-6"
IN_REGION = "arn:aws:bedrock:us-east-1::foundation-model/"
PROFILE = "arn:aws:bedrock:us-east-1:000000000042:inference-profile/"


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        pytest.param(SONNET, "3", id="by its own id"),
        pytest.param(f"global.{SONNET}", "3", id="without borders"),
        pytest.param(f"us.{SONNET}", "3.3", id="through a geography's profile"),
        pytest.param(f"{PROFILE}eu.{SONNET}", "3.3", id="a profile's ARN"),
        pytest.param(f"{IN_REGION}{SONNET}", "3", id="a model's ARN"),
        pytest.param("us.amazon.nova-lite-v1:0", "0.06", id="a vendor without a surcharge"),
    ],
)
def test_a_model_costs_what_its_profile_makes_of_it(model: str, dollars: str) -> None:
    price = price_of(model)

    assert price is not None
    assert price.input == Decimal(dollars)


@pytest.mark.parametrize(
    "model", ["", "us", "vendor.model", "us.vendor.model", f"mars.{SONNET}", "anthropic.claude-7"]
)
def test_a_model_that_nobody_has_noted_has_no_price(model: str) -> None:
    assert price_of(model) is None


def test_each_kind_of_token_has_its_price() -> None:
    price = price_of(f"us.{SONNET}")

    assert price is not None
    million = 1_000_000
    assert price.of(Tokens(million, million, million, million)) == Decimal("3.3") + Decimal(
        "16.5"
    ) + Decimal("0.33") + Decimal("4.125")


def test_prices_say_where_and_when_they_were_found() -> None:
    listed = prices()

    assert listed["source"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", listed["date"])


@pytest.mark.parametrize("parameter", ["LargeModelId", "SmallModelId"])
@pytest.mark.parametrize("geography", TEMPLATE["Parameters"]["InferenceGeography"]["AllowedValues"])
def test_the_templates_models_have_prices_in_every_geography(
    parameter: str, geography: str
) -> None:
    model = TEMPLATE["Parameters"][parameter]["Default"]

    assert price_of(f"{geography}.{model}")
