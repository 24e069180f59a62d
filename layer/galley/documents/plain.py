"""Markdown and plain text: kept as they are, whatever the encoding that they were written in."""

import codecs
import re

from galley.documents.model import Document

LONGEST_TITLE_CHARACTERS = 120  # of a line that is not marked as one
LONGEST_HEADING_CHARACTERS = 200

_TITLE_LINE = re.compile(r"^(?:#{1,2}|=)\s+(.+?)\s*#*$")  # Markdown, AsciiDoc
_RULE_LINE = re.compile(r"^\s*[=\-~*#_]{3,}\s*$")

_MARKS = {  # longest first: UTF-32's mark begins with UTF-16's
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Text that is mostly outside of ASCII is in an alphabet of its own, which tells the encoding.
_FOREIGN_SHARE = 0.2
_SAMPLE_BYTES = 20_000
_ENCODINGS = [
    "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256",
    "cp932", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_MOST_UNPRINTABLE = 0.1
_MOSTLY_ZERO = 0.3  # of every second byte, in UTF-16 of an alphabet


def read(text: str) -> Document:
    """Return a text under its title: a heading near the top, or a first line like one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if title := heading_in(text):
        return Document(title, text)
    first = next((line.strip() for line in text.splitlines() if not _RULE_LINE.match(line)), "")
    # A first line that ends like a sentence is prose, not a title.
    is_title = 0 < len(first) <= LONGEST_TITLE_CHARACTERS and first[-1] not in ".,;:"
    return Document(first if is_title else "", text)


def heading_in(text: str) -> str:
    """Return the first heading near the top of a Markdown text, or nothing."""
    for line in text.splitlines()[:12]:
        if heading := _TITLE_LINE.match(line[:LONGEST_HEADING_CHARACTERS]):
            return heading[1]
    return ""


def has_mark(data: bytes) -> bool:
    """Tell whether bytes begin with a mark that names their encoding."""
    return data.startswith(tuple(_MARKS))


def decoded(data: bytes) -> str | None:
    """Return what bytes say, or None where they are no text."""
    text = _decoded(data)
    if len(_UNPRINTABLE.findall(text)) > _MOST_UNPRINTABLE * len(text) or "\x00" in text:
        return None
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\x00" in data:
        return data.decode(_utf_16_of(data), errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Windows-1252 is what "plain text" in an unknown encoding most often is; its five
        # unassigned bytes become U+FFFD instead of an error.
        return data.decode(_foreign_encoding_of(data) or "cp1252", errors="replace")


def _utf_16_of(data: bytes) -> str:
    """Return which UTF-16 without a mark has its zeros where these bytes have them."""
    sample = data[:_SAMPLE_BYTES]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = sample[start::2].count(0), sample[1 - start :: 2].count(0)
        if not others and zeros > _MOSTLY_ZERO * len(sample) / 2:
            return encoding
    return "utf-8"


def _foreign_encoding_of(data: bytes) -> str | None:
    sample = data[:_SAMPLE_BYTES]
    if sum(byte > 127 for byte in sample) < _FOREIGN_SHARE * len(sample):  # noqa: PLR2004  # ASCII
        return None
    # It comes with the library that reads HTML.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_ENCODINGS).best()
    return best.encoding if best else None
