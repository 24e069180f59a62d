"""`galley tenant`: what a tenant's agents cost this month, and what they may cost in any."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from boto3.dynamodb.types import TypeDeserializer
from galley.ledger.budget import in_dollars
from galley.requests import TENANT
from galley.variants import SettingError

from galley_cli.aws_words import AWS_ERRORS, in_words
from galley_cli.roles import refusing, say
from galley_cli.target import (
    ProfileOption,
    RegionOption,
    StackOption,
    Target,
    TargetError,
    UrlOption,
    target_of,
)
from galley_cli.workflows.options import JsonOption, print_json

app = typer.Typer(
    help="Show what a tenant has spent this month, or limit what it may spend in one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

LEAST_USD, MOST_USD = Decimal("0.01"), Decimal(1_000_000)
TenantArgument = Annotated[str, typer.Argument(metavar="TENANT", help="Whose workflows they are.")]

_read = TypeDeserializer().deserialize


@dataclass(frozen=True)
class TenantMonth:
    """What a tenant's agents have cost in a month, and what they may cost in it."""

    tenant: str
    month: str  # as 2026-11
    spent_usd: Decimal
    agent_calls: int
    limit_usd: Decimal | None  # None: no limit
    limit_of: str  # "tenant", or "template" where nothing is set for the tenant

    def __str__(self) -> str:
        """Say it in a line."""
        whose = {"tenant": "its own", "template": "the template's"}[self.limit_of]
        limit = "none" if self.limit_usd is None else f"{in_dollars(self.limit_usd)} a month"
        return (
            f"{self.tenant}: {in_dollars(self.spent_usd)} in {self.month}, "
            f"{self.agent_calls} agent calls; {whose} limit is {limit}"
        )


class TenantAccounts:
    """What is set for the tenants of one stack, and what they have spent."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._table = target.output("TableName")
        self._dynamodb = target.client("dynamodb")

    @property
    def month(self) -> str:
        """The month that it is."""
        return f"{datetime.now(UTC):%Y-%m}"

    def read(self, tenant: str) -> TenantMonth:
        """Return what a tenant has spent this month, and of what."""
        month = self.month
        account = self._get(f"TENANT#{_checked(tenant)}", f"COST#{month}")
        own = self._get("TENANTS", tenant).get("monthly_usd")
        by_template = Decimal(self._target.parameters.get("TenantMonthlyBudgetUsd") or 0)
        return TenantMonth(
            tenant,
            month,
            account.get("usd", Decimal(0)),
            int(account.get("calls", 0)),
            (by_template if own is None else own) or None,
            "template" if own is None else "tenant",
        )

    def limit(self, tenant: str, monthly_usd: Decimal | None) -> None:
        """Limit a tenant's month, in workflows that begin from now on; None is the template's."""
        key = {"pk": {"S": "TENANTS"}, "sk": {"S": _checked(tenant)}}
        change, values = (
            "SET changed_at = :at, changed_by = :by",
            {
                ":at": {"S": datetime.now(UTC).isoformat(timespec="seconds")},
                ":by": {"S": self._target.caller},
            },
        )
        if monthly_usd is None:
            change += " REMOVE monthly_usd"
        else:
            change += ", monthly_usd = :usd"
            values[":usd"] = {"N": str(monthly_usd)}
        self._call(
            "update_item", Key=key, UpdateExpression=change, ExpressionAttributeValues=values
        )

    def _get(self, pk: str, sk: str) -> dict[str, Any]:
        found = self._call("get_item", Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True)
        return {name: _read(value) for name, value in found.get("Item", {}).items()}

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._dynamodb, operation)(TableName=self._table, **arguments)
        except AWS_ERRORS as error:
            raise TargetError(in_words(error, self._target.access)) from error


@app.command()
def show(  # noqa: PLR0913, PLR0917  # one parameter per option
    tenant: TenantArgument,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Show what a tenant's agents have cost this month, and what they may cost."""
    with refusing():
        _say(TenantAccounts(target_of(stack, url, profile, region)).read(tenant), as_json=as_json)


@app.command()
def budget(  # noqa: PLR0913, PLR0917  # one parameter per option
    tenant: TenantArgument,
    usd: Annotated[
        str, typer.Argument(metavar="[USD]", help="What a month may cost; 0 is no limit.")
    ] = "",
    default: Annotated[bool, typer.Option("--default", help="What the template says.")] = False,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Limit what a tenant's agents may cost in a month (UTC), for workflows that begin now."""
    with refusing():
        if bool(usd) == default:
            raise SettingError("give either an amount of US dollars or --default")
        monthly_usd = None if default else _amount(usd)
        accounts = TenantAccounts(target_of(stack, url, profile, region))
        accounts.limit(tenant, monthly_usd)
        _say(accounts.read(tenant), as_json=as_json)


def _say(month: TenantMonth, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(month))
    else:
        say(str(month))


def _checked(tenant: str) -> str:
    if not TENANT.fullmatch(tenant):
        raise SettingError(
            f"{tenant[:40]}: expected 1 to 40 lower-case letters, digits or inner '-'"
        )
    return tenant


def _amount(usd: str) -> Decimal:
    try:
        amount = Decimal(usd)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= MOST_USD:
        raise SettingError(f"{usd[:40]}: expected 0 to {MOST_USD:,} US dollars, such as 100")
    if 0 < amount < LEAST_USD:  # which would be rounded, to no limit at all in the end
        raise SettingError(f"{usd[:40]}: expected at least {LEAST_USD}, or 0 for no limit")
    return amount.quantize(Decimal("0.0001"))
