"""What Word documents have and python-docx does not make: bookmarks, links, marks, styles."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

if TYPE_CHECKING:
    from docx.document import Document

SERIF, MONO = "Georgia", "Courier New"  # which every Word has
INK, QUIET, PENCIL, RED = (
    RGBColor.from_string(c) for c in ("1F1D1A", "655F55", "1D5183", "9C2F1D")
)
TABLE = "Table Grid"
TABLES = {TABLE, "Normal Table"}
MARKED, LINE = "FFF0B8", "D8D1C2"
_NOT_NEEDED = ("/stylesWithEffects", "/thumbnail")  # parts of python-docx's template
_LONGEST_NAME = 40  # of a bookmark
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _element(kind: str, /, **attributes: object) -> Any:
    element = OxmlElement(kind)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    return element


def bookmark(line: Paragraph, anchor: str, *, is_empty: bool = False) -> None:
    """Make a paragraph a place that links lead to; an empty one stands where it is made."""
    number = len(line.part.element.xpath("//w:bookmarkStart"))
    start = _element("w:bookmarkStart", id=number, name=_name(anchor))
    if is_empty:
        line._p.append(start)  # noqa: SLF001  # python-docx has no other way in
    else:
        place = 0 if line._p.pPr is None else 1  # noqa: SLF001
        line._p.insert(place, start)  # noqa: SLF001
    line._p.append(_element("w:bookmarkEnd", id=number))  # noqa: SLF001


def _name(anchor: str) -> str:
    return anchor.replace("-", "_")[:_LONGEST_NAME]


def internal_link(line: Paragraph, anchor: str, text: str) -> None:
    """Add text that leads to a bookmark, if there is one."""
    if not anchor:
        line.add_run(text)
        return
    _link(line, text, _element("w:hyperlink", anchor=_name(anchor), history=1))


def web_link(line: Paragraph, address: str, text: str) -> None:
    """Add text that leads to the web."""
    link = _element("w:hyperlink", history=1)
    link.set(
        qn("r:id"), line.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    _link(line, text, link)


def _link(line: Paragraph, text: str, link: Any) -> None:
    run = line.add_run(text)
    run.font.color.rgb = PENCIL
    link.append(run._r)  # noqa: SLF001
    line._p.append(link)  # noqa: SLF001


def mark(run: Run) -> None:
    """Shade some words, as with a marker."""
    run._r.get_or_add_rPr().append(_element("w:shd", val="clear", color="auto", fill=MARKED))  # noqa: SLF001


def rule_beside(line: Paragraph) -> None:
    """Draw a line to the left of a paragraph."""
    borders = _element("w:pBdr")
    borders.append(_element("w:left", val="single", sz=8, space=8, color=LINE))
    line._p.get_or_add_pPr().append(borders)  # noqa: SLF001


def heads(row: Any) -> None:
    """Have a table's row stand again on each page, in bold."""
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))  # noqa: SLF001
    for cell in row.cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def numbered_anew(word: "Document", style: str, first: int) -> Callable[[Paragraph], None]:
    """Return what gives paragraphs the numbers of a list of their own."""
    numbering = word.part.numbering_part.element
    known = word.styles[style].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(known).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(first)

    def give(line: Paragraph) -> None:
        line._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number.numId  # noqa: SLF001

    return give


def restyle(word: "Document") -> None:
    """Give the document its page and its styles, and take away those of tables that it has not."""
    for each in word.styles.element.xpath("w:style[@w:type='table']"):
        if each.name_val not in TABLES:
            each.getparent().remove(each)
    for rels in (word.part.rels, word.part.package.rels):
        for name in [name for name, each in rels.items() if each.reltype.endswith(_NOT_NEEDED)]:
            del rels[name]
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(30)
    page.top_margin = page.bottom_margin = Mm(27)
    _style(word, "Normal", 11, INK, after=7, spacing=1.25)
    _style(word, "Title", 25, INK, after=6, bold=True)
    _style(word, "Subtitle", 9.5, QUIET, after=16, italic=False)
    _style(word, "Heading 1", 15.5, INK, before=20, after=6, bold=True)
    for level in range(2, 10):
        _style(word, f"Heading {level}", 12, INK, before=12, after=4, bold=True)
    _style(word, "Quote", 11, QUIET, after=7)
    _style(word, "Kicker", 9, RED, after=2, bold=True).font.all_caps = True
    _style(word, "Cell", 10, INK, before=2, after=2)
    _style(word, "Contents", 10.5, PENCIL, after=2)
    _style(word, "Code", 9, INK, after=7, font=MONO)
    source = _style(word, "Source", 11, INK, before=14, after=3, bold=True).paragraph_format
    source.keep_with_next = True
    source.left_indent, source.first_line_indent = Mm(8), Mm(-8)
    source.tab_stops.add_tab_stop(Mm(8))
    for name, size, colour in (("Passage", 10, INK), ("Quiet", 9, QUIET)):
        _style(word, name, size, colour, after=3).paragraph_format.left_indent = Mm(8)
    _style(word, "Fact", 9.5, INK, after=2)
    for name, font, colour in (("Quiet in text", SERIF, QUIET), ("Code in text", MONO, INK)):
        style = word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.font.name, style.font.color.rgb, style.font.bold = font, colour, False
    # Word's own template draws a line under titles
    for line in word.styles["Title"].element.xpath(".//w:pBdr"):
        line.getparent().remove(line)


def _style(  # noqa: PLR0913  # a style has as many sides
    word: "Document",
    name: str,
    size: float,
    colour: RGBColor,
    *,
    before: float = 0,
    after: float = 0,
    spacing: float = 1.15,
    bold: bool = False,
    italic: bool = False,
    font: str = SERIF,
) -> Any:
    known = name in word.styles
    style: Any = (
        word.styles[name] if known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), colour
    style.font.bold, style.font.italic = bold, italic
    fonts = style.element.rPr.rFonts
    for each in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # which would win
        fonts.attrib.pop(qn(f"w:{each}"), None)
    layout = style.paragraph_format
    layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), spacing
    return style
