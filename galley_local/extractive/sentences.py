"""
Sentences that can stand alone in a report, each with the words of the source it rests on.

A sentence is judged by its form: does it begin and end as one, has it a verb, does it lean on
a sentence before it (`It`, `This`, `However`), is it addressed to a reader of that source only.
"""

import re
from dataclasses import dataclass, field

from galley_local.extractive.prose import paragraphs
from galley_local.extractive.words import content_stems

SHORTEST, LONGEST = 40, 350

_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()]|\([^()]*\))*\)|\[([^\[\]]+)\]\[[^\[\]]*\]")
_ROLE = re.compile(r":[a-z:+-]+:`([^`<]+?)\s*(?:<[^`>]*>)?`")
_RST_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?")
_NOTE_MARK = re.compile(
    r"\s?\[(?:\^?\d{1,3}|\^[\w-]+|citation needed|note \d+|[a-z])\](?:_(?!\w))?", re.I
)
_STRONG = re.compile(r"(\*\*\*|\*\*|(?<!\w)__(?!\w*__\w))(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])")
_UNDERSCORED = re.compile(r"(?<![\w`])_(?=[^\s_])([^_`]+?)(?<=[^\s_])_(?!\w)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_QUOTE_MARK = re.compile(r"(?:(?<=\s)|^)>\s")
_CODE = re.compile(r"`[^`]*`")
_CODE_SPAN = re.compile(r"(`[^`]*`)")
_ESCAPE = re.compile(r"\\([*_#\[\]`<>.!()+-])")

_CONNECTIVE = re.compile(
    r"^(?:However|But|And|So|Thus|Therefore|Hence|Moreover|Furthermore|Also|In addition|Additionally|"
    r"Similarly|Likewise|Nevertheless|Nonetheless|Still|Indeed|In fact|Of course|Consequently|"
    r"Accordingly|As a result|For example|For instance|In other words|On the other hand|"
    r"By contrast|In contrast|Conversely|Finally|Note that|Please note that|Note|"
    r"In particular|In general|Generally|Usually|Basically|Actually|Again|Besides|"
    r"More specifically|Specifically|To summarize|In short|In summary|Fortunately|Unfortunately|Meanwhile)"
    r"(?:,\s+|(?<=that)\s+)(?=\S)"
)
_LEANS = re.compile(
    r"^[\"“'(]?(?:It|Its|This|That|These|Those|They|Their|Them|He|She|His|Her|Him|Such|Both|Others|"
    r"Another|Here|Then|Thus|Therefore|Hence|So|But|And|Or|Nor|Yet|However|Moreover|Also|Otherwise|"
    r"Instead|Likewise|Similarly|Next|Besides|Neither|Either|Either way|Which|Whereas|"
    r"As (?:such|before|above|a result|noted|mentioned|described|explained|discussed|we|you)|"
    r"The (?:latter|former|same|other|above|following|next|previous|second|third|rest)|"
    r"(?:For|In|On|At|By|With|From|After|Before|During|Under|To|Because of|Since|If|When|As|Until|"
    r"Like|Unlike|Despite|Given|Using|Among|Of) "
    r"(?:this|that|these|those|such|it|so|he|she|they|them|which|doing so|both|all this)|"
    r"One (?:of (?:these|them|those)|such|is|was)|All (?:of )?(?:this|these|those|that)|"
    r"Some of (?:these|them|those)|Many of (?:these|them|those)|Most of (?:these|them|those)|"
    r"Each of (?:these|them|those)|None of (?:these|them|those)|"
    r"(?:Two|Three|Four|Five) of (?:these|them|those)|In (?:addition|contrast|turn|either case)|"
    r"No other|Again|Still|There(?:fore|after|by)|Afterwards?|Later|Earlier|Soon|Meanwhile)\b"
)
_ADDRESSED = re.compile(
    r"\b(?:see (?:also|above|below|the|section|chapter|figure|fig|table|[A-Z])|"
    r"this (?:section|chapter|document|page|article|manual|book|tutorial|guide|file|appendix|example|"
    r"post|patch|chronicle|account|essay|study|report|survey|review|paper|site|website|list|text|option|command|parameter|function|variable|setting|method|routine|field|flag)|"
    r"(?:figure|fig\.|table|section|chapter|appendix) [\dA-Z]|the following|as follows|"
    r"see [\w-]+\(\d|for (?:more )?details\b|(?:that|which) follows?\b|like (?:the one|this) below|(?:above|below)[,.]$|as (?:noted|specified|described|documented|mentioned|explained)|"
    r"(?:described|discussed|explained|shown|listed|mentioned|given|defined) (?:above|below|in|here|later|earlier)|"
    r"(?:above|below|previous|next|preceding) (?:example|section|chapter|paragraph|command|figure|list|table)|"
    r"click|copyright|all rights reserved|subscribe|newsletter|cookies|in this (?:case|way|mode|example))\b",
    re.I,
)
# `The option`: which one was said before.
_SAYS_WHICH = re.compile(
    r"^(?:The|An?) (?:optional |default |new |resulting |same )?(?:option|command|default|value|parameter|"
    r"argument|function|file|flag|setting|method|result|process|program|version|change|clause|"
    r"question|remedy|reason|problem|difference|idea|rest|system|tool|field|form)s? "
    r"(?!of |that |which |in |for |to )"
)
_PERSONAL = re.compile(r"\b(?:I|I'm|we|we'll|we're|our|us|you|your|you'll|you're|let's|my)\b")
_LEANS_INSIDE = re.compile(
    r"\b(?:this|these|those|such a|the (?:latter|former|above)|therefore|thus|hence|however)\b"
)
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her|hers|they|them|their|it|its)\b")
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|do|does|did|can|could|may|might|must|shall|"
    r"should|will|would|cannot|became|become|becomes|began|brought|built|came|cut|fell|found|gave|"
    r"give|go|goes|got|grew|held|keep|kept|knew|know|laid|lay|led|left|let|lie|lies|lit|lost|made|make|"
    r"meant|met|paid|put|ran|read|rose|run|said|sat|saw|say|see|seen|sent|set|showed|shown|sold|stood|"
    r"struck|swept|take|taken|took|tell|thought|threw|told|went|won|wore|write|written|wrote|need|want|"
    r"mean|use|work|allow|contain|provide|\w{3,}ed|\w{3,}[^s\W]s(?= (?:a|an|the|its|to|in|on|by|with|from|"
    r"at|into|for|as|that|all|any|no|only|up|out|it|each|every|both|more|when|if)\b))\b"
)
# A sentence without its subject or its main clause, or one that tells the reader what to do.
_NO_STATEMENT = re.compile(
    r"^(?:(?:NOTE|TODO|WARNING|TIP|CAUTION|IMPORTANT|Note|Tip|Warning|Caution|Important|Example|Hint)\b:?|"
    r"[A-Z]\w+ed (?:to|for|by|with|as|in|on|from|only)\b(?!.*,)|"
    # Code that begins a sentence is its subject, or the sentence lost its beginning.
    r"`[^`]*`(?! (?:is|are|was|were|will|can|could|may|might|must|should|has|had|\w+s|and `|or `)\b)|"
    r"To [^,]* use\b|To [^,]*, (?:use|run|create|set|type|click|add|see|call|specify|enable|install|you|edit|make)\b|"
    r"(?:When|If|Unless) (?:set|enabled|disabled|true|false|specified|given|not|used|omitted|present|zero|unset|on|off)\b|"
    r"\w+(?:[^su]s|es) (?:the|a|an|whether|that|how|if|all|any|what|which|only|changes)\b|Whether\b|"
    r"\w+ing\b(?!.*\b(?:is|are|was|were|has|have|had|can|could|may|might|must|should|will|would|do|does|"
    r"did|made|gave|took|became|meant|means|makes|gives|requires|allows|causes|\w+ed)\b)|"
    r"(?:Please|Imagine|Suppose|Assume|Consider|Remember|Beware|Recall|Ensure|Specify|Refer|Let|Don't|"
    r"Do not|Never|Try|Choose|Enable|Disable|Install|Type|Imagine|Create|Delete|Remove|Avoid|Make sure|"
    r"Take|Allow|Ignore|Treat|Return|Generate|Include|Exclude|Prevent|Determine|Instruct|Override|Add|"
    r"Tell|Give|Keep|Find|Look|Go|Get|Put|Read|Write|Compare|Convert|Replace|Select|Apply|Perform|Thanks)"
    r" (?!of\b)|"
    r"(?:Use|Set|Run|Check|Note|Call|Limit|Place|Show|Display|Print|List|Output|Start|Stop|Copy|Move|Open|"
    r"Close|Pass|Turn|Force|Update|Change|Define|Provide|Build|Repeat|Visit|Click|Press|Enter|Insert|"
    r"Learn|Help|Fetch|Merge|Push|Pull|Skip|Store|Log|Test|Record|Cut|Pour|Mix|Work|Clean|Wipe|Leave) "
    r"(?:the|a|an|this|that|these|all|any|each|your|it|its|only|to|with|one|no|on|off|up|out|`|\w+ing)\b)"
)
_BARE_SYMBOLS = re.compile(r"[{}<>|\\=@#~^$\[\]]|//|::|--\w|\.\.\.|…|\.\?|\w\(\)|\*|__")


