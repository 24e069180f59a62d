"""
What reviewers write, as patterns: the kind of change, its pattern, whether it takes one back.

They are tried in order, the most specific first; the group `what` is the thing spoken of and
`numbers` the sources.
"""

import re

from galley_local.extractive.wish_words import (
    A_LOT,
    A_NEW,
    A_SECTION,
    AGAIN,
    BAD_SOURCE,
    COVER,
    CUT,
    END,
    ENLARGE,
    FIRST,
    IRRELEVANT,
    IS,
    LEAVE,
    MORE_OF_IT,
    MUST,
    NEEDS_MORE,
    NOT_ENOUGH,
    NUMBERS,
    ON,
    SAY,
    SHORT,
    SHOULD_GO,
    SOURCE,
    THERE_IS,
    THIN,
    THING,
    TOO_LONG,
    WHAT,
    WHOLE,
    WRITTEN,
    any_number_of,
    any_of,
    maybe,
)

# Earlier changes that are taken back.
_BACK = [
    (
        "drop_source",
        any_of("restore, bring back, cite, use, keep, re-?add, put back, reinstate")
        + rf"\s+(?:back\s+)?{SOURCE}?{NUMBERS}{AGAIN}",
    ),
    (
        "remove",
        any_of("restore, bring back, reinstate, put back, keep") + rf"\s+{THING}{AGAIN}",
    ),
    (
        "shorten",
        maybe(f"{WHOLE} (?:is|was|has become) |is |now ")
        + maybe(any_of("much, far, a bit, a little") + " ")
        + r"too short(?: now| again)?",
    ),
    ("shorten", maybe(f"make {WHOLE} ") + maybe(any_of("a bit, much, a little") + " ") + "longer"),
    ("shorten", "undo the (?:cuts?|shortening)"),
]
_NEW = [
    ("drop_source", rf"{LEAVE}\s+(?:citing\s+)?{SOURCE}?{NUMBERS}"),
    ("drop_source", rf"{LEAVE}\s+(?:citing\s+)?{SOURCE}{NUMBERS}\b.*"),
    ("drop_source", rf"{SOURCE}?{NUMBERS} {IS}\b.*{BAD_SOURCE}.*"),
    (
        "shorten",
        f"(?:make|cut|keep|get) {THING} "
        + maybe(any_of("much, far, a bit, a little, somewhat, considerably") + " ")
        + SHORT,
    ),
    (
        "shorten",
        maybe(f"{WHOLE} ")
        + maybe("be ")
        + any_of(
            """no more than, no longer than, at most, max, maximum, under, below, half the,
            half of the"""
        )
        + r" (?:\d+ (?:words|pages?)|length|size)",
    ),
    ("shorten", rf"{CUT}(?: {THING})?(?: (?:by|in|to) .*)?"),
    (
        "shorten",
        any_number_of(rf"{WHOLE}(?: is| was|'s)? |is |it's |still |simply ")
        + any_number_of(any_of("much, far, way, a bit, a little, still") + " ")
        + any_of(
            rf"""{TOO_LONG}, (?:even )?shorter(?: still| yet)?, more concise, tighter, less text,
            briefer, less wordy, be (?:much )?shorter"""
        )
        + maybe(r" (?:than|by|overall|report|draft|text|version)\b.*"),
    ),
    (
        "shorten",
        rf"(?:the )?{WHAT}(?: {A_SECTION})?(?: is| are)"
        + any_number_of(" " + any_of("much, far, way, a bit, still"))
        + " "
        + any_of("too long, too detailed, too wordy, too verbose, too lengthy, overlong"),
    ),
    (
        "shorten",
        any_of("less, too much, fewer")
        + maybe(" " + any_of("text, detail, details, space, words, information"))
        + f" (?:on|about|of|for) {THING}",
    ),
    (
        "start_with",
        any_of("start, begin, lead, open, kick off")
        + maybe(" off")
        + maybe(" " + any_of("the report, the draft, it, this"))
        + f" (?:with|by|from|on) {THING}",
    ),
    (
        "start_with",
        rf"(?:put|move|bring|place) {THING} (?:first|(?:to|at|in) the {FIRST}|up front|up)",
    ),
    (
        "start_with",
        f"{THING} {MUST} (?:come|go|be|stand|appear) "
        + any_of("first, at the top, at the beginning, at the start, up front"),
    ),
    (
        "remove",
        any_of(
            r"""(?:there (?:should|must) be )?nothing(?: more| else)?, not? (?:a )?(?:word|mention),
            no more, do(?:n't| not) (?:talk|write|speak|say anything|go on)"""
        )
        + f" (?:on|about|of) {THING}",
    ),
    ("remove", rf"do(?:n't| not) (?:mention|include|discuss|cover|describe) {THING}"),
    (
        "expand",
        maybe(any_of("an?, another, some") + " ")
        + maybe(any_of("new, short, separate, longer") + " ")
        + any_of("section, paragraph, chapter, sentence, words?, lines?")
        + f" (?:on|about) {WHAT}",
    ),
    (
        "expand",
        maybe(f"{WHOLE} ")
        + any_of("needs?, lacks?, misses, could use, should have, deserves?, is missing")
        + " "
        + any_number_of(any_of("some, much, a lot, a bit, any") + " ")
        + maybe("more ")
        + maybe(
            any_of(
                "details?, information, depth, words, background, facts, text, context, material"
            )
        )
        + f" ?(?:on|about) {THING}",
    ),
    (
        "expand",
        maybe(rf"{SAY}\s+")
        + maybe(any_of("me, us, the reader, readers") + r"\s+")
        + any_number_of(
            any_of("a bit, a little, a lot, much, some, even, still, far, slightly") + r"\s+"
        )
        + any_of("more, further, additional, extra")
        + maybe(rf"\s+{MORE_OF_IT}")
        + rf"\s+(?:{ON}|is needed on|is needed about|needed on)\s+{THING}",
    ),
    ("expand", rf"{ENLARGE}(?: (?:on|upon))?\s+{THING}(?: (?:section|part|paragraph))?"),
    (
        "expand",
        any_of(
            """go deeper, go further, go more deeply, go into more detail, dig deeper,
            dive deeper"""
        )
        + f" (?:into|on|about|in) {THING}",
    ),
    (
        "expand",
        maybe(f"{THERE_IS} ")
        + f"{NOT_ENOUGH} "
        + maybe("is said |said |here ")
        + rf"(?:on|about|of) {THING}[?]?",
    ),
    (
        "expand",
        COVER
        + any_number_of(" " + any_of("also, again, better, in detail, in more detail"))
        + r":?\s+"
        + maybe(rf"{A_NEW}{WRITTEN}\s+")
        + maybe(r"(?:on|about|of|for)\s+")
        + THING,
    ),
    (
        "expand",
        rf"(?:the )?(?:(?:sections?|parts?) (?:on|about) )?{WHAT}(?: {A_SECTION})? "
        + any_of("is, are, seems?, looks?, feels?, remains?")
        + any_number_of(f" {A_LOT}")
        + rf" (?:too )?{THIN}",
    ),
    (
        "expand",
        rf"{THING} {NEEDS_MORE} "
        + any_number_of(any_of("much, a bit, a little, some, far, a lot") + " ")
        + any_of("more, further, expanding, expansion, elaboration, additional, detail")
        + r"\b.*",
    ),
    (
        "remove",
        f"{THING} "
        + any_of(f"(?:is|are) {IRRELEVANT}, do(?:es)?(?:n't| not) belong(?: here)?, {SHOULD_GO}"),
    ),
    ("remove", rf"{LEAVE}\s+{THING}(?: (?:section|part|paragraph|stuff))?"),
    ("remove", f"(?:leave|take|cut|throw|strike) {THING} out"),
]

PATTERNS = [
    (kind, re.compile(f"(?:{pattern}){END}", re.IGNORECASE), back)
    for known, back in ((_BACK, True), (_NEW, False))
    for kind, pattern in known
]
IS_WHOLE = re.compile(rf"(?:{WHOLE}|all|length|the length|overall|words?)", re.IGNORECASE)
