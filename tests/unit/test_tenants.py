"""Tenants: what the command sets is what workflows get, and what it shows is what was spent."""

import json
import os
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from galley.ledger.accounts import Account, Accounts
from galley.ledger.budget import Budget
from galley.variants import SettingError
from galley.workflows import Workflows
from typer.testing import CliRunner

from functions.register_workflow import app as registering
from galley_cli.main import app
from galley_cli.target import Target, TargetError
from galley_cli.tenants import TenantAccounts
from tests.unit.conftest import client
from tests.unit.fakes import SCOPE, load_event

EVENT = load_event("register_workflow")


@pytest.fixture
def tenants(aws: None) -> TenantAccounts:
    """Give the accounts of a stack whose template limits nobody."""
    return TenantAccounts(a_target())


def a_target(**parameters: str) -> Target:
    """Return a stack with some parameters."""
    outputs = {"TableName": os.environ["TABLE_NAME"]}
    return Target(client, outputs, parameters, "arn:aws:iam::000000000042:user/operator")


def registered(workflows: Workflows) -> dict[str, Any]:
    """Return the budget that a new workflow of the tenant press gets."""
    request, execution = EVENT["request"], EVENT["execution"]
    found = registering.register(request, execution, workflows, registering.SETTINGS)
    budget: dict[str, Any] = found["budget"]
    return budget


def test_what_the_command_sets_is_what_workflows_get(
    tenants: TenantAccounts, workflows: Workflows
) -> None:
    tenants.limit("press", Decimal("12.5"))

    assert registered(workflows) == {"at_budget": "partial", "tenant_month_usd": "12.5"}
    record = workflows.find("lighthouses-1") or {}
    assert record["tenant_month_usd"] == Decimal("12.5")


def test_a_workflow_keeps_the_limit_that_it_began_with(
    tenants: TenantAccounts, workflows: Workflows
) -> None:
    first = registered(workflows)
    tenants.limit("press", Decimal("12.5"))

    assert registered(workflows) == first


def test_no_limit_of_its_own_is_another_than_no_limit(
    tenants: TenantAccounts, workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "DEFAULTS", Budget(tenant_month_usd="100"))
    tenants.limit("press", Decimal(0))

    assert registered(workflows) == {"at_budget": "partial"}


def test_where_nothing_is_set_the_template_limits(
    tenants: TenantAccounts, workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "DEFAULTS", Budget("3", "", "100"))
    tenants.limit("press", Decimal(5))
    tenants.limit("press", None)

    expected = {"usd": "3", "at_budget": "partial", "tenant_month_usd": "100"}
    assert registered(workflows) == expected


def test_what_is_shown_is_what_the_ledger_has(tenants: TenantAccounts) -> None:
    accounts = Accounts.from_env()
    _, month = Account.all_of(SCOPE, Budget(), tenants.month)
    accounts.reserve(month, "c1", Decimal(2), 0)
    accounts.settle(month, "c1", Decimal("1.5"), Decimal(2))

    said = str(tenants.read("press"))

    assert said.startswith("press: $1.50 in ")
    assert said.endswith(", 1 agent calls; the template's limit is none")


def test_the_limit_that_counts_is_shown(tenants: TenantAccounts) -> None:
    by_template = TenantAccounts(a_target(TenantMonthlyBudgetUsd="50"))

    assert "the template's limit is $50.00 a month" in str(by_template.read("press"))
    tenants.limit("press", Decimal(0))
    assert "its own limit is none" in str(by_template.read("press"))


def test_a_script_gets_what_a_person_reads(
    tenants: TenantAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galley_cli.tenants.target_of", lambda *_: a_target())

    result = CliRunner().invoke(app, ["tenant", "budget", "press", "12.5", "--json"])

    known = {"tenant": "press", "spent_usd": 0, "limit_usd": 12.5, "limit_of": "tenant"}
    assert known.items() <= json.loads(result.stdout).items()
    shown = CliRunner().invoke(app, ["tenant", "show", "press", "--json"])
    assert json.loads(shown.stdout) == json.loads(result.stdout)


def test_what_aws_refuses_is_said_with_what_to_do(aws: None) -> None:
    denied: Any = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}

    class Denied:
        def get_item(self, **_: Any) -> Any:
            raise ClientError(denied, "GetItem")

    with pytest.raises(TargetError, match=r"AWS does not allow GetItem .*command\.md"):
        TenantAccounts(Target(lambda _: Denied(), {"TableName": "workflows"})).read("press")


def test_a_tenant_of_another_name_is_refused(tenants: TenantAccounts) -> None:
    with pytest.raises(SettingError, match="expected 1 to 40 lower-case letters"):
        tenants.read("Press!")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["press"], "either an amount of US dollars or --default"),
        (["press", "5", "--default"], "either an amount of US dollars or --default"),
        (["press", "much"], "much: expected 0 to 1,000,000 US dollars"),
        (["press", "NaN"], "NaN: expected 0 to 1,000,000 US dollars"),
        (["press", "0.00001"], "0.00001: expected at least 0.01, or 0 for no limit"),
        (["press", "2000000"], "2000000: expected 0 to 1,000,000 US dollars"),
    ],
)
def test_what_is_no_amount_is_refused(arguments: list[str], why: str) -> None:
    result = CliRunner().invoke(app, ["tenant", "budget", *arguments])

    assert (result.exit_code, why in result.output) == (2, True)
