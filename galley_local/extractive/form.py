"""
The form of a sentence, and whether it can stand alone in a report.

It must begin and end as a sentence and state something, and it should not lean on the sentence
before it (`It`, `This`, `However`) or speak to a reader of its own document (`see below`).
"""

import re

SHORTEST, LONGEST = 40, 350
_HANDY = 60, 260  # characters: shorter says little, longer reads badly
_ONE_CODE_SPAN = 2  # backticks
_FEWEST_WORDS = 6
_LETTERS = 0.85  # of all characters: less is a formula, a path or a table


def _one_of(words: str) -> str:
    """Return a pattern for any of the words; `_` stands for a space."""
    return "(?:" + "|".join(word.replace("_", " ") for word in words.split()) + ")"


# In a report it would cite a source.
_CITATION = re.compile(r"\[\d{1,3}\]")
_CODE = re.compile(r"`[^`]*`")
_BARE_SYMBOLS = re.compile(r"[{}<>|\\=@#~^$\[\]]|//|::|--\w|\.\.\.|…|\.\?|\w\(\)|\*|__")
_ARTICLE = _one_of("the a an this that these all any each your it its only one no")

_CONNECTIVE = re.compile(
    "^(?:"
    + _one_of(
        "However But And So Thus Therefore Hence Moreover Furthermore Also In_addition Similarly "
        "Additionally Likewise Nevertheless Nonetheless Still Indeed In_fact Of_course Finally "
        "Consequently Accordingly As_a_result For_example For_instance In_other_words Conversely "
        "On_the_other_hand By_contrast In_contrast Note In_particular In_general Generally Usually "
        "Basically Actually Again Besides More_specifically Specifically To_summarize In_short "
        "In_summary Now Fortunately Unfortunately Meanwhile"
    )
    + r",|(?:Please n|N)ote that)\s+(?=\S)"
)
_THESE = _one_of("this that these those such it so he she they them which both all_this doing_so")
_LEANS = re.compile(
    r"^[\"“'(]?(?:"
    + _one_of(
        "It Its This That These Those They Their Them He She His Her Him Such Both Others Another "
        "Here Then Thus Therefore Hence So But And Or Nor Yet However Moreover Also Otherwise "
        "Instead Likewise Similarly Next Besides Neither Either Which Whereas No_other Again Still "
        "Thereafter Thereby Afterward Afterwards Later Earlier Soon Meanwhile In_addition "
        "In_contrast In_turn In_either_case As_such As_before As_above As_a_result As_we As_you"
    )
    + "|The "
    + _one_of("latter former same other above following next previous second third rest")
    + "|"
    + _one_of(
        "For In On At By With From After Before During Under To Because_of Since If When As Until "
        "Like Unlike Despite Given Using Among Of One_of All All_of Some_of Many_of Most_of "
        "Each_of None_of Two_of Three_of Four_of Five_of"
    )
    + f" {_THESE}|One (?:such|is|was)"
    + r")\b"
)
_LEANS_INSIDE = re.compile(
    r"\b(?:this|these|those|such(?! as)|therefore|thus|hence|however)\b|\bthere[.,]"
)
_PRONOUN = re.compile(r"\b" + _one_of("he she him his her hers they them their it its") + r"\b")
_PERSONAL = re.compile(
    r"\b" + _one_of("I I'm we we'll we're our us you your you'll let's my") + r"\b"
)