@dataclass(frozen=True)
class Sentence:
    """A sentence fit to be quoted: `text` reads cleanly, `quote` is verbatim."""

    text: str
    quote: str
    heading: str
    paragraph: int
    position: int
    fitness: float
    stems: frozenset[str] = field(repr=False)


def clean(text: str) -> str:
    """Return a text without Markdown and reStructuredText markup; code stays in backticks."""
    text = _IMAGE.sub("", text)
    text = _LINK.sub(lambda match: match[1] or match[2], text)
    text = _RST_LINK.sub(r"\1", _ROLE.sub(r"\1", text)).replace("``", "`")
    text = _NOTE_MARK.sub("", text)
    text = _QUOTE_MARK.sub("", text)
    text = _STRONG.sub(r"\2", text)
    # What stands in a code span is no markup: `git show <commit>`.
    parts = [part if part[:1] == "`" else _unmarked(part) for part in _CODE_SPAN.split(text)]
    return re.sub(r"\s+([,.;])(?=\s|$)", r"\1", " ".join("".join(parts).split()))


def _unmarked(text: str) -> str:
    text = _EMPHASIS.sub(r"\1", _UNDERSCORED.sub(r"\1", text))
    return _ESCAPE.sub(r"\1", _TAG.sub("", text))


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a source that can stand in a report, in the source's order."""
    # Native code: loaded when the first source is read, not when the module is.
    from sentencex import segment

    found: list[Sentence] = []
    position = 0
    for number, paragraph in enumerate(paragraphs(text)):
        for raw in segment("en", paragraph.text):
            position += 1
            quote = raw.strip()
            quote = quote[len(match[0]) :] if (match := _CONNECTIVE.match(quote)) else quote
            readable = clean(quote)
            readable = readable[:1].upper() + readable[1:] if match else readable
            fitness = _fitness(readable) * (0.7 if paragraph.is_item else 1.0)
            if fitness:
                stems = frozenset(content_stems(readable))
                heading = clean(paragraph.heading)
                found.append(Sentence(readable, quote, heading, number, position, fitness, stems))
    return found


