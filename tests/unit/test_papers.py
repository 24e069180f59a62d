"""PDF and Word documents: text as a report quotes it, and a plain reason where there is none."""

import subprocess
import zlib
from typing import Any

import pytest
from galley.documents import Document, UnreadableDocumentError, bounded, read_document
from galley.documents.html import HARMLESS_BYTES
from reportlab.pdfgen.canvas import Canvas

from tests.unit.papers import a_docx, a_pdf, a_scan, with_part

PROSE = "The Fresnel lens gathers light that a mirror would lose, and throws it far out to sea."
MANUAL = (
    """
# The lens

The first lens of its kind was lit at Cordouan in 1823, where it replaced a mir-
ror of copper. It was seen from more than thirty kilometres on a well-
known station, and keepers said that it

Its makers were well-known in Paris and
""",
    """
sold their lenses to every coast of the
world. By 1860 there was no light of the first
order that had none.
""",
    """
# The lamp

The lamp burned colza oil, later paraffin.
""",
)

PAGE = f"<html><body><article><h1>The lens</h1><p>{PROSE}</p><p>{PROSE}</p>".encode()
PAGES_READ_APART = [  # their size, or how they are packed, may be meant to do harm
    ("large.html", PAGE + b" " * HARMLESS_BYTES),
    ("large.txt", PAGE + b" " * HARMLESS_BYTES),
    ("packed.html", zlib.compress(PAGE)),
    ("other.html", PAGE + "<p>Größe".encode("cp1252")),
]


def pdf(*pages: str, **options: Any) -> Document:
    return read_document("manual.pdf", a_pdf(*pages, **options))


def refusal_of(data: bytes, name: str) -> str:
    with pytest.raises(UnreadableDocumentError) as refused:
        read_document(name, data)
    return str(refused.value)


def test_the_lines_of_a_pdf_are_paragraphs_again() -> None:
    text = pdf(*MANUAL).text

    assert text.split("\n\n") == [
        "# The lens",
        (
            "The first lens of its kind was lit at Cordouan in 1823, where it replaced a mirror of "
            "copper. It was seen from more than thirty kilometres on a well-known station, and "
            "keepers said that it"
        ),
        (
            "Its makers were well-known in Paris and sold their lenses to every coast of the "
            "world. By 1860 there was no light of the first order that had none."
        ),
        "# The lamp",
        "The lamp burned colza oil, later paraffin.",
    ]


def test_each_page_of_a_pdf_begins_where_it_says() -> None:
    document = pdf(*MANUAL)

    beginnings = [document.text[start : start + 4] for start in document.pages]
    assert beginnings == ["# Th", "sold", "# Th"]


def test_what_repeats_at_the_edge_of_pages_is_left_out() -> None:
    def around(canvas: Canvas, number: int) -> None:
        canvas.drawString(72, 800, "Manual of lights, 1901")
        canvas.drawString(280, 30, f"- {number} -")

    text = pdf(*[f"{PROSE[:60]}\nstation {number} has a light." for number in range(5)],
               around=around).text  # fmt: skip

    assert "Manual of lights" not in text
    assert "- 3 -" not in text
    assert "station 3 has a light." in text


@pytest.mark.parametrize(
    ("named", "title"),
    [
        pytest.param("Lights of the coast", "Lights of the coast", id="its own title"),
        pytest.param("Microsoft Word - lights.doc", "The lens", id="no title of a document"),
        pytest.param("", "The lens", id="no title"),
    ],
)
def test_a_pdf_has_its_title_or_its_first_heading(named: str, title: str) -> None:
    assert title == pdf(*MANUAL, title=named).title


def test_a_pdf_in_chinese_has_no_spaces_where_lines_ended() -> None:
    assert (
        "灯塔的透镜把光线汇聚成一束照向远方的海面"
        in pdf("灯塔的透镜把光线汇聚\n成一束照向远方的海面" * 2).text
    )


def test_a_pdf_under_another_name_is_a_pdf() -> None:
    assert PROSE in read_document("notes.txt", a_pdf(PROSE)).text


def test_a_table_of_contents_is_no_text() -> None:
    assert "Lamps" not in pdf(f"Lamps . . . . . . . . . . . 12\n{PROSE}").text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(a_pdf(PROSE, encrypt="secret"), "encrypted", id="encrypted"),
        pytest.param(a_pdf(*[PROSE] * 9)[:3000], "cut off", id="truncated"),
        pytest.param(a_scan(), "scanned", id="scanned"),
        pytest.param(a_pdf(PROSE).replace(b"/Pages", b"/Pigs"), "damaged", id="no pages"),
        pytest.param(b"%PDF-1.7\n%%EOF\n" + PROSE.encode(), "damaged", id="nothing but a name"),
        pytest.param(PROSE.encode(), "not a PDF", id="something else"),
        pytest.param(b"", "empty", id="empty"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(data: bytes, why: str) -> None:
    assert why in refusal_of(data, "manual.pdf")


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert "2,001 pages" in refusal_of(a_pdf(*["x"] * 2001), "manual.pdf")


def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "SECONDS", 0.01)

    assert "longer than" in refusal_of(a_pdf(PROSE), "manual.pdf")
    for name, page in PAGES_READ_APART:
        assert "longer than" in refusal_of(page, name)


