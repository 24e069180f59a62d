"""
The largest memory of a process tree, sampled.

Memory is the sum of proportional set sizes (PSS), so that pages which workers share with the
process that they were forked from count once; it is read from Linux' /proc, and is 0 elsewhere.
"""

import threading
from pathlib import Path

SAMPLE_SECONDS = 2.0


def megabytes_now(pid: int) -> float:
    """Return the memory of a process and those below it."""
    return sum(map(_pss_kilobytes, _tree(pid))) / 1024


class Peak:
    """The peak so far of a process and those below it, until it is gone or this is closed."""

    def __init__(self, pid: int, sample_seconds: float = SAMPLE_SECONDS) -> None:
        self._pid = pid
        self._seconds = sample_seconds
        self._kilobytes = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def megabytes(self) -> float:
        """Stop sampling and return the peak."""
        self._is_over.set()
        self._thread.join()
        return self._kilobytes / 1024

    def _watch(self) -> None:
        while (pss := sum(map(_pss_kilobytes, _tree(self._pid)))) and not self._is_over.is_set():
            self._kilobytes = max(self._kilobytes, pss)
            self._is_over.wait(self._seconds)


def _tree(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _tree(int(child)))]


def _pss_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