def split(text: str) -> list[str]:
    """Return all sentences of a clean text, as they stand."""
    from sentencex import segment

    return [one.strip() for one in segment("en", text) if one.strip()]


def _fitness(text: str) -> float:
    """Return from 0 (no sentence) to 1 how well a text stands alone."""
    if not (SHORTEST <= len(text) <= LONGEST) or not _is_whole(text) or _ADDRESSED.search(text):
        return 0.0
    score = 1.0
    if leans(text):
        score *= 0.15
    elif _PRONOUN.search(" ".join(text.split()[:5])):
        score *= 0.7
    if _LEANS_INSIDE.search(text):
        score *= 0.75
    if _PERSONAL.search(text):
        score *= 0.25
    if _SAYS_WHICH.match(text):
        score *= 0.5
    if len(text) < 60 or len(text) > 260:
        score *= 0.85
    return score * (0.8 if text.endswith("!") else 1.0) * (0.85 if text.count("`") > 2 else 1.0)


def leans(text: str) -> bool:
    """Tell whether a sentence needs the one before it to be understood."""
    return bool(_LEANS.match(text))


def _is_whole(text: str) -> bool:
    prose = _CODE.sub("code", text)
    letters = sum(letter.isalpha() or letter.isspace() for letter in prose)
    return (
        (text[0].isupper() or text[0].isdigit() or text[0] in "\"“'‘`")
        and text.rstrip("\"”'’)")[-1:] in (".", "!")
        and not text.endswith(("...", "etc.", "e.g.", "i.e."))
        and len(prose.split()) >= 6
        and letters >= 0.85 * len(prose)
        and not _BARE_SYMBOLS.search(prose)
        and text.count("`") % 2 == 0
        and text.count("(") == text.count(")")
        and prose.count('"') % 2 == 0
        and prose.count("“") == prose.count("”")
        and bool(_VERB.search(prose))
        and not _NO_STATEMENT.match(prose)
    )
