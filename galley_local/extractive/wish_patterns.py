"""
What reviewers write, as patterns: the kind of change, its pattern, whether it takes one back.

They are tried in order, the most specific first; the group `what` is the thing spoken of and
`numbers` the sources.
"""

import re

from galley_local.extractive.wish_words import (
    END,
    LEAVE,
    NUMBERS,
    ON,
    PART,
    SOURCE,
    WHAT,
    WHOLE,
)

_PATTERNS: list[tuple[str, str, bool]] = [
    (
        "drop_source",
        (
            rf"(?:restore|bring back|cite|use|keep|re-?add|put back|"
            rf"reinstate)\s+(?:back\s+)?{SOURCE}?{NUMBERS}(?:\s+(?:again|back|after "
            rf"all))?{END}"
        ),
        True,
    ),
    (
        "remove",
        (
            rf"(?:restore|bring back|reinstate|put back|"
            rf"keep)\s+{PART}{WHAT}(?:\s+(?:again|back|after all))?{END}"
        ),
        True,
    ),
    (
        "shorten",
        (
            rf"(?:(?:{WHOLE} (?:is|was|has become) |is |now )?(?:much |far |a bit |a "
            rf"little )?too short(?: now| again)?|"
            rf"(?:make {WHOLE} )?(?:a bit |much |a little )?longer|"
            rf"undo the (?:cuts?|shortening)){END}"
        ),
        True,
    ),
    (
        "drop_source",
        rf"{LEAVE}\s+(?:citing\s+)?{SOURCE}?{NUMBERS}{END}",
        False,
    ),
    (
        "drop_source",
        rf"{LEAVE}\s+(?:citing\s+)?{SOURCE}{NUMBERS}\b.*$",
        False,
    ),
    (
        "drop_source",
        (
            rf"{SOURCE}?{NUMBERS} (?:is|are|was|were|looks?|seems?|should|must|has to|"
            rf"can|does|do|cannot)\b.*(?:unreliable|reliable|trust|wrong|off[- ]topic|"
            rf"irrelevant|go\b|dropped|removed|out\b|bad|poor|dubious|weak|outdated|not "
            rf"belong|doubtful|biased|mistaken).*$"
        ),
        False,
    ),
    (
        "shorten",
        (
            rf"(?:make|cut|keep|get) {PART}{WHAT} (?:(?:much|far|a bit|a little|somewhat|"
            rf"considerably) )?(?:shorter|short|more concise|tighter|briefer|brief|crisper|"
            rf"by (?:half|a third|\w+ ?(?:%|percent))|in half|down){END}"
        ),
        False,
    ),
    (
        "shorten",
        (
            rf"(?:{WHOLE} )?(?:be )?(?:no (?:more|longer) than|at most|max(?:imum)?|under|"
            rf"below|half (?:of )?the) (?:\d+ (?:words|pages?)|length|size){END}"
        ),
        False,
    ),
    (
        "shorten",
        (
            rf"(?:shorten|condense|tighten|trim|halve|compress|cut down(?: on)?|cut "
            rf"back(?: on)?|reduce)(?: {PART}{WHAT})?(?: (?:by|in|to) .*)?{END}"
        ),
        False,
    ),
    (
        "shorten",
        (
            rf"(?:(?:{WHOLE})(?: is| was|'s)? |is |it's |still |simply )*(?:(?:much|far|"
            rf"way|a bit|a little|still) )*(?:too (?:long|wordy|verbose|much text|lengthy)|"
            rf"(?:even )?shorter(?: still| yet)?|"
            rf"more concise|tighter|less text|briefer|less wordy|be (?:much "
            rf")?shorter)(?: (?:than|by|overall|report|draft|text|version)\b.*)?{END}"
        ),
        False,
    ),
    (
        "shorten",
        (
            rf"(?:the )?{WHAT}(?: (?:section|part|paragraph|chapter))?(?: is| are)(?: "
            rf"much| far| way| a bit| still)* (?:too (?:long|detailed|wordy|verbose|"
            rf"lengthy)|overlong){END}"
        ),
        False,
    ),
    (
        "shorten",
        (
            rf"(?:less|too much|fewer)(?: (?:text|detail|details|space|words|"
            rf"information))? (?:on|about|of|for) {PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "start_with",
        (
            rf"(?:start|begin|lead|open|kick off)(?: off)?(?: (?:the report|the draft|it|"
            rf"this))? (?:with|by|from|on) {PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "start_with",
        (
            rf"(?:put|move|bring|place) {PART}{WHAT} (?:first|(?:to|at|in) the (?:top|"
            rf"front|beginning|start)|up front|up){END}"
        ),
        False,
    ),
    (
        "start_with",
        (
            rf"{PART}{WHAT} (?:should|must|needs to|has to|ought to) (?:come|go|be|stand|"
            rf"appear) (?:first|at the (?:top|beginning|start)|up front){END}"
        ),
        False,
    ),
    (
        "remove",
        (
            rf"(?:(?:there (?:should|must) be )?nothing(?: more| else)?|not? (?:a "
            rf")?(?:word|mention)|no more|do(?:n't| not) (?:talk|write|speak|say anything|"
            rf"go on)) (?:on|about|of) {PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "remove",
        (
            rf"do(?:n't| not) (?:mention|include|discuss|cover|describe) "
            rf"{PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:(?:an?|another|some) )?(?:new |short |separate |longer )?(?:section|"
            rf"paragraph|chapter|sentence|words?|lines?) (?:on|about) {WHAT}{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:{WHOLE} )?(?:needs?|lacks?|misses|could use|should have|deserves?|is "
            rf"missing) (?:(?:some|much|a lot|a bit|any) )*(?:more )?(?:details?|"
            rf"information|depth|words|background|facts|text|context|material)? ?(?:on|"
            rf"about) {PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:(?:say|tell|write|add|give|include|provide|show|see|have|read|know|hear|"
            rf"learn|find|go into|want|need)\s+)?(?:(?:me|us|the reader|"
            rf"readers)\s+)?(?:(?:a (?:bit|little|lot)|much|some|even|still|far|"
            rf"slightly)\s+)*(?:more|further|additional|extra)(?:\s+(?:details?|"
            rf"information|info|depth|words|background|facts?|text|sentences|context|"
            rf"material|specifics|stuff|space|emphasis|weight))?\s+(?:{ON}|is needed on|"
            rf"is needed about|needed on)\s+{PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:expand|elaborate|extend|develop|deepen|flesh out|enlarge|build out|beef "
            rf"up)(?: (?:on|upon))?\s+{PART}{WHAT}(?: (?:section|part|paragraph))?{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:go (?:deeper|further|more deeply|into more detail)|dig deeper|dive "
            rf"deeper) (?:into|on|about|in) {PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:(?:is|are) there |there (?:is|are)(?:n't| not)? |has |i (?:find|see|read|"
            rf"miss) |it says |says )?(?:nothing|not enough|too little|very little|hardly "
            rf"anything|little|not much|something missing|anything|something|enough) (?:is "
            rf"said |said |here )?(?:on|about|of) {PART}{WHAT}[?]?{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:add|include|mention|cover|explain|discuss|describe|address|insert|write|"
            rf"tell(?: me| us)?|say something|what|how|talk|i miss|we miss|missing|missing "
            rf"is|needs?|give)(?: (?:also|again|better|in (?:more )?detail))*:?\s+(?:(?:a |"
            rf"an |some |one |more )?(?:new |short |separate |whole )?(?:section|paragraph|"
            rf"sentence|part|chapter|words?|something|lines?|bit|account)s?\s+)?(?:(?:on|"
            rf"about|of|for)\s+)?{PART}{WHAT}{END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"(?:the )?(?:sections? (?:on|about) |parts? (?:on|about) )?{WHAT}(?: "
            rf"(?:section|part|paragraph|chapter))?(?: (?:is|are|seems?|looks?|feels?|"
            rf"remains?))(?: (?:much|far|way|a bit|a little|rather|still|very|quite|"
            rf"somewhat))* (?:too )?(?:thin|short|brief|weak|missing|lacking|shallow|"
            rf"superficial|vague|underdeveloped|sketchy|light|scarce|absent|poor|sparse|"
            rf"not (?:covered|explained|mentioned|enough|there|clear)|unclear|"
            rf"unexplained){END}"
        ),
        False,
    ),
    (
        "expand",
        (
            rf"{PART}{WHAT} (?:needs?|deserves?|requires?|wants?|could use|should "
            rf"(?:have|get)|calls? for) (?:(?:much|a bit|a little|some|far|a lot) "
            rf")*(?:more|further|expanding|expansion|elaboration|additional|"
            rf"detail)\b.*{END}"
        ),
        False,
    ),
    (
        "remove",
        (
            rf"{PART}{WHAT} (?:(?:is|are) (?:irrelevant|off[- ]topic|unnecessary|"
            rf"superfluous|not (?:needed|relevant|necessary|interesting)|out of place|"
            rf"beside the point|uninteresting|redundant)|do(?:es)?(?:n't| not) belong(?: "
            rf"here)?|(?:should|must|can|has to|have to|needs? to) (?:go|be (?:removed|cut|"
            rf"dropped|left out|deleted))){END}"
        ),
        False,
    ),
    (
        "remove",
        rf"{LEAVE}\s+{PART}{WHAT}(?: (?:section|part|paragraph|stuff))?{END}",
        False,
    ),
    (
        "remove",
        rf"(?:leave|take|cut|throw|strike) {PART}{WHAT} out{END}",
        False,
    ),
]

PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE), back) for kind, pattern, back in _PATTERNS]
IS_WHOLE = re.compile(rf"(?:{WHOLE}|all|length|the length|overall|words?)", re.IGNORECASE)
