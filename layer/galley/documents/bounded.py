"""
Documents whose readers may crash, hang or grow: read in a process of their own, within bounds.

PDF is read by native code, DOCX may unpack to anything, and pages may nest it without end. What
happens to such a process happens to one document, which becomes a gap: not to the run, nor to the
worker that reads it. The process has no credentials, because its environment is
`galley.children`'s. Run as `python -m galley.documents.bounded .pdf`: a document comes in, JSON
goes out.
"""

import json
import logging
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict

from galley import children
from galley.documents.model import Document, UnreadableDocumentError

SECONDS = 20
MEMORY_BYTES = 600_000_000  # of addresses: ten times an ordinary manual's

# Below the functions' logger, where there is one: a laptop has none.
logger = logging.getLogger(__name__)


def read_bounded(suffix: str, data: bytes) -> Document:
    """Return the document in `data`; whatever its reader does ends as `UnreadableDocumentError`."""
    command = [sys.executable, "-B", "-S", "-m", "galley.documents.bounded", suffix]
    try:
        done = subprocess.run(  # noqa: S603  # this very module
            command,
            input=data,
            env=children.environment(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"it takes longer than {SECONDS} seconds to read"
        raise UnreadableDocumentError(message) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        died_of = children.error_of(done.stderr)
        logger.warning("a reader ended with %s: %s", done.returncode, died_of)
        raise UnreadableDocumentError("damaged: its reader crashed") from error
    if why := answer.get("unreadable"):
        raise UnreadableDocumentError(why)
    return Document(**answer)


def _answer(suffix: str, data: bytes) -> dict[str, object]:
    try:
        if suffix == ".pdf":
            from galley.documents.pdf import read
        elif suffix == ".html":
            from galley.documents.html import read
        else:
            from galley.documents.docx import read
        return asdict(read(data))
    except UnreadableDocumentError as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"unreadable": "it takes too much memory to read"}
    except Exception as error:  # noqa: BLE001  # a document can break its reader in any way
        return {"unreadable": f"damaged ({type(error).__name__})"}


def _limit() -> None:
    import resource

    # Not every system takes every limit; the time that the other side waits is one more.
    for kind, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, SECONDS)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    _limit()
    print(json.dumps(_answer(sys.argv[1], sys.stdin.buffer.read())))  # noqa: T201  # the answer
