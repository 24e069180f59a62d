"""Times, amounts and statuses as a person reads them."""

from datetime import UTC, datetime, timedelta

STATUSES = {
    "RUNNING": "running",
    "WAITING_FOR_APPROVAL": "waits for approval",
    "APPROVED": "approved, being published",
    "REJECTED": "rejected, being revised",
    "PENDING_REDRIVE": "about to be redriven",
    "PUBLISHED": "published",
    "SUCCEEDED": "published",
    "FAILED": "failed",
    "TIMED_OUT": "timed out",
    "ABORTED": "cancelled",
    "EXPIRED": "expired: nobody decided in time",
    "DELETED": "deleted",
}
COLOURS = {
    "PUBLISHED": "green",
    "SUCCEEDED": "green",
    "WAITING_FOR_APPROVAL": "yellow",
    "FAILED": "red",
    "TIMED_OUT": "red",
    "EXPIRED": "red",
    "ABORTED": "red",
}
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"))
_KILO = 1024


def duration(seconds: float) -> str:
    """Return a time that something takes: 0.4 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h."""
    if seconds < 10:  # noqa: PLR2004  # tenths are worth a look
        return f"{max(seconds, 0):.1f} s"
    left = int(seconds)
    if left < _SPANS[-1][0]:
        return f"{left} s"
    smaller = [*_SPANS[1:], (1, "s")]
    for (length, name), (part, part_name) in zip(_SPANS, smaller, strict=True):
        if left >= length:
            rest = left % length // part
            return f"{left // length} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{left} s"


def moment(when: datetime | str | None) -> str:
    """Return a time as people write it, in UTC."""
    if not when:
        return "–"
    known = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{known.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def ago(when: datetime, now: datetime | None = None) -> str:
    """Return how long ago, or in how long."""
    apart = (now or datetime.now(UTC)) - when
    if apart < timedelta():
        return f"in {duration(-apart.total_seconds())}"
    return f"{duration(apart.total_seconds())} ago"


def dollars(usd: float | None) -> str:
    """Return an amount; what costs less than a cent has more digits."""
    if usd is None:
        return "–"
    return f"${usd:,.2f}" if usd >= 1 or usd == 0 else f"${usd:.4f}"


def size(number: int) -> str:
    """Return a number of bytes."""
    if number < _KILO:
        return f"{number} B"
    if number < _KILO * _KILO:
        return f"{number / _KILO:.0f} KB"
    return f"{number / _KILO / _KILO:.1f} MB"
