"""
How a sentence begins, and whether it can state anything after such a beginning.

An item of a manual or a changelog has no subject (`Prints the list`, `Fixed a bug`), an
instruction has none either, and a caption has no verb.
"""

import re

from galley_local.extractive.english import STOP_WORDS


def one_of(words: str) -> str:
    """Return a pattern for any of the words; `_` stands for a space."""
    return "(?:" + "|".join(word.replace("_", " ") for word in words.split()) + ")"


_AUXILIARY = (
    "is are was were has have had can could may might must should will would do does did cannot"
)
_ARTICLE = one_of("the a an this that these all any each your it its only one no")
VERB = re.compile(
    r"\b(?:"
    + one_of(
        _AUXILIARY + " be been being shall became become becomes began brought built came cut fell "
        "found gave give go goes got grew held keep kept knew know laid lay led left let lie lies "
        "lit lost made make meant met paid put ran read rose run said sat saw say see seen sent "
        "set showed shown sold stood struck swept take taken took tell thought threw told went won "
        "wore write written wrote need want mean use work allow contain provide"
    )
    + r"|\w{3,}ed|\w{2,}[^s\W]s(?= "
    + one_of(
        "a an the its to in on by with from at into for as that all any no only up out it each "
        "every both more when if"
    )
    + r"\b))\b"
)
_FINITE = one_of(
    _AUXILIARY + r" made gave took became meant means makes gives requires allows causes \w+ed"
)
# A sentence without its subject or its main clause, or one that tells the reader what to do.
_NO_STATEMENT = re.compile(
    # The words with which manuals begin a notice, TODO among them where a document has kept one.
    "^(?:"
    + one_of("NOTE TODO WARNING TIP CAUTION IMPORTANT Note Tip Warning Caution Important Hint")
    + r"\b|[A-Z]\w+ed (?:to|for|by|with|as|in|on|from|only)\b(?!.*,)"
    + r"|(?:Only|Always|Just|Simply|Instead|Also) \w+ (?:at|for|that|the|this|a|an|your)\b"
    + rf"|\w+ (?:or|and) \w+ (?:the|a|an)\b(?!.*\b{one_of(_AUXILIARY)}\b)"
    + r"|Same as\b|Additional\b|Whether\b"
    # Code that begins a sentence is its subject, or the sentence lost its beginning.
    + rf"|`[^`]*`(?! (?:{one_of(_AUXILIARY)}\b|\w+s\b|and `|or `))"
    + r"|To [^,]* use\b|To [^,]*, "
    + one_of("use run create set type click add see call specify enable install you edit make")
    + r"\b|(?:When|If|Unless) "
    + one_of(
        "set enabled disabled true false specified given not used omitted present zero unset on off"
    )
    + r"\b|\w+(?:[^su]s|es) (?:the|a|an|whether|that|how|if|all|any|what|which|only|changes)\b"
    + rf"|\w+ing\b(?!.*\b{_FINITE}\b)|"
    + one_of(
        "Please Imagine Suppose Assume Consider Remember Beware Recall Ensure Specify Refer Let "
        "Don't Do_not Never Try Choose Enable Disable Install Type Create Delete Remove Avoid "
        "Make_sure Take Allow Ignore Treat Return Generate Include Exclude Prevent Determine "
        "Instruct Override Add Tell Give Keep Find Look Go Get Put Read Write Compare Convert "
        "Replace Select Apply Perform Prefer Thanks"
    )
    + " (?!of\\b)|"
    + one_of(
        "Use Set Run Check Call Limit Place Show Display Print List Output Start Stop Copy Move "
        "Open Close Pass Turn Force Update Change Define Provide Build Repeat Visit Press Enter "
        "Insert Learn Help Fetch Merge Push Pull Skip Store Log Test Record Cut Pour Mix Work "
        "Clean Wipe Leave"
    )
    + rf" (?:{_ARTICLE}|to|with|on|off|up|out|`|\w+ing)\b)"
)
_THIRD_PERSON = one_of(
    "Informs Returns Sets Prints Specifies Enables Disables Controls Shows Displays Adds Removes "
    "Creates Makes Tells Allows Causes Gives Prevents Determines Indicates Performs Reads Writes "
    "Changes Checks Converts Forces Limits Defines Provides Supports Includes Represents Contains "
    "Treats Ignores Outputs Turns Uses Runs Starts Stops Overrides Instructs Describes Invokes"
)
_NOUN_AFTER_ALL = one_of("of in on are were and or to that from have had can may for by with")
_ITEM = re.compile(
    # What a manual says of an entry, and what a changelog says of a change.
    rf"^(?:{_THIRD_PERSON} (?!{_NOUN_AFTER_ALL}\b)"
    rf"|(?:When|If|For|With|By default)\b[^,]*, (?i:{_THIRD_PERSON})\b"
    r"|(?:Added|Removed|Restored|Renamed|Reverted|Implemented|Rewrote|Bumped|Deprecated)\b"
    r"(?!(?: \w+){1,6},(?! (?:which|so|and|but|to)\b))"
    r"|(?:Fixed|Improved|Changed|Updated|Enhanced|Corrected|Extended|Made|Moved|Replaced|Dropped"
    r"|Reduced|Increased|Optimized|Allowed|Avoided) "
    + one_of("a an the several some many various more possible bug bugs problem support")
    + r"\b|(?:Changed|New|Deprecated|Added) in (?:version \d|\d+\.\d)"
    r"|(?:Can|Must|Should|Is|Are|Was|Were|Has|Have|Had|Will|Would|Could|Does|Did|May be|May also)\b"
    # A label before the sentence, or a term before its definition.
    r"|[\"“'‘`][^\"”'’`]+[\"”'’`] ?:|[\w-]+(?: [\w-]+){0,3}: |Like [^,]*, but\b"
    r"|[A-Z]\w+ed and \w+ed\b(?!.*,)"
    r"|`[^`]*` and `[^`]*` (?:into|of|in|to|for|with|from)\b"
    r"|(?:When|If|To|For|Before|After|Unless|While|Once)\b[^,]*, (?:please |simply |just )?"
    + one_of("use run set type click add see call specify enable install edit consider try check")
    + r"\b)"
)
# `A lock that guards the queue.` is a caption: the only verb belongs to `that`.
_CAPTION = re.compile(
    r"^(?:[\w`'’-]+ ){1,6}(?:that|which|(?:used|intended|designed) (?:to|for|by|in|as)) "
)
# Words that stand before an article and command nothing.
_BEFORE_ARTICLE = frozenset({
    "half", "twice", "past", "today", "next", "later", "eventually", "provided", "given",
    "regardless", "years", "double",
})  # fmt: skip
_DETERMINERS = frozenset({"a", "an", "the", "some", "any", "all", "other"})
_COMMAND = re.compile(r"^([A-Z][a-z]+) (?:an?|the|all|any|each|every|this|your) (?![A-Z])")


def begins_badly(text: str) -> bool:
    """Tell whether a text is an instruction, an item or a caption rather than a statement."""
    return bool(
        _NO_STATEMENT.match(text) or _ITEM.match(text) or _is_command(text) or _is_caption(text)
    )


def _is_command(text: str) -> bool:
    match = _COMMAND.match(text)
    word = match[1].lower() if match else ""
    return bool(word) and not (
        word in STOP_WORDS or word in _BEFORE_ARTICLE or word.endswith(("ing", "ed", "ly"))
    )


def _is_caption(text: str) -> bool:
    match = _CAPTION.match(text)
    if match is None or text.split(maxsplit=1)[0].lower() in STOP_WORDS - _DETERMINERS:
        return False
    return not VERB.search(text[: match.end()]) and len(VERB.findall(text)) <= 1