@pytest.mark.parametrize(("name", "page"), PAGES_READ_APART)
def test_a_page_that_is_read_apart_is_read_like_others(name: str, page: bytes) -> None:
    assert PROSE in read_document(name, page).text


@pytest.mark.parametrize(
    ("code", "died_of"),
    [
        pytest.param("import os; os.abort()", "-6: ", id="aborted"),
        pytest.param("print('not JSON')", "0: ", id="another answer"),
        pytest.param("raise ValueError('words of it')", "1: ValueError", id="an error"),
    ],
)
def test_a_reader_that_crashes_is_one_document_less(
    code: str, died_of: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = subprocess.run

    def crash(command: list[str], **options: Any) -> Any:
        return run([command[0], "-c", code], **options)

    monkeypatch.setattr(subprocess, "run", crash)

    assert "crashed" in refusal_of(a_pdf(PROSE), "manual.pdf")
    assert caplog.messages == [f"a reader ended with {died_of}"]


def test_a_reader_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    run, seen = subprocess.run, dict[str, str]()

    def watched(command: list[str], **options: Any) -> Any:
        seen.update(options["env"])
        return run(command, **options)

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/where/lambda/has/its/python")
    monkeypatch.setattr(subprocess, "run", watched)

    pdf(PROSE)

    # Without the second, Lambda's Python does not start.
    assert set(seen) == {"PYTHONPATH", "LD_LIBRARY_PATH"}


def policy(document: Any) -> None:
    document.add_heading("Travel policy", 0)
    document.add_heading("Limits", 1)
    document.add_paragraph("This policy applies to all staff who travel on business.")
    document.add_paragraph("Receipts are kept for ten years.", style="List Bullet")
    table = document.add_table(2, 2)
    for place, words in enumerate(["Grade", "Hotel", "A", "120 euros"]):
        table.cell(place // 2, place % 2).text = words
    document.add_paragraph("قواعد السفر تنطبق على جميع الموظفين.")


def test_a_word_document_is_read_with_its_headings_lists_and_tables() -> None:
    document = read_document("policy.docx", a_docx(policy))

    assert document.title == "Travel policy"
    assert document.text.split("\n\n") == [
        "# Travel policy",
        "## Limits",
        "This policy applies to all staff who travel on business.",
        "- Receipts are kept for ten years.",
        "Grade | Hotel\nA | 120 euros",
        "قواعد السفر تنطبق على جميع الموظفين.",
    ]


def body(xml: str, before: str = "") -> bytes:
    """Return a Word document with a body of one's own."""
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    whole = f"{before}<w:document {names}><w:body>{xml}</w:body></w:document>"
    return with_part(a_docx(policy), "word/document.xml", whole.encode())


def test_what_was_inserted_counts_and_what_was_deleted_does_not() -> None:
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
    xml = (
        f"<w:p>{run.format('Staff may spend ')}<w:ins>{run.format('120 euros')}</w:ins>"
        f"<w:del>{run.format('90 euros')}</w:del><w:sdt><w:sdtContent>"
        f"{run.format(' a night, as the board decided.')}</w:sdtContent></w:sdt></w:p>"
    )

    text = read_document("policy.docx", body(xml)).text

    assert text == "Staff may spend 120 euros a night, as the board decided."


def bomb() -> bytes:
    megabyte = b" " * 1_000_000
    return with_part(a_docx(policy), "word/document.xml", (megabyte for _ in range(201)))


def entities() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "boom">{levels}]>'
    return body("<w:p><w:r><w:t>&e9;</w:t></w:r></w:p>", doctype)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(bomb(), "unpacks to more", id="a bomb"),
        pytest.param(entities(), "", id="entities of entities"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"x" * 500, "encrypted", id="with a password"),
        pytest.param(a_docx(policy)[:5000], "cut off", id="truncated"),
        pytest.param(with_part(a_docx(policy), "word/document.xml", b"<w"), "damaged", id="XML"),
        pytest.param(with_part(a_docx(policy), "[Content_Types].xml", b""), "damaged", id="zip"),
        pytest.param(body("<w:p/>"), "no text", id="no text"),
    ],
)
def test_a_word_document_that_cannot_be_read_says_why(data: bytes, why: str) -> None:
    assert why in refusal_of(data, "policy.docx")


def test_a_word_document_fetches_nothing() -> None:
    outside = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY out SYSTEM "file:///etc/hostname">]>'

    text = read_document(
        "policy.docx", body(f"<w:p><w:r><w:t>{PROSE}&out;</w:t></w:r></w:p>", outside)
    ).text

    assert text == PROSE
