"""
What agents cost, in the workflows table.

    LEDGER#{workflow_id}   COST                        the workflow's account
    LEDGER#{workflow_id}   COST#{began_at}#{call id}   one agent call
    TENANT#{tenant}        COST#{YYYY-MM}              the tenant's account of the month

A ledger is not among its workflow's own items: whoever asks agents may write it, and nothing else.

An account holds in `usd` what is spent or set aside, in `calls` how many calls have ended, and of
each that is under way until when it counts as that (`call:{id}`, epoch seconds) and what is set
aside for it (`usd:{id}`). Every write changes one item, and only if it has not been done: a call
that is told of twice counts once. A worker that died leaves what was set aside for it. Nobody knows
what it paid, so that counts.
"""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from galley.errors import BudgetExceededError, BudgetReservedError
from galley.ledger.budget import Budget, in_dollars
from galley.scope import Scope
from galley.table import ConflictError, Records, ledger_key
from galley.workflows import table_named

_CALL, _ASIDE = "call:", "usd:"


@dataclass(frozen=True)
class Account:
    """One account: its key, its limit in USD if it has one, its name and what helps when full."""

    key: Mapping[str, str]
    limit: Decimal | None
    name: str
    remedy: str

    @classmethod
    def all_of(cls, scope: Scope, budget: Budget, month: str) -> list[Self]:
        """Return the account of a workflow, and its tenant's of a month (YYYY-MM)."""
        return [
            cls(
                ledger_key(scope.workflow_id),
                Decimal(budget.usd) if budget.usd else None,
                "the workflow's budget",
                "ask for the report again with a higher options.budget_usd",
            ),
            cls(
                {"pk": f"TENANT#{scope.tenant}", "sk": f"COST#{month}"},
                Decimal(budget.tenant_month_usd) if budget.tenant_month_usd else None,
                f"the budget of tenant {scope.tenant} for {month}",
                "set a higher one (galley tenant budget), and ask for the report again",
            ),
        ]


