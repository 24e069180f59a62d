"""
Reports in all their formats, each made from the evidence bundle and from nothing else.

Markdown is what was approved, byte for byte. Whoever has no library for a format can make the
others: libraries are imported where their format is made.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from galley.reports.blocks import Block, blocks_of
from galley.reports.bundle import Bundle
from galley.reports.evidence import Evidence, Use
from galley.reports.files import MARKDOWN, PAGE, PDF, WORD
from galley.reports.rendering import Citation, Manuscript


class Report:
    """A bundle as its formats read it: title, sections, and what their citations rest on."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.manuscript = Manuscript.from_markdown(bundle.report)
        self._leads = dict(zip(self._citations(), bundle.citations, strict=False))

    def _citations(self) -> list[Citation]:
        return [each for part in self.manuscript.sections for each in part.citations]

    @property
    def title(self) -> str:
        """The report's title, or what it was asked to be about."""
        return self.manuscript.title or str(self.bundle.workflow.get("topic", "")) or "Report"

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The list of sources, each with its passages and the citations that lead to them."""
        cited = {f"cited-{each.place}" for each in self._citations()}

        def known(uses: list[Use]) -> list[Use]:
            return [use for use in uses if use.anchor in cited]

        return [
            replace(
                source,
                uses=known(source.uses),
                quotes=[replace(each, uses=known(each.uses)) for each in source.quotes],
            )
            for source in self.bundle.evidence
        ]

    @cached_property
    def anchors(self) -> set[str]:
        """Where a citation can lead."""
        quotes = (quoted.anchor for each in self.evidence for quoted in each.quotes)
        return {each.anchor for each in self.evidence}.union(quotes)

    def lead_of(self, citation: Citation) -> str:
        """Return the anchor that a citation leads to, or nothing where that is not known."""
        anchor = self._leads.get(citation, f"source-{citation.number}")
        return anchor if anchor in self.anchors else ""

    @property
    def facts(self) -> dict[str, str]:
        """What tells this report from others, by name."""
        bundle = self.bundle
        return {
            "Approved by": bundle.approved,
            "Round": str(bundle.round),
            "Workflow": str(bundle.workflow.get("workflow_id", "")),
            "Release": str(bundle.workflow.get("version", "")),
            "SHA-256 of the approved Markdown": bundle.report_sha256,
        }

    def sections(self) -> list[tuple[str, list[Block]]]:
        """Return the headings of the report, each with the blocks below it."""
        return [
            (part.heading, blocks_of(part.tokens, self.lead_of, 2 if part.heading else 1))
            for part in self.manuscript.sections
        ]

    def page(self) -> str:
        """Return the report as a page that needs nothing else, and no script."""
        from galley.pages import ENVIRONMENT

        def lead(cited: Citation) -> dict[str, str]:
            anchor = self.lead_of(cited)
            known = {"id": f"cited-{cited.place}", "aria-label": f"Source {cited.number}"}
            if anchor.count("-") > 1:  # a passage, which opens where it is cited
                known["aria-label"] += ": show the passage"
                return {"type": "button", "popovertarget": anchor, **known}
            return {"href": f"#{anchor}", **known}

        sections = enumerate(self.manuscript.sections, start=1)
        parts = [(f"section-{place}", part.heading, part.html(lead)) for place, part in sections]
        return ENVIRONMENT.get_template("report.html").render(report=self, parts=parts)


def make(name: str, bundle: Bundle) -> bytes:
    """Return one of a report's files."""
    return MAKERS[name](bundle)


def _markdown(bundle: Bundle) -> bytes:
    return bundle.report.encode("utf-8")


def _page(bundle: Bundle) -> bytes:
    return Report(bundle).page().encode("utf-8")


def _pdf(bundle: Bundle) -> bytes:
    from galley.reports import pdf

    return pdf.make(Report(bundle))


def _word(bundle: Bundle) -> bytes:
    from galley.reports import word

    return word.make(Report(bundle))


MAKERS: dict[str, Callable[[Bundle], bytes]] = {
    MARKDOWN: _markdown,
    PAGE: _page,
    PDF: _pdf,
    WORD: _word,
}

if __name__ == "__main__":  # in a process of its own: galley.reports.exports
    sys.stdout.buffer.write(make(sys.argv[1], Bundle.from_bytes(sys.stdin.buffer.read())))
