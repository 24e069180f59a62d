"""Drafts as HTML: Markdown through a parser that lets no raw HTML and no script link pass."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from galley.reports.markdown import is_on_the_web

SOURCES = "Sources"

_CITATION = re.compile(r"\[(\d{1,3})\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SPACED = re.compile(r' (<(a|button) class="citation"[^>]*>\[\d+\]</\2>[.,;:!?)]*)')
_LISTED = re.compile(r"\[(\d{1,3})\] (.+)")
# How far back a citation's sentence is looked for: a paragraph may have thousands of citations.
_LOOK_BACK = 2000


@dataclass(frozen=True)
class Citation:
    """One [n] in a draft, counted from 1, and the sentence that it bears out."""

    place: int
    number: int
    sentence: str


@dataclass(frozen=True)
class Section:
    """A part of a draft under its heading; what stands before the first has none."""

    heading: str
    tokens: Sequence[Token]

    @property
    def citations(self) -> list[Citation]:
        """The citations of the section, in their order."""
        children = (child for token in self.tokens for child in token.children or ())
        return [child.meta["citation"] for child in children if child.type == "citation"]

    def html(self, attributes: Callable[[Citation], Mapping[str, str]]) -> str:
        """Return the section below its heading; `attributes` says where a citation leads."""
        env = {"attributes": attributes}
        html = str(_MARKDOWN.renderer.render(self.tokens, _MARKDOWN.options, env))
        return _SPACED.sub(r'<span class="kept">&nbsp;\1</span>', html)  # on one line


@dataclass(frozen=True)
class Manuscript:
    """
    A draft in its parts: a title, sections, and the entries of its list of sources.

    `cited` are the numbers that lead to sources; `headings` are all of them, whatever their level.
    """

    title: str
    sections: list[Section]
    entries: dict[int, str]
    cited: frozenset[int] = frozenset()
    headings: tuple[str, ...] = ()

    @classmethod
    def from_markdown(cls, markdown: str) -> "Manuscript":
        """Take a draft apart; entries stay as they are written in Markdown."""
        tokens = _MARKDOWN.parse(markdown)
        title = ""
        if tokens and (tokens[0].type, tokens[0].tag) == ("heading_open", "h1"):
            title, tokens = _text_of(tokens[1]), tokens[3:]
        headings = [
            index
            for index, token in enumerate(tokens)
            if (token.type, token.tag, token.level) == ("heading_open", "h2", 0)
        ]
        sections = [Section("", tokens[: headings[0]] if headings else tokens)]
        for start, end in pairwise([*headings, len(tokens)]):
            sections.append(Section(_text_of(tokens[start + 1]), tokens[start + 3 : end]))
        lines = [token for before, token in pairwise(tokens) if before.type == "heading_open"]
        entries: dict[int, str] = {}
        if sections[-1].heading == SOURCES:
            listed = (token.content for token in sections.pop().tokens if token.type == "inline")
            entries = {int(found[1]): found[2] for found in map(_LISTED.fullmatch, listed) if found}
        body = [each for each in sections if each.heading or each.tokens]
        cited = frozenset(each.number for part in body for each in part.citations)
        return cls(title, body, entries, cited, tuple(map(_text_of, lines)))


def text_from_markdown(line: str) -> str:
    """Return what a line of Markdown says, without its markup."""
    return " ".join(_text_of(token) for token in _MARKDOWN.parseInline(line))


def _text_of(inline: Token) -> str:
    return "".join(_words(child) for child in inline.children or ())


def _words(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else token.content


def _find_citations(state: StateCore) -> None:
    # Only text is searched for citations, never an attribute, a URL or code.
    places = count(1)
    for inline in state.tokens:
        before = ""
        children: list[Token] = []
        for child in inline.children or ():
            children += _cut(child, before, places) if child.type == "text" else [child]
            before = (before + _words(child))[-_LOOK_BACK:]
        inline.children = children or inline.children


def _show_where_links_lead(state: StateCore) -> None:
    # Who follows a link trusts who made it, and a source may have told an agent to: only addresses
    # of sources, which no agent writes, are links on a page. Others are read, not clicked.
    for inline in state.tokens:
        inline.children = list(_without_links(inline.children or ())) or inline.children


def _without_links(children: Sequence[Token]) -> Iterator[Token]:
    said, address = "", ""
    for child in children:
        if child.type == "link_open":
            said, address = "", str(child.attrGet("href"))
        elif child.type == "link_close":
            if said != address:
                yield Token("code_inline", "code", 0, content=address)
        else:
            said += child.content
            yield child


def _cut(text: Token, before: str, places: Iterator[int]) -> Iterator[Token]:
    end = 0
    for found in _CITATION.finditer(text.content):
        start = found.start()
        near = (before + text.content[max(0, start - _LOOK_BACK) : start])[-_LOOK_BACK:]
        said = _CITATION.sub("", near).rstrip()
        sentence = _SENTENCE_END.split(said)[-1].strip()
        citation = Citation(next(places), int(found[1]), sentence)
        yield Token("text", "", 0, content=text.content[end : found.start()])
        yield Token("citation", "a", 0, content=found[0], meta={"citation": citation})
        end = found.end()
    yield Token("text", "", 0, content=text.content[end:])


def _citation(
    _: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Mapping[str, Any]
) -> str:
    citation: Citation = tokens[index].meta["citation"]
    given = env["attributes"](citation)
    attributes = "".join(f' {name}="{escapeHtml(text)}"' for name, text in given.items())
    tag = "a" if "href" in given else "button"
    return f'<{tag} class="citation"{attributes}>{tokens[index].content}</{tag}>'


# No images: one in a draft would tell its server who reads it, and when.
# No link definitions: `[1]: https://…` would turn citations into links to elsewhere.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "reference"])
)
_MARKDOWN.validateLink = is_on_the_web  # type: ignore[method-assign, assignment]
_MARKDOWN.core.ruler.push("links", _show_where_links_lead)
_MARKDOWN.core.ruler.push("citations", _find_citations)
_MARKDOWN.add_render_rule("citation", _citation)
