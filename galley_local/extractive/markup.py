"""Markdown and reStructuredText markup inside a sentence, and the sentence without it."""

import re

_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()]|\([^()]*\))*\)|\[([^\[\]]+)\]\[[^\[\]]*\]")
_ROLE = re.compile(r":[a-z:+-]+:`([^`<]+?)\s*(?:<[^`>]*>)?`")
_RST_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?")
# `[3]` in a source is its own note; in a report it would cite the report's third source.
_NOTE_MARK = re.compile(
    r"\s?\[(?:\^?\d{1,3}|\^[\w-]+|citation needed|note \d+|[a-z])\](?:_(?!\w))?", re.IGNORECASE
)
_STRONG = re.compile(r"(\*\*\*|\*\*|(?<!\w)__(?!\w*__\w))(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])")
_UNDERSCORED = re.compile(r"(?<![\w`])_(?=[^\s_])([^_`]+?)(?<=[^\s_])_(?!\w)")
# Elements of HTML, and not the <placeholders> of a manual.
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|dd|del|dfn|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|ol|p|"
    r"pre|q|s|samp|small|span|strong|sub|sup|table|tbody|td|th|tr|tt|u|ul|var)(?:\s[^<>]*)?/?>",
    re.I,
)
_QUOTE_MARK = re.compile(r"(?:(?<=\s)|^)>\s")
_CODE_SPAN = re.compile(r"(`[^`]*`)")
_ESCAPE = re.compile(r"\\([*_#\[\]`<>.!()+-])")


def clean(text: str) -> str:
    """Return a text without its markup, single-spaced; code stays in backticks."""
    text = _IMAGE.sub("", text)
    text = _LINK.sub(lambda match: match[1] or match[2], text)
    text = _RST_LINK.sub(r"\1", _ROLE.sub(r"\1", text)).replace("``", "`")
    text = _QUOTE_MARK.sub("", _NOTE_MARK.sub("", text))
    text = _STRONG.sub(r"\2", text)
    # What stands in a code span is no markup: `git show <commit>`.
    parts = [part if part[:1] == "`" else _unmarked(part) for part in _CODE_SPAN.split(text)]
    return re.sub(r"\s+([,.;])(?=\s|$)", r"\1", " ".join("".join(parts).split()))


def _unmarked(text: str) -> str:
    text = _EMPHASIS.sub(r"\1", _UNDERSCORED.sub(r"\1", text))
    return _ESCAPE.sub(r"\1", _TAG.sub("", text))
