"""The words that reviewers' wishes are made of, as parts of patterns."""


def any_of(phrases: str) -> str:
    """Return a pattern for any of the phrases, which stand between commas."""
    return "(?:" + "|".join(" ".join(phrase.split()) for phrase in phrases.split(",")) + ")"


def maybe(pattern: str) -> str:
    """Return a pattern for something that need not be there."""
    return f"(?:{pattern})?"


def any_number_of(pattern: str) -> str:
    """Return a pattern for something that may be there again and again."""
    return f"(?:{pattern})*"


# What a wish is about.
_NUMBER = r"\[?#?\d{1,3}\]?"
_NEXT = r"\s*(?:,|and|&|\+|or|,\s*and)?\s*(?:sources?\s+)?"
NUMBERS = f"(?P<numbers>{_NUMBER}(?:{_NEXT}{_NUMBER})*)"
_KINDS = any_of(r"sources?, references?, citations?, refs?, documents?, numbers?, no\.?, nr\.?")
SOURCE = rf"(?:(?:the\s+)?{_KINDS}\s*)"
WHAT = r"(?P<what>.+?)"
PART = (
    any_number_of(any_of("the, this, that, those, these, any, all, every, each, your") + r"\s+")
    + maybe(any_of("whole, entire, long") + r"\s+")
    + maybe(
        any_of(
            """sections?, parts?, bits?, paragraphs?, sentences?, passages?, chapters?, mentions?,
            mentioning, references?, stuff, everything, anything, something, details?, discussion,
            piece, text, facts?, things?"""
        )
        + r"\b\s*"
        + maybe(any_of("called, titled, named") + r"\s+")
        + maybe(
            any_of(
                """about, on, of, to, concerning, regarding, dealing with,
                that is about, that are about"""
            )
            + r"\b"
        )
        + r"\s*"
    )
)
WHOLE = any_of(
    "it, this, that, everything, "
    "the (?:whole |entire )?(?:report|draft|text|thing|whole|article|document|paper)"
)
ON = any_of("on, about, of, regarding, concerning, into, for, to, around")
A_SECTION = any_of("section, part, paragraph, chapter")

# What is to be done.
LEAVE = any_of(
    """drop, remove, delete, exclude, omit, ignore, cut, skip, strike, lose, discard, leave out,
    take out, throw out, kick out, get rid of, stop citing, stop using, stop quoting,
    don't cite, don't use, don't quote, don't include, don't mention, don't rely on,
    don't reference, do not cite, do not use, do not quote, do not include, do not mention,
    do not rely on, do not reference, no longer cite, no longer use, no longer more,
    no cite, no use, no more, never cite, without, no"""
)

# What may stand around it.
AGAIN = maybe(r"\s+" + any_of("again, back, after all"))
FIRST = any_of("top, front, beginning, start")
END = (
    any_number_of(
        r"\s*,?\s*"
        + any_of(
            """please, too, as well, instead, first, at all, altogether, entirely, completely,
            thanks, thank you"""
        )
    )
    + r"\s*[.!?]*$"
)

# What reviewers say of it.
THING = PART + WHAT
IS = any_of("is, are, was, were, looks?, seems?, should, must, has to, can, does, do, cannot")
MUST = any_of("should, must, needs to, has to, ought to")
BAD_SOURCE = any_of(
    r"""unreliable, reliable, trust, wrong, off[- ]topic, irrelevant, go\b, dropped, removed, out\b,
    bad, poor, dubious, weak, outdated, not belong, doubtful, biased, mistaken"""
)
SHORT = any_of(
    r"""shorter, short, more concise, tighter, briefer, brief, crisper, by half, by a third,
    by \w+ ?(?:%|percent), in half, down"""
)
TOO_LONG = any_of("too long, too wordy, too verbose, too much text, too lengthy")
CUT = any_of(
    """shorten, condense, tighten, trim, halve, compress, cut down on, cut down,
    cut back on, cut back, reduce"""
)
MORE_OF_IT = any_of(
    """details?, information, info, depth, words, background, facts?, text, sentences, context,
    material, specifics, stuff, space, emphasis, weight"""
)
SAY = any_of(
    """say, tell, write, add, give, include, provide, show, see, have, read, know, hear, learn,
    find, go into, want, need"""
)
COVER = any_of(
    """add, include, mention, cover, explain, discuss, describe, address, insert, write, tell me,
    tell us, tell, say something, what, how, talk, i miss, we miss, missing, missing is, needs?,
    give"""
)
ENLARGE = any_of(
    "expand, elaborate, extend, develop, deepen, flesh out, enlarge, build out, beef up"
)
NOT_ENOUGH = any_of(
    """nothing, not enough, too little, very little, hardly anything, little, not much,
    something missing, anything, something, enough"""
)
THERE_IS = any_of(
    "is there, are there, there is, there isn't, there are, there aren't, there is not, "
    "there are not, has, i find, i see, i read, i miss, it says, says"
)
THIN = any_of(
    """thin, short, brief, weak, missing, lacking, shallow, superficial, vague, underdeveloped,
    sketchy, light, scarce, absent, poor, sparse, not covered, not explained, not mentioned,
    not enough, not there, not clear, unclear, unexplained"""
)
NEEDS_MORE = any_of(
    """needs?, deserves?, requires?, wants?, could use, should have, should get, call for,
    calls for"""
)
IRRELEVANT = any_of(
    """irrelevant, off[- ]topic, unnecessary, superfluous, not needed, not relevant, not necessary,
    not interesting, out of place, beside the point, uninteresting, redundant"""
)
SHOULD_GO = (
    any_of("should, must, can, has to, have to, need to, needs to")
    + " "
    + any_of("go, be removed, be cut, be dropped, be left out, be deleted")
)
A_LOT = any_of("much, far, way, a bit, a little, rather, still, very, quite, somewhat")
A_NEW = maybe(any_of("a, an, some, one, more") + " ") + maybe(
    any_of("new, short, separate, whole") + " "
)
WRITTEN = (
    any_of("section, paragraph, sentence, part, chapter, words?, something, lines?, bit, account")
    + "s?"
)
