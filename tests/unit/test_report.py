"""Reports in their formats: made from the bundle alone, the same each time, safe and linked."""

import io
import re
import zipfile
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from docx import Document
from galley.artifacts import Artifacts
from galley.reports.files import MARKDOWN, PAGE, PDF, WORD
from galley.reports.pdf import NO_GLYPH, NOTE
from galley.reports.report import make

from tests.unit.reports import LENS, REPORT, a_bundle

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = (
    '#eval("1") $x$ <script>alert(1)</script> @preview/x:1.0.0 \\#let [x](javascript:alert(1))'
)


def text_of(pdf: bytes) -> str:
    """Return what a PDF says."""
    pages: Any = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


def part_of(docx: bytes, name: str = "word/document.xml") -> str:
    """Return a part of a Word document."""
    return zipfile.ZipFile(io.BytesIO(docx)).read(name).decode()


@pytest.mark.parametrize("name", [PAGE, PDF, WORD])
def test_the_same_bundle_gives_the_same_bytes(name: str, artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts)

    assert make(name, bundle) == make(name, type(bundle).from_bytes(bundle.to_json().encode()))


def test_markdown_is_what_was_approved(artifacts: Artifacts) -> None:
    assert make(MARKDOWN, a_bundle(artifacts)) == REPORT.encode()


def test_on_the_page_a_citation_opens_its_passage(artifacts: Artifacts) -> None:
    page = make(PAGE, a_bundle(artifacts)).decode()

    opens = re.findall(r'<button class="citation" type="button" popovertarget="([^"]+)"', page)
    assert opens == ["source-1-1"]
    passage = page.partition('id="source-1-1" popover')[2].partition("</div>")[0]
    assert f"<mark>{LENS}</mark>" in passage


def test_the_page_loads_and_runs_nothing(artifacts: Artifacts) -> None:
    page = make(PAGE, a_bundle(artifacts, REPORT.replace("An opening", HOSTILE))).decode()

    assert "default-src 'none'" in page
    assert not re.search(r"<(script|img|iframe|link|object)\b|src=|url\(|@import", page)
    assert 'href="javascript' not in page
    assert "<title>Lights &amp; &lt;b&gt;lenses&lt;/b&gt;</title>" in page


@pytest.mark.parametrize("name", [PAGE, PDF, WORD])
def test_every_format_says_who_approved_which_bytes(name: str, artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts)

    made = make(name, bundle)

    reader: dict[str, Callable[[bytes], str]] = {PAGE: bytes.decode, PDF: text_of, WORD: part_of}
    said = reader[name](made)
    assert "editor@example.com, 23 November 2026, 09:00 UTC" in said
    # a PDF may break it between two lines
    assert bundle.report_sha256 in re.sub(r"[\s\ufffe\u0002]", "", said)


def test_pdf_has_an_outline_its_text_and_links(artifacts: Artifacts) -> None:
    pdf = make(PDF, a_bundle(artifacts))

    document: Any = pypdfium2.PdfDocument(pdf)
    outline = [each.get_title() for each in document.get_toc()]
    assert outline == ["What a lens does", "Sources", "About this report"]
    assert LENS in text_of(pdf)
    assert b"/StructTreeRoot" in pdf


@pytest.mark.parametrize("name", [PAGE, PDF, WORD])
def test_addresses_of_sources_are_links_and_those_in_the_text_are_words(
    name: str, artifacts: Artifacts
) -> None:
    bundle = a_bundle(artifacts)
    link = "https://archive.example.org/?a=b&c=d"
    bundle = replace(bundle, evidence=[replace(each, link=link) for each in bundle.evidence])

    made = make(name, bundle)

    links = {PAGE: b'href="%s"', PDF: b"/URI(%s)", WORD: b'Target="%s"'}[name]
    held = made if name != WORD else part_of(made, "word/_rels/document.xml.rels").encode()
    written = (link if name == PDF else escape(link)).encode()
    assert links % written in held
    assert links.partition(b"%s")[0] + b"https://example.com" not in held


