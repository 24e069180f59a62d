"""
Reports as Word documents: real headings, lists and tables, and citations that lead to passages.

The file is the same each time: its parts are stored under one date and uncompressed, because
libraries differ in how they compress.
"""

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

from docx import Document

from galley.reports.evidence import Evidence, Quoted, Use
from galley.reports.word_blocks import BlockWriter
from galley.reports.word_parts import (
    bookmark,
    internal_link,
    mark,
    restyle,
    rule_beside,
    web_link,
    xml_text,
)

if TYPE_CHECKING:
    from docx.document import Document as Word

    from galley.reports.report import Report

EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a ZIP file can say


def make(report: "Report") -> bytes:
    """Return the report as DOCX; the same report gives the same bytes."""
    writer = _Writer(report)
    writer.write()
    saved = io.BytesIO()
    writer.word.save(saved)
    return _dated(saved)


def _dated(saved: io.BytesIO) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(made, "w") as archive:
        for part in parts.infolist():
            archive.writestr(zipfile.ZipInfo(part.filename, EARLIEST), parts.read(part.filename))
    return made.getvalue()


class _Writer:
    def __init__(self, report: "Report") -> None:
        self.report = report
        self.word: Word = Document()

    def write(self) -> None:
        word, report = self.word, self.report
        restyle(word)
        known = word.core_properties
        known.title, known.author, known.comments = xml_text(report.title)[:255], "", ""
        known.created = known.modified = datetime.fromisoformat(report.bundle.decided_at)
        known.last_modified_by, known.revision, known.language = "", 1, "en"
        word.add_paragraph("Research report", "Kicker")
        word.add_paragraph(xml_text(report.title), "Title")
        if report.bundle.approved:
            word.add_paragraph(xml_text(f"Approved by {report.bundle.approved}"), "Subtitle")
        sections = report.sections()
        self._contents([heading for heading, _ in sections if heading])
        body = BlockWriter(word)
        for place, (heading, blocks) in enumerate(sections, start=1):
            if heading:
                bookmark(word.add_heading(xml_text(heading), 1), f"section-{place}")
            body.write(blocks)
        self._sources()
        self._colophon()

    def _contents(self, headings: list[str]) -> None:
        first = len(self.report.sections()) - len(headings) + 1
        places = {f"section-{place}": each for place, each in enumerate(headings, start=first)}
        if self.report.evidence:
            places["sources"] = "Sources"
        for anchor, heading in places.items():
            line = self.word.add_paragraph(style="Contents")
            internal_link(line, anchor, xml_text(heading))

    def _sources(self) -> None:
        if not self.report.evidence:
            return
        bookmark(self.word.add_heading("Sources", 1), "sources")
        said = "Each number in the report leads to the passage that it rests on."
        self.word.add_paragraph(said, "Quiet")
        for source in self.report.evidence:
            self._source(source)

    def _source(self, source: Evidence) -> None:
        line = self.word.add_paragraph(style="Source")
        bookmark(line, source.anchor)
        line.add_run(f"{source.number}\t")
        if source.link:
            web_link(line, source.link, xml_text(source.title))
        else:
            line.add_run(xml_text(source.title))
        line.add_run(xml_text(f"  {source.name}")).style = "Quiet in text"
        if source.reading:
            self.word.add_paragraph(source.reading, "Quiet")
        self._uses(source.uses)
        for quoted in source.quotes:
            self._quoted(quoted)

    def _quoted(self, quoted: Quoted) -> None:
        if quoted.claim:
            claim = self.word.add_paragraph(xml_text(quoted.claim), "Passage")
            claim.paragraph_format.keep_with_next = True
        line = self.word.add_paragraph(style="Passage")
        rule_beside(line)
        bookmark(line, quoted.anchor)
        before, quote, after = map(xml_text, quoted.passage)
        line.add_run(f"{before} " if before else "").style = "Quiet in text"
        mark(line.add_run(quote))
        line.add_run(f" {after}" if after else "").style = "Quiet in text"
        if quoted.note:
            self.word.add_paragraph(quoted.note, "Quiet")
        self._uses(quoted.uses)

    def _uses(self, uses: list[Use]) -> None:
        if not uses:
            return
        line = self.word.add_paragraph("Cited in ", "Quiet")
        for place, use in enumerate(uses):
            line.add_run(", " if place else "")
            internal_link(line, use.anchor, xml_text(use.section or "the opening"))

    def _colophon(self) -> None:
        self.word.add_heading("About this report", 1)
        for name, value in self.report.facts.items():
            if value:
                line = self.word.add_paragraph(style="Fact")
                line.add_run(f"{name}: ").style = "Quiet in text"
                line.add_run(xml_text(value))
        self.word.add_paragraph(
            "What was approved is report.md, byte for byte; this file was made from it. "
            "evidence.json, published beside it, says what it rests on, and this file can be made "
            "again from that.",
            "Quiet",
        )
