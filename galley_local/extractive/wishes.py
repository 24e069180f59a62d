"""
Wishes: what a reviewer's free text asks for, clause by clause.

The patterns are tried in order, the most specific first; what none of them knows stays a wish
of kind `other` in the reviewer's words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from galley_local.extractive.sentences import split


@dataclass(frozen=True)
class Wish:
    """One thing a reviewer asks for; `back` means: take an earlier change back."""

    kind: str
    what: str = ""
    sources: tuple[int, ...] = ()
    back: bool = False


_WORDS_OF_START = (
    r"drop|remove|delete|cut|shorten|make|expand|add|tell|say|start|begin|lead|open|more|less|don't|"
    r"do not|leave|skip|omit|nothing|source|sources|mention|explain|put|move|use|rewrite|"
    r"it is too|it's too|it should|too (?:long|short)|shorter|elaborate|go deeper|give|include|cover|describe|discuss|"
    r"restore|bring|undo|trim|tighten|condense|stop|take|get rid|lose|write|keep|not enough|no\b"
)
_BOUNDARY = re.compile(
    rf"\s*(?:;|\s[–—-]\s|(?:,\s*)?\b(?:and|but|then|also|plus)\b(?:\s+(?:then|also|please))*|,)\s+"
    rf"(?=(?:please\s+)?(?:{_WORDS_OF_START})\b)",
    re.I,
)
_POLITE = re.compile(
    r"^(?:(?:please|kindly|and|but|also|then|so|ok|okay|maybe|perhaps|finally|first|second|next|just|"
    r"however|otherwise|overall|plus)\b[,:]?\s+|(?:could|can|would|will) (?:you|we)\s+(?:please\s+)?|"
    r"(?:i|we)(?:'d| would)? (?:like|love|prefer|want|need|wish)(?: you)?(?: to)?\s+(?=\w)|"
    r"(?:i|we) think (?:that )?(?:(?:you|we|it) should )?|(?:you|we|it|the (?:report|draft)) (?:should|could|must|needs to|has to)\s+|"
    r"it would be (?:nice|good|great|better|helpful) (?:to|if you could)\s+|let's\s+)+",
    re.I,
)
_NUMBERS = r"(?P<numbers>\[?#?\d{1,3}\]?(?:\s*(?:,|and|&|\+|or|,\s*and)?\s*(?:sources?\s+)?\[?#?\d{1,3}\]?)*)"
_SOURCE = (
    r"(?:(?:the\s+)?(?:sources?|references?|citations?|refs?|documents?|numbers?|no\.?|nr\.?)\s*)"
)
_LEAVE = (
    r"(?:drop|remove|delete|exclude|omit|ignore|cut|skip|strike|lose|discard|leave out|take out|"
    r"throw out|kick out|get rid of|do(?:n't| not) (?:cite|use|quote|include|mention|rely on|reference)|"
    r"stop (?:citing|using|quoting)|no(?: longer)? (?:cite|use|more)|never cite|without|no)"
)
_PART = (
    r"(?:(?:the|this|that|those|these|any|all|every|each|your)\s+)*(?:(?:whole|entire|long)\s+)?"
    r"(?:(?:sections?|parts?|bits?|paragraphs?|sentences?|passages?|chapters?|mentions?|mentioning|"
    r"references?|stuff|everything|anything|something|details?|discussion|piece|text|facts?|things?)\b\s*"
    r"(?:called\s+|titled\s+|named\s+)?(?:(?:about|on|of|to|concerning|regarding|dealing with|that (?:is|are) about)\b)?\s*)?"
)
_ON = r"(?:on|about|of|regarding|concerning|into|for|to|around)"
_WHAT = r"(?P<what>.+?)"
_END = r"(?:\s*,?\s*(?:please|too|as well|instead|first|at all|altogether|entirely|completely|thanks|thank you))*\s*[.!?]*$"
_WHOLE = r"(?:it|this|the (?:whole |entire )?(?:report|draft|text|thing|whole|article|document|paper)|everything|that)"

_PATTERNS: list[tuple[str, str, bool]] = [
    ("drop_source", rf"(?:restore|bring back|cite|use|keep|re-?add|put back|reinstate)\s+(?:back\s+)?{_SOURCE}?{_NUMBERS}(?:\s+(?:again|back|after all))?{_END}", True),
    ("remove", rf"(?:restore|bring back|reinstate|put back|keep)\s+{_PART}{_WHAT}(?:\s+(?:again|back|after all))?{_END}", True),
    ("shorten", rf"(?:(?:{_WHOLE} (?:is|was|has become) |is |now )?(?:much |far |a bit |a little )?too short|(?:make {_WHOLE} )?(?:a bit |much |a little )?longer|undo the (?:cuts?|shortening)){_END}", True),
    ("drop_source", rf"{_LEAVE}\s+(?:citing\s+)?{_SOURCE}?{_NUMBERS}{_END}", False),
    ("drop_source", rf"{_LEAVE}\s+(?:citing\s+)?{_SOURCE}{_NUMBERS}\b.*$", False),
    ("drop_source", rf"{_SOURCE}?{_NUMBERS} (?:is|are|was|were|looks?|seems?|should|must|has to|can|does|do|cannot)\b.*(?:unreliable|reliable|trust|wrong|off[- ]topic|irrelevant|go\b|dropped|removed|out\b|bad|poor|dubious|weak|outdated|not belong|doubtful|biased|mistaken).*$", False),
    ("shorten", rf"(?:make|cut|keep|get) {_PART}{_WHAT} (?:(?:much|far|a bit|a little|somewhat|considerably) )?(?:shorter|short|more concise|tighter|briefer|brief|crisper|by (?:half|a third|\w+ ?(?:%|percent))|in half|down){_END}", False),
    ("shorten", rf"(?:shorten|condense|tighten|trim|halve|compress|cut down(?: on)?|cut back(?: on)?|reduce)(?: {_PART}{_WHAT})?(?: (?:by|in|to) .*)?{_END}", False),
    ("shorten", rf"(?:(?:{_WHOLE})(?: is| was|'s)? |is |it's |still |simply )*(?:(?:much|far|way|a bit|a little|still) )*(?:too (?:long|wordy|verbose|much text|lengthy)|shorter|more concise|tighter|less text|briefer|less wordy|be (?:much )?shorter)(?: (?:than|by|overall|report|draft|text|version)\b.*)?{_END}", False),
    ("shorten", rf"(?:the )?{_WHAT}(?: (?:section|part|paragraph|chapter))?(?: is| are)(?: much| far| way| a bit| still)* (?:too (?:long|detailed|wordy|verbose|lengthy)|overlong){_END}", False),
    ("shorten", rf"(?:less|too much|fewer)(?: (?:text|detail|details|space|words|information))? (?:on|about|of|for) {_PART}{_WHAT}{_END}", False),
    ("start_with", rf"(?:start|begin|lead|open|kick off)(?: off)?(?: (?:the report|the draft|it|this))? (?:with|by|from|on) {_PART}{_WHAT}{_END}", False),
    ("start_with", rf"(?:put|move|bring|place) {_PART}{_WHAT} (?:first|(?:to|at|in) the (?:top|front|beginning|start)|up front|up){_END}", False),
    ("start_with", rf"{_PART}{_WHAT} (?:should|must|needs to|has to|ought to) (?:come|go|be|stand|appear) (?:first|at the (?:top|beginning|start)|up front){_END}", False),
    ("remove", rf"(?:(?:there (?:should|must) be )?nothing(?: more| else)?|not? (?:a )?(?:word|mention)|no more|do(?:n't| not) (?:talk|write|speak|say anything|go on)) (?:on|about|of) {_PART}{_WHAT}{_END}", False),
    ("remove", rf"do(?:n't| not) (?:mention|include|discuss|cover|describe) {_PART}{_WHAT}{_END}", False),
    ("expand", rf"(?:(?:say|tell|write|add|give|include|provide|show|see|have|read|know|hear|learn|find|go into|want|need)\s+)?(?:(?:me|us|the reader|readers)\s+)?(?:(?:a (?:bit|little|lot)|much|some|even|still|far|slightly)\s+)*(?:more|further|additional|extra)(?:\s+(?:details?|information|info|depth|words|background|facts?|text|sentences|context|material|specifics|stuff|space|emphasis|weight))?\s+(?:{_ON}|is needed on|is needed about|needed on)\s+{_PART}{_WHAT}{_END}", False),
    ("expand", rf"(?:expand|elaborate|extend|develop|deepen|flesh out|enlarge|build out|beef up)(?: (?:on|upon))?\s+{_PART}{_WHAT}(?: (?:section|part|paragraph))?{_END}", False),
    ("expand", rf"(?:go (?:deeper|further|more deeply|into more detail)|dig deeper|dive deeper) (?:into|on|about|in) {_PART}{_WHAT}{_END}", False),
    ("expand", rf"(?:there (?:is|are)(?:n't| not)? |has |i (?:find|see|read|miss) |it says |says )?(?:nothing|not enough|too little|very little|hardly anything|little|not much|something missing|enough) (?:is said |said |here )?(?:on|about|of) {_PART}{_WHAT}{_END}", False),
    ("expand", rf"(?:add|include|mention|cover|explain|discuss|describe|address|insert|write|tell(?: me| us)?|say something|what|how|talk|i miss|we miss|missing|missing is|needs?|give)(?: (?:also|again|better|in (?:more )?detail))*:?\s+(?:(?:a |an |some |one |more )?(?:new |short |separate |whole )?(?:section|paragraph|sentence|part|chapter|words?|something|lines?|bit|account)s?\s+)?(?:(?:on|about|of|for)\s+)?{_PART}{_WHAT}{_END}", False),
    ("expand", rf"(?:the )?(?:sections? (?:on|about) |parts? (?:on|about) )?{_WHAT}(?: (?:section|part|paragraph|chapter))?(?: (?:is|are|seems?|looks?|feels?|remains?))(?: (?:much|far|way|a bit|a little|rather|still|very|quite|somewhat))* (?:too )?(?:thin|short|brief|weak|missing|lacking|shallow|superficial|vague|underdeveloped|sketchy|light|scarce|absent|poor|sparse|not (?:covered|explained|mentioned|enough|there|clear)|unclear|unexplained){_END}", False),
    ("expand", rf"{_PART}{_WHAT} (?:needs?|deserves?|requires?|wants?|could use|should (?:have|get)|calls? for) (?:(?:much|a bit|a little|some|far|a lot) )*(?:more|further|expanding|expansion|elaboration|additional|detail)\b.*{_END}", False),
    ("remove", rf"{_PART}{_WHAT} (?:(?:is|are) (?:irrelevant|off[- ]topic|unnecessary|superfluous|not (?:needed|relevant|necessary|interesting)|out of place|beside the point|uninteresting|redundant)|do(?:es)?(?:n't| not) belong(?: here)?|(?:should|must|can|has to|have to|needs? to) (?:go|be (?:removed|cut|dropped|left out|deleted))){_END}", False),
    ("remove", rf"{_LEAVE}\s+{_PART}{_WHAT}(?: (?:section|part|paragraph|stuff))?{_END}", False),
    ("remove", rf"(?:leave|take|cut|throw|strike) {_PART}{_WHAT} out{_END}", False),
]  # fmt: skip
_COMPILED = [(kind, re.compile(pattern, re.I), back) for kind, pattern, back in _PATTERNS]
_IS_WHOLE = re.compile(rf"(?:{_WHOLE}|all|length|the length|overall|words?)", re.I)
_TRIM = re.compile(
    r"^(?:(?:the|a|an|some|any|how|what|why|of|on|about|its|their|our|your|more|section|part|topic)\b\s+)+",
    re.I,
)
_TAIL = re.compile(
    r"\s+(?:(?:is|are|was|were) (?:too |very )?.*|section|part|paragraph|in (?:the|this) (?:report|draft|text)|here|"
    r"because .*|since .*|so that .*|which .*|as (?:it|this|that) .*)$",
    re.I,
)


def wishes(comments: str) -> list[Wish]:
    """Return what the comments ask for, in their order."""
    return [_wish(clause) for clause in _clauses(comments)]


def named(what: str) -> str:
    """Return the name of a thing without articles, quotation marks and filler around it."""
    what = " ".join(what.split()).strip(" \t\"“”'‘’`*_.,:;!?")
    what = _TAIL.sub("", what)
    return _TRIM.sub("", what).strip(" \t\"“”'‘’`*_.,:;!?")


def _clauses(comments: str) -> Iterator[str]:
    for line in comments.splitlines():
        line = re.sub(r"^\s*(?:[-*•>]|\d{1,2}[.)])\s+", "", line).strip()
        for sentence in split(line):
            for clause in _BOUNDARY.split(sentence):
                if re.search(r"\w", clause):
                    yield clause.strip()


def _wish(clause: str) -> Wish:
    asked = _POLITE.sub("", clause.replace("’", "'")).strip(" ,;:")
    for kind, pattern, back in _COMPILED:
        match = pattern.fullmatch(asked)
        if not match:
            continue
        groups = match.groupdict()
        if groups.get("numbers"):
            found = tuple(int(number) for number in re.findall(r"\d+", groups["numbers"]))
            return Wish(kind, sources=found, back=back)
        raw = (groups.get("what") or "").strip()
        what = "" if _IS_WHOLE.fullmatch(raw) else named(raw)
        if what or kind == "shorten":
            return Wish(kind, what, back=back)
    return Wish("other", clause[:300])
