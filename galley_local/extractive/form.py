"""
The form of a sentence, and whether it can stand alone in a report.

It must begin and end as a sentence and state something, and it should not lean on the sentence
before it (`It`, `This`, `However`) or speak to a reader of its own document (`see below`).
"""

import re

from galley_local.extractive.asides import speaks_of_documents
from galley_local.extractive.english import VERBS
from galley_local.extractive.openings import VERB, begins_badly, one_of

SHORTEST, LONGEST = 40, 350
_HANDY = 60, 260  # characters: shorter says little, longer reads badly
_ONE_CODE_SPAN = 2  # backticks
_FEWEST_WORDS = 6
_LETTERS = 0.85  # of all characters: less is a formula, a path or a table


# In a report it would cite a source.
_CITATION = re.compile(r"\[\d{1,3}\]")
_LISTED = re.compile(r"\d{5,}\b")  # the number of a bug in a list of bugs
_CODE = re.compile(r"`[^`]*`")
_BARE_SYMBOLS = re.compile(r"[{}<>|\\=@#~^$\[\]]|//|::|--\w|\.\.\.|…|\.\?|\w\(\)|\*|__")

_CONNECTIVE = re.compile(
    "^(?:"
    + one_of(
        "However But And So Thus Therefore Hence Moreover Furthermore Also In_addition Similarly "
        "Additionally Likewise Nevertheless Nonetheless Still Indeed In_fact Of_course Finally "
        "Consequently Accordingly As_a_result For_example For_instance In_other_words Conversely "
        "On_the_other_hand By_contrast In_contrast Note In_particular In_general Generally Usually "
        "Basically Actually Again Besides More_specifically Specifically To_summarize In_short "
        "In_summary Now Fortunately Unfortunately Meanwhile"
    )
    + r",|(?:Please n|N)ote that)\s+(?=\S)"
)
_THESE = one_of("this that these those such it so he she they them which both all_this doing_so")
_LEANS = re.compile(
    r"^[\"“'(]?(?:"
    + one_of(
        "It Its This That These Those They Their Them He She His Her Him Such Both Others Another "
        "Here Then Thus Therefore Hence So But And Or Nor Yet However Moreover Also Otherwise "
        "Instead Likewise Similarly Next Besides Neither Either Which Whereas No_other Again Still "
        "Thereafter Thereby Doing_so Doing_this Previously Formerly Afterward Afterwards Later "
        "Earlier Soon Meanwhile In_addition In_contrast In_turn In_either_case As_such As_before "
        "As_above As_a_result As_we As_you"
    )
    + "|The "
    + one_of("latter former same other above following next previous second third rest")
    + "|"
    + one_of(
        "For In On At By With From After Before During Under To Because_of Since If When As Until "
        "Like Unlike Despite Given Using Among Of One_of All All_of Some_of Many_of Most_of "
        "Each_of None_of Two_of Three_of Four_of Five_of"
    )
    + f" {_THESE}|One (?:such|is|was)"
    + r")\b"
)
_LEANS_INSIDE = re.compile(
    r"\b(?:this|these|those|such(?! as)|therefore|thus|hence|however|also|then|again|afterwards?)\b"
    r"|\b(?:there|too|so)[.,]|\bby then\b|\bin the same way\b"
    r"|\b(?:on|at|of|from|by|for|with|to) that (?!(?:of|is|are|was|were|which)\b)\w+"
    r"|\bthe (?:latter|former|same|(?:fact|idea|result|answer|suggestion|remedy|method)"
    r"(?! (?:that|of|as|which|in|is|was)\b))\b"
)
_PRONOUN = re.compile(r"\b" + one_of("he she him his her hers they them their it its") + r"\b")
_PERSONAL = re.compile(
    r"\b(?:I|(?i:I'm|I've|we|we'll|we're|our|us|you|you'll|your|let's|my)(?<!US))\b"
)

