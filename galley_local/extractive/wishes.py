"""
Wishes: what a reviewer's free text asks for, clause by clause.

What no pattern knows stays a wish of kind `other` in the reviewer's words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from galley_local.extractive.sentences import split
from galley_local.extractive.wish_patterns import IS_WHOLE, PATTERNS
from galley_local.extractive.wish_words import LEAVE

LONGEST_WISH = 300

_BEGINS_A_WISH = (
    r"drop|remove|delete|cut|shorten|make|expand|add|tell|say|start|begin|lead|open|more|less|don't|"
    r"do not|leave|skip|omit|nothing|source|sources|mention|explain|put|move|use|rewrite|restore|"
    r"it is too|it's too|it should|too (?:long|short)|shorter|elaborate|go deeper|give|include|"
    r"cover|describe|discuss|bring|undo|trim|tighten|condense|stop|take|get rid|lose|write|keep|"
    r"not enough|no\b"
)
_BOUNDARY = re.compile(
    r"\s*(?:[;:]|\s[–—-]\s|(?:,\s*)?\b(?:and|but|then|also|plus)\b(?:\s+(?:then|also|please))*|,)\s+"
    rf"(?=(?:please\s+)?(?:(?:{_BEGINS_A_WISH})\b|"
    r"the (?:[\w'-]+ ){1,5}(?:is|are|needs?|should|deserves?|seems?|looks?) ))",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:(?:please|kindly|and|but|also|then|so|ok|okay|maybe|perhaps|finally|first|second|next|"
    r"just|however|otherwise|overall|plus)\b[,:]?\s+|"
    r"(?:could|can|would|will) (?:you|we)\s+(?:please\s+)?|"
    r"(?:i|we)(?:'d| would)? (?:like|love|prefer|want|need|wish)(?: you)?(?: to)?\s+(?=\w)|"
    r"(?:i|we) think (?:that )?(?:(?:you|we|it) should )?|"
    r"(?:you|we|it|the (?:report|draft)) (?:should|could|must|needs to|has to)\s+|"
    r"it would be (?:nice|good|great|better|helpful) (?:to|if you could)\s+|let's\s+)+",
    re.IGNORECASE,
)
_TRIM = re.compile(
    r"^(?:(?:the|a|an|some|any|how|what|why|of|on|about|its|their|our|your|more|section|part|topic)"
    r"\b\s+)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+(?:(?:is|are|was|were) (?:too |very )?.*|section|part|paragraph|here|works?|worked|"
    r"in (?:the|this) (?:report|draft|text)|because .*|since .*|so that .*|which .*|"
    r"as (?:it|this|that) .*)$|,? (?:not|rather than|instead of) .*$",
    re.IGNORECASE,
)
_DROP_IT = re.compile(
    rf"(?:please )?{LEAVE} (?:it|them|this|that)(?: (?:one|source|out))?(?: please)?[.!]*",
    re.IGNORECASE,
)
_PUNCTUATION = " \t\"“”'‘’`*_.,:;!?"
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_ORDINAL_SOURCE = re.compile(rf"\b({'|'.join(_ORDINALS)}) (?:source|reference)\b", re.IGNORECASE)
_PRAISE = re.compile(
    r"(?:(?:a|an|very|really|overall|this is|it is|it's|the|draft|report|looks?|reads?|is|i|like|"
    r"love|otherwise|quite|work|job|good|nice|great|fine|well|excellent|solid|better|thanks|thank|"
    r"you|rest|it|this|start|much|now|already|all|ok|okay|done|to)[\s,.!]*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wish:
    """One thing a reviewer asks for; `back` means: take an earlier change back."""

    kind: str
    what: str = ""
    sources: tuple[int, ...] = ()
    back: bool = False


def wishes(comments: str) -> list[Wish]:
    """Return what the comments ask for, in their order; praise asks for nothing."""
    found: list[Wish] = []
    spoken_of: tuple[int, ...] = ()
    for clause in _clauses(comments):
        if _PRAISE.fullmatch(clause):
            continue
        if spoken_of and _DROP_IT.fullmatch(clause):
            found = [one for one in found if one.kind != "other" or not _numbers(one.what)]
            found.append(Wish("drop_source", sources=spoken_of))
        else:
            found.append(_wish(clause))
        spoken_of = _numbers(clause) or spoken_of
    return list(dict.fromkeys(found))


def named(what: str) -> str:
    """Return the name of a thing without articles, quotation marks and filler around it."""
    what = _TAIL.sub("", " ".join(what.split()).strip(_PUNCTUATION))
    return _TRIM.sub("", what).strip(_PUNCTUATION)


def _clauses(comments: str) -> Iterator[str]:
    for line in comments.splitlines():
        item = re.sub(r"^\s*(?:[-*•>]|\d{1,2}[.)])\s+", "", line).strip()
        for sentence in split(item):
            for clause in _BOUNDARY.split(sentence):
                if re.search(r"\w", clause):
                    yield clause.strip()


def _wish(clause: str) -> Wish:
    asked = _POLITE.sub("", clause.replace("’", "'")).strip(" ,;:")
    asked = _ORDINAL_SOURCE.sub(_numbered, asked)
    for kind, pattern, back in PATTERNS:
        match = pattern.fullmatch(asked)
        if not match:
            continue
        groups = match.groupdict()
        if groups.get("numbers"):
            found = tuple(int(number) for number in re.findall(r"\d+", groups["numbers"]))
            return Wish(kind, sources=found, back=back)
        raw = (groups.get("what") or "").strip()
        what = "" if IS_WHOLE.fullmatch(raw) else named(raw)
        if what or kind == "shorten":
            return Wish(kind, what[:LONGEST_WISH], back=back)
    return Wish("other", clause[:LONGEST_WISH])


def _numbers(clause: str) -> tuple[int, ...]:
    """Return the numbers of the sources that a clause names."""
    mentioned = re.findall(
        r"(?:\bsources?|\breference)\s*#?(\d{1,3})|\[(\d{1,3})\]", clause, re.IGNORECASE
    )
    return tuple(int(one or other) for one, other in mentioned)


def _numbered(ordinal: re.Match[str]) -> str:
    return f"source {_ORDINALS.index(ordinal[1].lower()) + 1}"
