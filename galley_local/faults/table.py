"""What came of faults, as a table."""

from collections.abc import Callable, Iterable, Sequence

from galley_local.faults.matrix import Tried

_COLUMNS = (
    *("runs", "did not happen", "lost", "published twice", "mails twice", "mails lost"),
    *("words lost", "wrong events", "wrongly kept", "wrongly booked"),
    "agent calls again",
)


def table(tried: Iterable[Tried], what: str, of: Callable[[Tried], str]) -> str:
    """Return what came of faults as Markdown, a row for each group and one for their sum."""
    everything = list(tried)
    groups = {
        name: [each for each in everything if of(each) == name]
        for name in dict.fromkeys(of(each) for each in everything)
    }
    head = [f"| {' | '.join((what, *_COLUMNS))} |", f"|---|{'---:|' * len(_COLUMNS)}"]
    rows = [_row(name, group) for name, group in groups.items()]
    return "\n".join([*head, *rows, _row("all", everything)])


def _row(name: str, tried: Sequence[Tried]) -> str:
    differences = [each.difference for each in tried]
    figures = (
        len(differences),
        sum(not each.happened for each in tried),
        sum(each.is_lost for each in differences),
        sum(each.double_publications for each in differences),
        sum(each.double_mails for each in differences),
        sum(each.missing_mails for each in differences),
        sum(each.missing_words for each in differences),
        sum(each.wrong_events for each in differences),
        sum(each.wrong_keeping for each in differences),
        sum(each.outcome.errors_in_books for each in differences),
        _again([each.repeated_agent_calls for each in differences]),
    )
    return f"| {' | '.join(map(str, (name, *figures)))} |"


def _again(calls: Sequence[int]) -> str:
    return f"{sum(calls)} (at most {max(calls, default=0)})"