# Which version did what is a changelog's business.
_RELEASE = re.compile(
    r"\bv\d+\.\d+|\b\d+\.\d+\.\d+\b"
    r"|\b(?:[Vv]ersions?|[Rr]eleases?|prior to|[A-Z]\w+)[ -]v?\d+\.\d+"
)
_ASIDE_AT_END = re.compile(r"\([^()]*\)[.!]$")
# `The commission adopted a plan`: a thing by its name alone, with nothing said of which it is.
_BARE_SUBJECT = re.compile(r"^(?:The|Such an?) ([a-z][\w-]+)(?:'s|’s)? ([\w-]+) ([\w-]+)")
_SAYS_MORE = frozenset({
    "of", "that", "which", "in", "for", "to", "at", "on", "from", "with", "between", "who",
    "behind", "and", "by",
})  # fmt: skip
# `The option`: which one was said before.
_SAYS_WHICH = re.compile(
    "^(?:The|An?) (?:optional |default |new |resulting |same )?"
    + one_of(
        "option command default value parameter argument function file flag setting method result "
        "process program version change clause question remedy reason problem difference idea rest "
        "system tool field form"
    )
    + "s? (?!of |that |which |in |for |to )"
)


# How much of its fitness a sentence keeps that has a flaw.
_FLAWS = (
    (_LEANS_INSIDE, 0.65),
    (_PERSONAL, 0.25),
    (_SAYS_WHICH, 0.5),
    (_RELEASE, 0.7),
    (_ASIDE_AT_END, 0.7),
    (re.compile("!$"), 0.8),
    (re.compile(r":(?: [A-Z]|$)"), 0.5),
)
_SEVERAL_RELEASES = 0.5


def fitness(text: str) -> float:
    """Return from 0 (no sentence) to 1 how well a text stands alone."""
    if not (SHORTEST <= len(text) <= LONGEST) or not _is_whole(text) or speaks_of_documents(text):
        return 0.0
    score = 1.0
    if leans(text):
        score *= 0.15
    elif _PRONOUN.search(" ".join(text.split()[:5])):
        score *= 0.7
    for pattern, factor in _FLAWS:
        score *= factor if pattern.search(text) else 1.0
    if len(_RELEASE.findall(text)) > 1:
        score *= _SEVERAL_RELEASES
    score *= 0.85 if not _HANDY[0] <= len(text) <= _HANDY[1] else 1.0
    return score * (0.85 if text.count("`") > _ONE_CODE_SPAN else 1.0)


def stands_alone(text: str) -> bool:
    """Tell whether nothing in a sentence points to what was said before or to who reads it."""
    return not (
        leans(text)
        or _LEANS_INSIDE.search(text)
        or _PERSONAL.search(text)
        or _SAYS_WHICH.match(text)
    )


def bare_subject(text: str) -> str:
    """Return the subject of `The commission adopted a plan`; empty if it says which or is none."""
    match = _BARE_SUBJECT.match(text)
    if match is None:
        return ""
    first, second, third = match.groups()
    # `The commission adopted`, but `the parabolic mirror was`: the verb shows where it ends.
    subject, after = (first, second) if _is_verb(second) else (second, third)
    return "" if {second, after, third if subject == first else after} & _SAYS_MORE else subject


def _is_verb(word: str) -> bool:
    return bool(VERB.fullmatch(word)) or word in VERBS or (word.endswith("s") and word[-2:] != "ss")


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
        not _LISTED.match(text)
        and (text[0].isupper() or text[0].isdigit() or text[0] in "\"“'‘`")
        and text.rstrip("\"”'’)")[-1:] in {".", "!"}
        and not text.endswith(("...", "etc.", "etc.)", "e.g.", "i.e."))
        and len(prose.split()) >= _FEWEST_WORDS
        and letters >= _LETTERS * len(prose)
        and not _BARE_SYMBOLS.search(prose)
        and not _CITATION.search(text)
        and text.count("`") % 2 == 0
        and text.count("(") == text.count(")")
        and prose.count('"') % 2 == 0
        and prose.count("“") == prose.count("”")
        and bool(VERB.search(prose))
        and not begins_badly(text)
    )
