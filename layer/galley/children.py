"""Processes that read what others wrote, and so are given no credentials."""

import os
import sys

_NEEDED = ("LD_LIBRARY_PATH",)  # by Lambda's Python, to start at all


def environment() -> dict[str, str]:
    """Return a child's whole environment: where its modules lie, and nothing of the function's."""
    # The function's folder, the layer and the libraries, wherever they are here.
    paths = os.pathsep.join(path for path in sys.path if path)
    kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    return {"PYTHONPATH": paths, **kept}


def error_of(stderr: bytes) -> str:
    """Return which error a child has died of: its last line names it, and text may follow."""
    last = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return last.partition(":")[0][:200]
