"""
Drafts as data: paragraphs, lists, tables and what stands in them, for what does not speak HTML.

Every block and every span is a mapping with a `kind`. What others wrote is only ever a text in
them, so that nothing in it is markup of the format that is made.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from galley.reports.rendering import Citation

Block = dict[str, Any]
Span = dict[str, Any]
LeadOf = Callable[[Citation], str]


def blocks_of(tokens: Sequence[Token], lead_of: LeadOf, above: int = 2) -> list[Block]:
    """
    Return a section's blocks.

    `lead_of` gives the anchor that a citation leads to, `above` is the level of the heading above.
    """
    return _Writer(lead_of, above).blocks(SyntaxTreeNode(list(tokens)))


class _Writer:
    """Writes the nodes of Markdown's tree as blocks and spans."""

    def __init__(self, lead_of: LeadOf, above: int) -> None:
        self._lead_of = lead_of
        self._above = self._level = above

    def blocks(self, parent: SyntaxTreeNode) -> list[Block]:
        return [getattr(self, f"_{node.type}", self._plain)(node) for node in parent.children]

    def _plain(self, node: SyntaxTreeNode) -> Block:  # whatever else there may be
        return {"kind": "paragraph", "spans": [_text(node.content)]}

    def _paragraph(self, node: SyntaxTreeNode) -> Block:
        return {"kind": "paragraph", "spans": self._inline(node)}

    def _heading(self, node: SyntaxTreeNode) -> Block:
        # One level below the heading above at most: PDF readers get lost between others.
        self._level = max(self._above + 1, min(int(node.tag[1:]), self._level + 1))
        return {"kind": "heading", "level": self._level, "spans": self._inline(node)}

    def _bullet_list(self, node: SyntaxTreeNode) -> Block:
        items = [self.blocks(item) for item in node.children]
        return {"kind": "list", "is_ordered": False, "first": 1, "items": items}

    def _ordered_list(self, node: SyntaxTreeNode) -> Block:
        first = int(node.attrs.get("start", 1))
        return self._bullet_list(node) | {"is_ordered": True, "first": first}

    def _blockquote(self, node: SyntaxTreeNode) -> Block:
        return {"kind": "quote", "blocks": self.blocks(node)}

    def _table(self, node: SyntaxTreeNode) -> Block:
        rows = [row for part in node.children for row in part.children]
        cells = [[self._inline(cell) for cell in row.children] for row in rows]
        return {"kind": "table", "rows": cells}

    def _code_block(self, node: SyntaxTreeNode) -> Block:
        return {"kind": "code", "text": node.content.rstrip("\n")}

    _fence = _code_block

    def _hr(self, _: SyntaxTreeNode) -> Block:
        return {"kind": "rule"}

    def _inline(self, node: SyntaxTreeNode) -> list[Span]:
        inner = (child.children for child in node.children if child.type == "inline")
        return [span for nodes in inner for span in self._spans(nodes)]

    def _spans(self, nodes: Iterable[SyntaxTreeNode]) -> list[Span]:
        return [span for node in nodes for span in self._span(node)]

    def _span(self, node: SyntaxTreeNode) -> list[Span]:
        kind = node.type
        if kind in {"strong", "em"}:
            return [{"kind": kind, "spans": self._spans(node.children)}]
        if kind == "citation":
            cited: Citation = node.meta["citation"]
            known = {"number": cited.number, "place": cited.place}
            return [{"kind": "citation", "anchor": self._lead_of(cited), **known}]
        return [_LEAVES.get(kind, _text)(node.content)]


def _text(text: str) -> Span:
    return {"kind": "text", "text": text}


_LEAVES: dict[str, Callable[[str], Span]] = {
    "code_inline": lambda text: {"kind": "code", "text": text},
    "hardbreak": lambda _: {"kind": "break"},
    "softbreak": lambda _: _text(" "),
}
