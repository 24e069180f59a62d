"""
Reports as PDF, set by Typst: tagged for screen readers, with an outline, links and its own fonts.

The template is ours and the report is data that it is given as JSON: no text of a report is ever
read as Typst's markup. The template opens no file and no package.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import typst

from galley.pages import TEMPLATES
from galley.reports.evidence import Evidence, Quoted, Use

if TYPE_CHECKING:
    from galley.reports.report import Report

ACCESSIBLE: Literal["ua-1"] = "ua-1"  # which no character without a glyph is
NO_GLYPH = "□"
NOTE = f"Characters that these fonts do not have are shown as {NO_GLYPH}; the page has all of them."
MOST_MISSING = 0.1  # of a report's characters: with more, a PDF would be of no use
MOST_PROBES = 100
_PROBE = b'#set document(title: "Probe")\n#set text(font: "Libertinus Serif")\n#sys.inputs.text'
_REFUSED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_PLAIN = frozenset(map(chr, range(0x20, 0x7F)))


class NoGlyphsError(ValueError):
    """Too much of a report is in a script that the fonts do not have."""


def make(report: "Report") -> bytes:
    """Return the report as PDF; the same report gives the same bytes."""
    data = data_of(report)
    text = "".join(_texts(data))
    missing = _without_glyphs(set(text) - _PLAIN)
    if sum(map(text.count, missing)) > MOST_MISSING * len(text):
        raise NoGlyphsError("too much of it is in a script that the fonts do not have")
    if missing:
        data = _replaced(data | {"note": NOTE}, dict.fromkeys(map(ord, missing), NO_GLYPH))
    text = json.dumps(data, ensure_ascii=False)
    return _compiled((TEMPLATES / "report.typ").read_bytes(), report=text)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)


def _replaced(data: Any, signs: Mapping[int, str]) -> Any:
    if isinstance(data, dict):
        return {name: _replaced(each, signs) for name, each in data.items()}
    if isinstance(data, list):
        return [_replaced(each, signs) for each in data]
    return data.translate(signs) if isinstance(data, str) else data


def _compiled(template: bytes, **inputs: str) -> bytes:
    compiler = typst.Compiler(template, root=TEMPLATES, ignore_system_fonts=True, sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards=ACCESSIBLE)
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def _without_glyphs(characters: set[str]) -> set[str]:
    """Return which characters the fonts do not have; Typst names one at a time."""
    left = set(characters)
    for _ in range(MOST_PROBES):
        try:
            _compiled(_PROBE, text=" ".join(sorted(left)))
        except typst.TypstError as error:
            refused = _REFUSED.search(error.message)
            if not refused:
                raise
            first = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), refused[1])[0]
            gone = {each for each in left if _script(each) == _script(first)} | {first}
            if not gone & left:
                raise
            left -= gone
        else:
            break
    return characters - left


def _script(character: str) -> str:
    """Return what letters without case share with others of their script; of all else, itself."""
    is_letter = unicodedata.category(character) == "Lo"
    return unicodedata.name(character, character).split()[0] if is_letter else character


def data_of(report: "Report") -> dict[str, Any]:
    """Return what the template is given."""
    when = datetime.fromisoformat(report.bundle.decided_at)
    return {
        "title": report.title,
        "approved": report.bundle.approved,
        "note": "",
        "date": [when.year, when.month, when.day],
        "facts": [[name, value] for name, value in report.facts.items() if value],
        "sections": [
            {"heading": heading, "blocks": blocks} for heading, blocks in report.sections()
        ],
        "sources": [_source(each) for each in report.evidence],
    }


def _source(source: Evidence) -> dict[str, Any]:
    return {
        "number": source.number,
        "anchor": source.anchor,
        "title": source.title,
        "name": source.name,
        "link": source.link,
        "left_out": source.reading,
        "uses": _uses(source.uses),
        "quotes": [_quoted(each) for each in source.quotes],
    }


def _quoted(quoted: Quoted) -> dict[str, Any]:
    before, quote, after = quoted.passage
    return {
        "anchor": quoted.anchor,
        "claim": quoted.claim,
        "before": before,
        "quote": quote,
        "after": after,
        "note": quoted.note,
        "uses": _uses(quoted.uses),
    }


def _uses(uses: list[Use]) -> list[dict[str, str]]:
    return [{"anchor": use.anchor, "section": use.section or "the opening"} for use in uses]
