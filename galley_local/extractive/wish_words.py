"""The words that reviewers' wishes are made of, as parts of patterns."""

NUMBERS = (
    r"(?P<numbers>\[?#?\d{1,3}\]?"
    r"(?:\s*(?:,|and|&|\+|or|,\s*and)?\s*(?:sources?\s+)?\[?#?\d{1,3}\]?)*)"
)
SOURCE = (
    r"(?:(?:the\s+)?(?:sources?|references?|citations?|refs?|documents?|numbers?|no\.?|nr\.?)\s*)"
)
LEAVE = (
    r"(?:drop|remove|delete|exclude|omit|ignore|cut|skip|strike|lose|discard|leave out|take out|"
    r"throw out|kick out|get rid of|stop (?:citing|using|quoting)|"
    r"do(?:n't| not) (?:cite|use|quote|include|mention|rely on|reference)|"
    r"no(?: longer)? (?:cite|use|more)|never cite|without|no)"
)
PART = (
    r"(?:(?:the|this|that|those|these|any|all|every|each|your)\s+)*(?:(?:whole|entire|long)\s+)?"
    r"(?:(?:sections?|parts?|bits?|paragraphs?|sentences?|passages?|chapters?|mentions?|mentioning|"
    r"references?|stuff|everything|anything|something|details?|discussion|piece|text|facts?|"
    r"things?)\b\s*(?:called\s+|titled\s+|named\s+)?"
    r"(?:(?:about|on|of|to|concerning|regarding|dealing with|that (?:is|are) about)\b)?\s*)?"
)
ON = r"(?:on|about|of|regarding|concerning|into|for|to|around)"
WHAT = r"(?P<what>.+?)"
END = (
    r"(?:\s*,?\s*(?:please|too|as well|instead|first|at all|altogether|entirely|completely|thanks|"
    r"thank you))*\s*[.!?]*$"
)
WHOLE = (
    r"(?:it|this|that|everything|"
    r"the (?:whole |entire )?(?:report|draft|text|thing|whole|article|document|paper))"
)