class Accounts(Records):
    """The accounts and the entries of calls."""

    @classmethod
    def from_env(cls) -> Self:
        """Return those of the function's table."""
        return cls(table_named(os.environ["TABLE_NAME"]))

    def reserve(self, account: Account, call_id: str, usd: Decimal, until: int) -> None:
        """Set aside what a call may cost; raises an error where the account has not so much."""
        condition = "attribute_not_exists(#call)"
        values: dict[str, Any] = {}
        if account.limit is not None:
            fits, values = "#usd <= :most", {":most": account.limit - usd}
            if usd <= account.limit:  # it fits an account on which nothing has been done yet
                fits = f"(attribute_not_exists(#usd) OR {fits})"
            condition += f" AND {fits}"
        try:
            self._write(
                "update_item",
                Key=account.key,
                UpdateExpression="SET #call = :until, #aside = :worst ADD #usd :worst",
                ConditionExpression=condition,
                ExpressionAttributeNames=_names(call_id),
                ExpressionAttributeValues={":until": until, ":worst": usd, **values},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConflictError as conflict:
            if _CALL + call_id in conflict.item:
                return  # it is done, and its answer was lost
            wanted = f"the next agent call may cost {in_dollars(usd)}"
            raise _refusal(account, usd, conflict.item, wanted) from None

    def extend(self, account: Account, call_id: str, aside: Decimal, usd: Decimal) -> None:
        """Set aside more for a call, `usd` in place of `aside`; raises as `reserve` does."""
        more = usd - aside
        condition, values = "#aside = :aside", {":aside": aside}
        if account.limit is not None:
            condition, values[":most"] = f"{condition} AND #usd <= :most", account.limit - more
        try:
            self._write(
                "update_item",
                Key=account.key,
                UpdateExpression="SET #aside = :worst ADD #usd :more",
                ConditionExpression=condition,
                ExpressionAttributeNames=_names(call_id, "#aside", "#usd"),
                ExpressionAttributeValues={":worst": usd, ":more": more, **values},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConflictError as conflict:
            if account.limit is None or conflict.item.get(_ASIDE + call_id) == usd:
                return  # it is done, and its answer was lost; or the account is deleted
            # What the call itself has set aside is not what others will give back.
            others = {
                **conflict.item,
                _CALL + call_id: 0,
                "usd": conflict.item.get("usd", 0) - aside,
            }
            wanted = f"the call may cost {in_dollars(usd)} with what its turns have taken already"
            raise _refusal(account, usd, others, wanted) from None

    def settle(
        self, account: Account, call_id: str, usd: Decimal, aside: Decimal, calls: int = 1
    ) -> None:
        """
        Put what a call has cost in place of what was set aside for it; once.

        `aside` is what its caller believes; the item may have more, if it was not told so.
        """
        try:
            self._settle(account, call_id, usd, aside, calls)
        except ConflictError as conflict:
            known = conflict.item.get(_ASIDE + call_id)
            if known is not None:  # or it is settled
                with suppress(ConflictError):
                    self._settle(account, call_id, usd, known, calls)

    def _settle(
        self, account: Account, call_id: str, usd: Decimal, aside: Decimal, calls: int
    ) -> None:
        self._write(
            "update_item",
            Key=account.key,
            UpdateExpression="REMOVE #call, #aside ADD #usd :difference, #calls :calls",
            ConditionExpression="#aside = :aside",
            ExpressionAttributeNames=_names(call_id) | {"#calls": "calls"},
            ExpressionAttributeValues={
                ":difference": usd - aside,
                ":calls": calls,
                ":aside": aside,
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    def open_entry(self, key: dict[str, str], entry: Mapping[str, Any]) -> None:
        """Note that a call begins."""
        with suppress(ConflictError):
            self._update(key, entry, "attribute_not_exists(pk)")

    def close_entry(self, key: dict[str, str], entry: Mapping[str, Any]) -> None:
        """Note how a call ended, and what it took."""
        with suppress(ConflictError):
            self._update(key, entry, "attribute_not_exists(#outcome)")

    def told(self, workflow_id: str, *, is_partial: bool = False) -> dict[str, Any]:
        """Return what is told with a draft: the cost so far, and whether it is partial."""
        if is_partial:
            self.note_partial(workflow_id)
        account = self._get(ledger_key(workflow_id)) or {}
        is_partial = is_partial or bool(account.get("partial", False))
        return {"cost_usd": float(account.get("usd", 0)), "partial": is_partial}

    def note_partial(self, workflow_id: str) -> None:
        """Note in a workflow's account that it goes on with what there is."""
        with suppress(ConflictError):
            self._update(
                ledger_key(workflow_id), {"partial": True}, "attribute_not_exists(#partial)"
            )


def entry_key(workflow_id: str, began_at: str, call_id: str) -> dict[str, str]:
    """Return the key of a call's entry."""
    return ledger_key(workflow_id, f"COST#{began_at}#{call_id}")


def _names(call_id: str, *used: str) -> dict[str, str]:
    names = {"#call": _CALL + call_id, "#aside": _ASIDE + call_id, "#usd": "usd"}
    return {each: names[each] for each in used} if used else names


def _refusal(account: Account, usd: Decimal, item: Mapping[str, Any], wanted: str) -> Exception:
    now, counted = time.time(), Decimal(item.get("usd", 0))
    under_way = sum(
        Decimal(item.get(_ASIDE + name.removeprefix(_CALL), 0))
        for name, until in item.items()
        if name.startswith(_CALL) and until > now
    )
    limit = account.limit or Decimal(0)
    if under_way and counted - under_way + usd <= limit:
        told = f"{in_dollars(counted - under_way)} is spent and {in_dollars(under_way)} set aside"
        return BudgetReservedError(
            f"{account.name} of {in_dollars(limit)}: {told} for calls that are under way; {wanted}"
        )
    return BudgetExceededError(
        f"{account.name} of {in_dollars(limit)} is reached: {in_dollars(counted)} is spent, "
        f"and {wanted}; {account.remedy}"
    )
