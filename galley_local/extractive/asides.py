"""Asides: what a document says to its reader and of itself, and not of its subject."""

import re

from galley_local.extractive.openings import one_of

_OWN_PART = one_of(
    "section chapter document page article manual book tutorial guide file appendix example post "
    "patch chronicle account essay study report survey review paper site website list text option "
    "command parameter function variable setting method routine field flag"
)
_PLACE = one_of("example section chapter paragraph command figure list table")
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
# What a document says of itself, of its parts and of other documents, and not of its subject.
_DOCUMENT = one_of(
    "history story account essay chronicle book article manual guide guides paper chapter section "
    "page document documentation tutorial pamphlet notes howto post FAQ reference appendix list "
    "summary discussion introduction overview text"
)
_TELLS = one_of(
    "describes describe explains discusses covers introduces presents summarizes summarises "
    "documents follows tells deals contains lists outlines assumes is_about are_about is_intended "
    "is_meant is_organized is_divided provides gives attempts shows"
)
_OF_ITSELF = re.compile(
    rf"^(?:[\w-]+ ){{0,4}}{_DOCUMENT}(?: (?:of|on|for|to|that) (?:[\w-]+ ){{1,6}}?)? ?{_TELLS}\b"
    rf"|\b{_DOCUMENT} (?:of [\w ]+ )?(?:may|can|could|will) be (?:told|read|skipped|divided)\b"
    r"|\bas its subject\b|\bis the place to look\b|\b(?:the|a) section (?:called|titled|on)\b"
    r"|\b(?:is|are) (?:described|documented|explained|discussed) (?:in|at) "
    r"|\b(?:mailing lists?|web ?site|web ?page|copies of (?:all|these|them)|home ?page)\b"
    r"|\b(?:already|just|later|earlier) (?:saw|seen|mentioned|noted|discussed)\b"
    r"|\bsurpris(?:e|ing)!|\bimplementation detail\b|\bmanual (?:page|section)s?\b",
    re.IGNORECASE,
)


def speaks_of_documents(text: str) -> bool:
    """Tell whether a sentence points into its document or is about a document."""
    return bool(_ADDRESSED.search(text) or _OF_ITSELF.search(text))