_OWN_PART = _one_of(
    "section chapter document page article manual book tutorial guide file appendix example post "
    "patch chronicle account essay study report survey review paper site website list text option "
    "command parameter function variable setting method routine field flag"
)
_PLACE = _one_of("example section chapter paragraph command figure list table")
_ADDRESSED = re.compile(
    r"(?:^|[(,;] ?)see\b|\bsee (?:also|above|below|section|chapter|figure|fig\.|table|[\w-]+\(\d)"
    rf"|\bthis {_OWN_PART}\b"
    r"|\b(?:figure|fig\.|table|section|chapter|appendix) (?-i:\d|[A-Z]\b)"
    r"|\bthe following\b(?! (?:year|day|month|week|morning|night|century|decade|spring|summer"
    r"|autumn|winter|season))"
    r"|\bas follows\b|\b(?:that|which) follows?\b|\bfor (?:more )?details\b"
    r"|\b(?:above|below)[,.]|\bas (?:noted|specified|described|documented|mentioned|explained)\b"
    r"|\b(?:described|discussed|explained|shown|listed|mentioned|given|defined) (?:above|below)\b"
    r"|\b(?:described|discussed|explained) in (?:later|earlier|other|more|greater|the next)\b"
    rf"|\b(?:above|below|previous|next|preceding) {_PLACE}\b"
    r"|\b(?:click|copyright|all rights reserved|subscribe|newsletter|uses? cookies)\b"
    r"|\bin this (?:case|mode|example)\b",
    re.IGNORECASE,
)
# `The option`: which one was said before.
_SAYS_WHICH = re.compile(
    "^(?:The|An?) (?:optional |default |new |resulting |same )?"
    + _one_of(
        "option command default value parameter argument function file flag setting method result "
        "process program version change clause question remedy reason problem difference idea rest "
        "system tool field form"
    )
    + "s? (?!of |that |which |in |for |to )"
)
_AUXILIARY = (
    "is are was were has have had can could may might must should will would do does did cannot"
)
_VERB = re.compile(
    r"\b(?:"
    + _one_of(
        _AUXILIARY + " be been being shall became become becomes began brought built came cut fell "
        "found gave give go goes got grew held keep kept knew know laid lay led left let lie lies "
        "lit lost made make meant met paid put ran read rose run said sat saw say see seen sent "
        "set showed shown sold stood struck swept take taken took tell thought threw told went won "
        "wore write written wrote need want mean use work allow contain provide"
    )
    + r"|\w{3,}ed|\w{3,}[^s\W]s(?= "
    + _one_of(
        "a an the its to in on by with from at into for as that all any no only up out it each "
        "every both more when if"
    )
    + r"\b))\b"
)
_FINITE = _one_of(
    _AUXILIARY + r" made gave took became meant means makes gives requires allows causes \w+ed"
)
# A sentence without its subject or its main clause, or one that tells the reader what to do.
_NO_STATEMENT = re.compile(
    "^(?:"
    + _one_of("NOTE TODO WARNING TIP CAUTION IMPORTANT Note Tip Warning Caution Important Hint")
    + r"\b|[A-Z]\w+ed (?:to|for|by|with|as|in|on|from|only)\b(?!.*,)"
    + r"|(?:Only|Always|Just|Simply|Instead|Also) \w+ (?:at|for|that|the|this|a|an|your)\b"
    + rf"|\w+ (?:or|and) \w+ (?:the|a|an)\b(?!.*\b{_one_of(_AUXILIARY)}\b)"
    + r"|Same as\b|Additional\b|Whether\b"
    # Code that begins a sentence is its subject, or the sentence lost its beginning.
    + rf"|`[^`]*`(?! (?:{_one_of(_AUXILIARY)}\b|\w+s\b|and `|or `))"
    + r"|To [^,]* use\b|To [^,]*, "
    + _one_of("use run create set type click add see call specify enable install you edit make")
    + r"\b|(?:When|If|Unless) "
    + _one_of(
        "set enabled disabled true false specified given not used omitted present zero unset on off"
    )
    + r"\b|\w+(?:[^su]s|es) (?:the|a|an|whether|that|how|if|all|any|what|which|only|changes)\b"
    + rf"|\w+ing\b(?!.*\b{_FINITE}\b)|"
    + _one_of(
        "Please Imagine Suppose Assume Consider Remember Beware Recall Ensure Specify Refer Let "
        "Don't Do_not Never Try Choose Enable Disable Install Type Create Delete Remove Avoid "
        "Make_sure Take Allow Ignore Treat Return Generate Include Exclude Prevent Determine "
        "Instruct Override Add Tell Give Keep Find Look Go Get Put Read Write Compare Convert "
        "Replace Select Apply Perform Thanks"
    )
    + " (?!of\\b)|"
    + _one_of(
        "Use Set Run Check Call Limit Place Show Display Print List Output Start Stop Copy Move "
        "Open Close Pass Turn Force Update Change Define Provide Build Repeat Visit Press Enter "
        "Insert Learn Help Fetch Merge Push Pull Skip Store Log Test Record Cut Pour Mix Work "
        "Clean Wipe Leave"
    )
    + rf" (?:{_ARTICLE}|to|with|on|off|up|out|`|\w+ing)\b)"
)


def fitness(text: str) -> float:
    """Return from 0 (no sentence) to 1 how well a text stands alone."""
    if not (SHORTEST <= len(text) <= LONGEST) or not _is_whole(text) or _ADDRESSED.search(text):
        return 0.0
    score = 1.0
    if leans(text):
        score *= 0.15
    elif _PRONOUN.search(" ".join(text.split()[:5])):
        score *= 0.7
    score *= 0.75 if _LEANS_INSIDE.search(text) else 1.0
    score *= 0.25 if _PERSONAL.search(text) else 1.0
    score *= 0.5 if _SAYS_WHICH.match(text) else 1.0
    score *= 0.85 if not _HANDY[0] <= len(text) <= _HANDY[1] else 1.0
    score *= 0.8 if text.endswith("!") else 1.0
    return score * (0.85 if text.count("`") > _ONE_CODE_SPAN else 1.0)


def leans(text: str) -> bool:
    """Tell whether a sentence needs the one before it to be understood."""
    return bool(_LEANS.match(text))


def without_connective(text: str) -> str:
    """Return a sentence without the word that only ties it to the one before it."""
    return _CONNECTIVE.sub("", text, count=1)


def _is_whole(text: str) -> bool:
    prose = _CODE.sub("code", text)
    letters = sum(letter.isalpha() or letter.isspace() for letter in prose)
    return (
        (text[0].isupper() or text[0].isdigit() or text[0] in "\"“'‘`")
        and text.rstrip("\"”'’)")[-1:] in {".", "!"}
        and not text.endswith(("...", "etc.", "e.g.", "i.e."))
        and len(prose.split()) >= _FEWEST_WORDS
        and letters >= _LETTERS * len(prose)
        and not _BARE_SYMBOLS.search(prose)
        and not _CITATION.search(text)
        and text.count("`") % 2 == 0
        and text.count("(") == text.count(")")
        and prose.count('"') % 2 == 0
        and prose.count("“") == prose.count("”")
        and bool(_VERB.search(prose))
        and not _NO_STATEMENT.match(text)
    )
