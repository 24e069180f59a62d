"""`galley tenant`: what a tenant's agents cost this month, and what they may cost in any."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError
from galley.ledger.budget import in_dollars
from galley.requests import TENANT
from galley.variants import SettingError

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

app = typer.Typer(
    help="Show what a tenant has spent this month, or limit what it may spend in one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MOST_USD = Decimal(1_000_000)
TenantArgument = Annotated[str, typer.Argument(metavar="TENANT", help="Whose workflows they are.")]

_read = TypeDeserializer().deserialize


class TenantAccounts:
    """What is set for the tenants of one stack, and what they have spent."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._table = target.outputs["TableName"]
        self._dynamodb = target.client("dynamodb")

    @property
    def month(self) -> str:
        """The month that it is."""
        return f"{datetime.now(UTC):%Y-%m}"

    def shown(self, tenant: str) -> str:
        """Say in a line what a tenant has spent this month, and of what."""
        month = self.month
        account = self._get(f"TENANT#{_checked(tenant)}", f"COST#{month}")
        spent, calls = account.get("usd", Decimal(0)), account.get("calls", 0)
        return (
            f"{tenant}: {in_dollars(spent)} in {month}, {calls} agent calls; {self._limit(tenant)}"
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

    def _limit(self, tenant: str) -> str:
        own = self._get("TENANTS", tenant).get("monthly_usd")
        usd = Decimal(self._target.parameters.get("TenantMonthlyBudgetUsd") or 0)
        named = "the template's" if own is None else "its own"
        usd = usd if own is None else own
        return f"{named} limit is {in_dollars(usd)} a month" if usd else f"{named} limit is none"

    def _get(self, pk: str, sk: str) -> dict[str, Any]:
        found = self._call("get_item", Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True)
        return {name: _read(value) for name, value in found.get("Item", {}).items()}

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._dynamodb, operation)(TableName=self._table, **arguments)
        except ClientError as error:
            raise TargetError(str(error)) from error


@app.command()
def show(
    tenant: TenantArgument,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Show what a tenant's agents have cost this month, and what they may cost."""
    with refusing():
        say(TenantAccounts(target_of(stack, url, profile, region)).shown(tenant))


@app.command()
def budget(  # noqa: PLR0913, PLR0917  # one parameter per option
    tenant: TenantArgument,
    usd: Annotated[
        str, typer.Argument(metavar="[USD]", help="What a month may cost; 0 is no limit.")
    ] = "",
    default: Annotated[bool, typer.Option("--default", help="What the template says.")] = False,
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
        say(accounts.shown(tenant))


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
    return amount.quantize(Decimal("0.0001"))