def test_what_a_report_says_is_never_typst(artifacts: Artifacts) -> None:
    pdf = make(PDF, a_bundle(artifacts, REPORT.replace("An opening", HOSTILE)))

    assert '#eval("1") $x$ <script>alert(1)</script> @preview/x:1.0.0 #let' in text_of(pdf)


def test_what_the_fonts_of_a_pdf_lack_is_shown_as_a_sign(artifacts: Artifacts) -> None:
    pdf = make(PDF, a_bundle(artifacts, REPORT.replace("An opening", "The bell\a 漢字 😀 Ω")))

    assert f"The bell{NO_GLYPH} {2 * NO_GLYPH} {NO_GLYPH} Ω" in text_of(pdf)
    assert NOTE in text_of(pdf)


def test_a_report_that_a_pdf_could_not_show_has_none(artifacts: Artifacts) -> None:
    bundle = a_bundle(artifacts, REPORT.replace("An opening", "漢字" * 2000))

    with pytest.raises(ValueError, match="script"):
        make(PDF, bundle)
    assert "漢字" * 2000 in make(PAGE, bundle).decode()


def test_word_has_headings_lists_tables_and_links_to_passages(artifacts: Artifacts) -> None:
    docx = make(WORD, a_bundle(artifacts))

    word = Document(io.BytesIO(docx))
    styles = {line.style.name: line.text for line in word.paragraphs if line.style}
    assert styles["Title"] == "Lights & <b>lenses</b>"
    assert {"Heading 1", "List Bullet", "Source", "Passage"} <= styles.keys()
    assert word.tables[0].cell(1, 0).text == "big"
    body = part_of(docx)
    marks = set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', body))
    assert set(re.findall(r'w:anchor="([^"]+)"', body)) <= marks
    assert "source_1_1" in marks


def test_word_takes_what_xml_cannot_hold(artifacts: Artifacts) -> None:
    docx = make(WORD, a_bundle(artifacts, REPORT.replace("An opening", "A bell\a ￾ 漢字 😀")))

    assert "A bell\ufffd \ufffd 漢字 😀" in part_of(docx)


def test_nothing_in_a_word_document_tells_when_or_by_whom_it_was_made(artifacts: Artifacts) -> None:
    docx = make(WORD, a_bundle(artifacts))

    dates = {part.date_time for part in zipfile.ZipFile(io.BytesIO(docx)).infolist()}
    core = part_of(docx, "docProps/core.xml")
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert "python-docx" not in core
    assert "2026-11-23T09:00:00" in core


@pytest.mark.parametrize("name", [PAGE, PDF, WORD])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("## Deep\n\n#### Deeper\n\nA lens [1].", id="a level left out"),
        pytest.param("### Before\n\nA lens [1].\n\n## After\n\nIt shone.", id="before the first"),
        pytest.param("## One\n\n# Another title\n\nA lens [1].", id="a second title"),
        pytest.param(
            "## Table\n\n| a [1] |\n|---|\n" + "| row |\n" * 120, id="a table of several pages"
        ),
    ],
)
def test_any_structure_has_every_format(text: str, name: str, artifacts: Artifacts) -> None:
    report = f"# Title\n\n{text}\n\n## Sources\n\n[1] Lights (lights.md)\n"

    assert len(make(name, a_bundle(artifacts, report))) > 100


def test_parts_without_a_heading_stay_where_they_are(artifacts: Artifacts) -> None:
    report = "# T\n\nFirst.\n\n## A\n\nSecond.\n\n## \n\nThird [1].\n\n## B\n\nFourth.\n"

    page = make(PAGE, a_bundle(artifacts, report)).decode()

    places = [page.index(f"<p>{word}") for word in ("First", "Second", "Third", "Fourth")]
    assert places == sorted(places)
