"""
What agents reply, which is untrusted: read into contracts, or refused whole.

`AgentReplyError` is retried by the state machine; nothing half-read goes on.
"""

import json
import re
from typing import Any

from galley.citations.texts import Words
from galley.contracts import Change, Choice, Claim
from galley.errors import AgentReplyError

CHANGE_KINDS = ("expand", "drop_source", "shorten", "start_with", "remove", "other")

REPLY_CHARACTERS = 200_000  # a hundred pages
MOST_CITATIONS = 1000  # in a draft: each is looked up in its source for the reviewer's page

_CITATION = re.compile(r"\[(\d{1,3})\]")
_SEVERAL = re.compile(r"\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})+\]")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")  # JSON can hold one, UTF-8 cannot
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # what is read is not what was checked


def choices_from_reply(reply: str, known: set[str]) -> list[Choice]:
    """Read the search agent's choice; an id that no tool returned is refused."""
    choices: dict[str, Choice] = {}
    for item in _list_in(_object_in(reply), "sources"):
        choice = Choice(_text_in(item, "source_id", 64), _text_in(item, "reason", 500))
        if choice.source_id not in known:
            raise AgentReplyError("the search agent chose a source that no search has returned")
        choices.setdefault(choice.source_id, choice)
    return list(choices.values())


def claims_from_reply(reply: str, source_text: str) -> list[Claim]:
    """
    Read the summary agent's claims; a quote that the source does not hold is refused.

    A claim without words of its own is what its quote says.

    What differs only in white space, hyphens, quotation marks, case or a slip is kept as the source
    has it.
    """
    claims = [
        Claim(_text_in(item, "text", 2000, or_none=True), _text_in(item, "quote", 4000))
        for item in _list_in(_object_in(reply), "claims")
    ]
    searchable, words = _single_spaced(source_text), Words(source_text)
    return [_in_its_words(claim, searchable, words) for claim in claims]


def _in_its_words(claim: Claim, searchable: str, words: Words) -> Claim:
    """Return a claim whose quote is the source's own words, as they stand there."""
    quote = _single_spaced(claim.quote)
    found = claim.quote if quote and quote in searchable else words.find(quote)
    if not found:
        raise AgentReplyError("the summary agent quotes words that the source does not hold")
    return Claim(claim.text if claim.text.strip() else _single_spaced(found), found)


def changes_from_reply(reply: str, known_numbers: set[int]) -> list[Change]:
    """Read the reviser agent's brief; unknown kinds and source numbers are refused."""
    changes = []
    for item in _list_in(_object_in(reply), "changes"):
        change = Change(
            kind=_text_in(item, "kind", 20),
            what=_text_in(item, "what", 1000),
            source=_number_in(item, "source"),
        )
        if change.kind not in CHANGE_KINDS:
            raise AgentReplyError("the reviser agent's brief has a change of no known kind")
        if change.kind == "drop_source" and change.source not in known_numbers:
            raise AgentReplyError("the reviser agent drops a source that the draft does not have")
        changes.append(change)
    if not changes:
        raise AgentReplyError("the reviser agent's brief asks for no change")
    return changes


def draft_from_reply(reply: str) -> str:
    """Return the writer agent's Markdown; it must have a title, a section and a citation."""
    _check_length(reply)
    draft = re.sub(r"\A```(?:markdown)?\n(.*)\n```\Z", r"\1", reply.strip(), flags=re.DOTALL)
    if not draft.startswith("# "):
        raise AgentReplyError("the writer agent's draft does not begin with a '# ' title")
    if "\n## " not in draft:
        raise AgentReplyError("the writer agent's draft has no '## ' section")
    if _TURNS.search(draft):
        raise AgentReplyError("the writer agent's draft has signs that turn the order of letters")
    if _SEVERAL.search(draft):
        raise AgentReplyError(
            "the writer agent's draft has several numbers in one pair of brackets"
        )
    if draft.count("```") % 2:
        raise AgentReplyError("the writer agent's draft has a code block without an end")
    if len(_CITATION.findall(draft)) > MOST_CITATIONS:
        raise AgentReplyError(
            f"the writer agent's draft cites more often than {MOST_CITATIONS:,} times"
        )
    if not cited_numbers(draft):
        raise AgentReplyError("the writer agent's draft cites no source")
    return draft


def cited_numbers(markdown: str) -> set[int]:
    """Return the numbers of the sources that a draft cites as [n]."""
    return {int(number) for number in _CITATION.findall(markdown)}


def _check_length(reply: str) -> None:
    if len(reply) > REPLY_CHARACTERS:
        raise AgentReplyError(
            f"the agent's reply has {len(reply):,} characters, and {REPLY_CHARACTERS:,} are read"
        )


def _object_in(reply: str) -> dict[str, Any]:
    # Models like to wrap JSON in a sentence or a code fence; what counts is the object itself.
    _check_length(reply)
    start, end = reply.find("{"), reply.rfind("}")
    try:
        value = json.loads(reply[start : end + 1])
    except (ValueError, RecursionError) as error:
        raise AgentReplyError(
            "the agent's reply is not the JSON object it was asked for"
        ) from error
    return value  # type: ignore[no-any-return]  # it starts with a brace, so it is an object


def _list_in(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    items = value.get(name)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise AgentReplyError(f"the agent's reply has no list of objects named '{name}'")
    return items


def _number_in(item: dict[str, Any], name: str) -> int | None:
    number = item.get(name)
    if number is not None and type(number) is not int:  # `true` is an int to isinstance
        raise AgentReplyError(f"'{name}' in the agent's reply is no whole number")
    return number


def _text_in(item: dict[str, Any], name: str, longest: int, *, or_none: bool = False) -> str:
    text = item.get(name, "")
    if text is None and or_none:
        return ""
    if not isinstance(text, str) or len(text) > longest or _HALF_CHARACTER.search(text):
        raise AgentReplyError(f"'{name}' in the agent's reply is no text of {longest} characters")
    return text


def _single_spaced(text: str) -> str:
    return " ".join(text.split())
