"""A comparison in words: what it shows, and what to do."""

from galley_cli.ab.comparison import Comparison
from galley_cli.ab.outcomes import OUTCOMES


def headline(each: Comparison) -> str:
    """Say in one sentence what a comparison shows."""
    label = OUTCOMES[each.outcome].label
    if each.verdict == "alike":
        smallest = effect(each, each.smallest).lstrip("+")
        return f"{each.variant} and {each.control} differ by less than {smallest} ({label})."
    if each.verdict == "open":
        return f"Nothing is shown yet between {each.variant} and {each.control} ({label})."
    return f"{each.variant} is {each.verdict} than {each.control} ({label})."


def advice(each: Comparison) -> str:
    """Say what to do about it."""
    if each.verdict == "better":
        return f"Stop, and use {each.variant}."
    if each.verdict == "worse":
        return f"Stop, and stay with {each.control}."
    if each.verdict == "alike":
        return "Stop: going on will not find a difference that matters."
    smallest = effect(each, each.smallest).lstrip("+")
    return (
        f"Go on: {_more(each.needed)} if the difference is what it seems,"
        f" {_more(each.needed_for_smallest)} if it is {smallest}."
    )


def effect(each: Comparison, difference: float) -> str:
    """Say a difference in the outcome's own measure."""
    return OUTCOMES[each.outcome].effect(difference)


def interval(each: Comparison) -> str:
    """Say the interval; while its scale is learned, nothing is known."""
    if sum(each.workflows.values()) <= OUTCOMES[each.outcome].warm_up:
        return "none yet"
    return f"{effect(each, each.low)} to {effect(each, each.high)}"


def chances(each: Comparison) -> str:
    """Say how probable it is that the variant is better, the same, or worse."""
    numbers = (
        ("better", each.probability_better),
        ("no difference", each.probability_none),
        ("worse", each.probability_worse),
    )
    return ", ".join(f"{name} {percent(chance)}" for name, chance in numbers)


def beyond(each: Comparison) -> str:
    """Say how many workflows count as less far off than they are; nothing where none does."""
    if not each.beyond:
        return ""
    return (
        f"{each.variant}, {OUTCOMES[each.outcome].label}: {each.beyond:,} of"
        f" {sum(each.workflows.values()):,} workflows lie beyond four standard deviations of the"
        " first; they are in the means as they are, in the effect as that far."
    )


def percent(chance: float) -> str:
    """Say a probability; what is nearly certain is not said to be certain."""
    if chance > 0.99:  # noqa: PLR2004  # rounding would say 100
        return "> 99 %"
    return f"{100 * chance:.0f} %" if chance >= 0.01 else "< 1 %"  # noqa: PLR2004  # or 0


def p_value(each: Comparison) -> str:
    """Say a p-value."""
    return f"p = {each.p_value:.3f}" if each.p_value >= 0.001 else "p < 0.001"  # noqa: PLR2004


def _more(workflows: int | None) -> str:
    return "more than 100,000" if workflows is None else f"about {workflows:,} more workflows"


def confidence(each: Comparison) -> str:
    """Say how sure the interval is, which is more where several variants are compared."""
    return f"{100 * (1 - each.alpha):.3g} % interval"
