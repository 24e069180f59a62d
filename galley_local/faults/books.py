"""
Whether a workflow's books say what it has paid for.

Ids and times of entries differ from run to run, and a worker that dies leaves an entry without an
outcome, or only what was set aside: books are compared with what they are about, not each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

ACCOUNT, ENTRY = "COST", "COST#"
_ASIDE = "usd:"


def errors_in(items: Iterable[Mapping[str, Any]], sessions: Counter[str]) -> int:
    """
    Count what is wrong with a workflow's books; `items` are of its table, values without types.

    Every call of an agent has an entry, an entry that was answered is of a call, and the account is
    the sum of what the calls cost, with what is still set aside for those that were lost.
    """
    books = {str(each["sk"]): each for each in items if str(each["sk"]).startswith(ACCOUNT)}
    account = books.pop(ACCOUNT, {})
    aside = {
        name.removeprefix(_ASIDE): Decimal(account[name])
        for name in account
        if name.startswith(_ASIDE)
    }
    settled = (
        Decimal(each.get("usd", 0))
        for key, each in books.items()
        if key.rpartition("#")[2] not in aside
    )
    expected = sum(settled, start=sum(aside.values(), start=Decimal(0)))
    noted = Counter(str(each["session_id"]) for each in books.values())
    answered = Counter(
        str(each["session_id"]) for each in books.values() if each.get("outcome") == "answered"
    )
    is_wrong_sum = expected != Decimal(account.get("usd", 0))
    return (sessions - noted).total() + (answered - sessions).total() + is_wrong_sum
