"""A request for a report: what a caller may ask, and what is said when it cannot be run."""

import re
from dataclasses import dataclass
from typing import Any, Self

from galley.approval.decisions import Rule
from galley.errors import InvalidRequestError
from galley.ledger.budget import FAIL, PARTIAL, in_digits
from galley.mail.addresses import folded

# Execution names end at 80 characters; the workflow id is one, and it is part of every
# session id, which Bedrock ends at 100.
WORKFLOW_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Under `corpus/` lie the documents that every tenant searches, under `prompts/` those of variants.
TENANT = re.compile(r"(?!(?:corpus|prompts)$)(?:[a-z0-9][a-z0-9-]{0,38}[a-z0-9]|[a-z0-9])")
_REVIEWER = re.compile(r"[^\s@<>\",;]{1,64}@[A-Za-z0-9.-]{1,190}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

TOPIC_CHARACTERS = 500
LEAST_BUDGET_USD, MOST_BUDGET_USD = 0.01, 10_000
MOST_NAMED = 10  # of the fields that are none
MOST_SOURCES = 40
MOST_REVISIONS = 10
MOST_REVIEWERS = 8  # with the longest of comments they stay under DynamoDB's 400 KB


_FIELDS = {"workflow_id", "tenant", "topic", "reviewer", "reviewers", "approval", "options"}
_OPTIONS = {"max_sources", "max_revisions", "fresh", "budget_usd", "at_budget"}


@dataclass(frozen=True)
class Request:
    """A checked request; every field is safe to build keys, names and prompts from."""

    workflow_id: str
    tenant: str
    topic: str
    reviewers: list[str]
    approval: Rule
    max_sources: int
    max_revisions: int
    fresh: bool
    budget_usd: str = ""  # in digits; empty where the request says nothing of it
    at_budget: str = PARTIAL

    @classmethod
    def from_event(cls, event: Any, workflow_id: str) -> Self:
        """Check a request field by field and raise one error that names all that is wrong."""
        if not isinstance(event, dict):
            raise InvalidRequestError("the request: expected an object with at least a topic")
        options = event.get("options", {})
        problems: list[str] = []
        if not isinstance(options, dict):
            options = {}
            problems.append("options: expected an object")
        _no_others(event, _FIELDS, "", problems)
        _no_others(options, _OPTIONS, "options.", problems)
        request = cls(
            workflow_id=_matching(
                event.get("workflow_id") or workflow_id,
                "workflow_id: expected 1 to 80 letters, digits, '-' or '_'",
                WORKFLOW_ID,
                problems,
            ),
            tenant=_matching(
                event.get("tenant", "default"),
                "tenant: expected 1 to 40 lower-case letters, digits or inner '-', "
                "not 'corpus' or 'prompts'",
                TENANT,
                problems,
            ),
            topic=_topic(event.get("topic"), problems),
            reviewers=_reviewers(event, problems),
            approval=_rule(event.get("approval", Rule.ANY), problems),
            max_sources=_whole(options, "max_sources", 10, (1, MOST_SOURCES), problems),
            max_revisions=_whole(options, "max_revisions", 3, (0, MOST_REVISIONS), problems),
            fresh=_flag(options, "fresh", problems),
            budget_usd=_dollars(options, "budget_usd", problems),
            at_budget=_one_of(options, "at_budget", (PARTIAL, FAIL), problems),
        )
        if problems:
            raise InvalidRequestError("; ".join(problems))
        return request


def _topic(value: Any, problems: list[str]) -> str:
    if not isinstance(value, str) or not any(character.isalnum() for character in value):
        problems.append("topic: expected a question or a phrase to research")
        return ""
    if len(value) > TOPIC_CHARACTERS:
        problems.append(f"topic: {len(value):,} characters, expected at most {TOPIC_CHARACTERS}")
    if _UNPRINTABLE.search(value):
        problems.append("topic: contains control characters or half characters")
    return " ".join(value.split())


def _reviewers(event: dict[str, Any], problems: list[str]) -> list[str]:
    """Return who decides: one `reviewer`, or several `reviewers`."""
    if "reviewers" not in event:
        expected = "reviewer: expected an e-mail address"
        return [_matching(event.get("reviewer"), expected, _REVIEWER, problems)]
    several = event["reviewers"]
    if "reviewer" in event:
        problems.append("reviewers: expected either these or one reviewer")
    if not isinstance(several, list) or not 1 <= len(several) <= MOST_REVIEWERS:
        problems.append(f"reviewers: expected a list of 1 to {MOST_REVIEWERS} e-mail addresses")
        return []
    expected = "reviewers: expected e-mail addresses"
    known = [_matching(each, expected, _REVIEWER, problems) for each in several]
    if len({folded(each) for each in known}) < len(known):
        problems.append("reviewers: expected each address once")
    return known


def _rule(value: Any, problems: list[str]) -> Rule:
    if value not in list(Rule):
        problems.append("approval: expected 'any' or 'all', of the reviewers that must approve")
        return Rule.ANY
    return Rule(value)


def _matching(value: Any, expected: str, pattern: re.Pattern[str], problems: list[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        problems.append(expected)
        return ""
    return value


def _whole(
    options: dict[str, Any], name: str, default: int, bounds: tuple[int, int], problems: list[str]
) -> int:
    value = options.get(name, default)
    lowest, highest = bounds
    # bool is an int to Python, but `true` is no number to whoever wrote the request
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        problems.append(f"options.{name}: expected a whole number from {lowest} to {highest}")
        return default
    return value


def _flag(options: dict[str, Any], name: str, problems: list[str]) -> bool:
    value = options.get(name, False)
    if not isinstance(value, bool):
        problems.append(f"options.{name}: expected true or false")
        return False
    return value


def _dollars(options: dict[str, Any], name: str, problems: list[str]) -> str:
    """Return an amount in digits, which says what the number in the request says."""
    value = options.get(name)
    if value is None:
        return ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not LEAST_BUDGET_USD <= value <= MOST_BUDGET_USD:
        between = f"{LEAST_BUDGET_USD} to {MOST_BUDGET_USD:,}"
        problems.append(f"options.{name}: expected a number of US dollars from {between}")
        return ""
    return in_digits(value)


def _one_of(options: dict[str, Any], name: str, known: tuple[str, ...], problems: list[str]) -> str:
    value = options.get(name, known[0])
    if value not in known:
        problems.append(f"options.{name}: expected {' or '.join(map(repr, known))}")
        return known[0]
    return str(value)


def _no_others(fields: dict[str, Any], known: set[str], where: str, problems: list[str]) -> None:
    unknown = sorted(str(name)[:40] for name in fields.keys() - known)
    if len(unknown) > MOST_NAMED:
        unknown[MOST_NAMED:] = [f"… ({len(unknown):,} in all)"]
    if unknown:
        expected = ", ".join(sorted(known))
        problems.append(f"{where}{', '.join(unknown)}: not a field of a request ({expected})")
