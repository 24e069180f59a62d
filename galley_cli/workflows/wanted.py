"""What a list is asked for: filters, and the words for them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from galley_cli.workflows.options import CommandError

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,5})([mhdw])")
# The statuses of records, and those of the executions among which to look for each.
ENDED = {
    "PUBLISHED": "SUCCEEDED",
    "FAILED": "FAILED",
    "EXPIRED": "FAILED",
    "TIMED_OUT": "TIMED_OUT",
    "ABORTED": "ABORTED",
}
OPEN = ("RUNNING", "WAITING_FOR_APPROVAL", "APPROVED", "REJECTED")
WORDS = {
    **{each.lower(): each for each in (*OPEN, *ENDED)},
    "waiting": "WAITING_FOR_APPROVAL",  # these last: they are what is shown
    "cancelled": "ABORTED",
    "timed-out": "TIMED_OUT",
}
SHOWN_STATUSES = "running, waiting, approved, rejected, published, failed, expired, cancelled"


@dataclass(frozen=True)
class Row:
    """One workflow of a list."""

    workflow_id: str
    tenant: str
    status: str
    started_at: datetime
    version: str
    topic: str
    cost_usd: float | None
    error: str


@dataclass(frozen=True)
class Wanted:
    """Which workflows a list is to have."""

    tenant: str = ""
    status: str = ""  # as records have it
    version: str = ""
    topic: str = ""
    since: datetime | None = None
    most: int = 20

    def __contains__(self, row: Row) -> bool:
        """Tell whether a workflow is wanted."""
        return (
            self.tenant in {"", row.tenant}
            and self.status in {"", row.status}
            and self.version in {"", row.version}
            and self.topic.casefold() in row.topic.casefold()
            and (self.since is None or row.started_at >= self.since)
        )


def status_named(word: str) -> str:
    """Return a status as records have it, from a word for it; raises `CommandError`."""
    known = WORDS.get(word.lower(), "")
    if word and not known:
        raise CommandError(f"status: expected one of {SHOWN_STATUSES}")
    return known


def since_of(text: str, now: datetime | None = None) -> datetime:
    """Return the time that `2d`, or a date or a time in ISO 8601, stands for."""
    try:
        if span := _SPAN.fullmatch(text):
            apart = timedelta(**{_UNITS[span[2]]: int(span[1])})
            known = (now or datetime.now(UTC)) - apart
        else:
            known = datetime.fromisoformat(text)
        known = (known if known.tzinfo else known.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(
            "since: expected such as 30m, 3h, 2d, 1w, 2026-11-28 or 2026-11-28T08:00"
        ) from None
    if known < EARLIEST:  # before which no service of AWS takes a time
        raise CommandError(f"since: expected a time after {EARLIEST:%Y-%m-%d}")
    return known
