"""How long processors have worked for a process and those below it, read from Linux' /proc."""

import os
import threading
from pathlib import Path
from typing import Self

from galley_local.memory import tree

TICKS = os.sysconf("SC_CLK_TCK")  # in a second
SAMPLE_SECONDS = 0.2
_FIRST, _COUNT = (
    11,
    4,
)  # of the fields after a process's name: its own time, and its ended children's


def seconds_of(pid: int) -> float:
    """Return the seconds so far, those of children that have ended included."""
    return sum(map(_ticks, tree(pid))) / TICKS


class Worked:
    """The same while something runs, sampled: of a fork server's children nobody keeps the time."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ticks: dict[int, int] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._before = self._total()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._look()
        self.seconds = self._total() - self._before

    def _watch(self) -> None:
        while not self._is_over.wait(SAMPLE_SECONDS):
            self._look()

    def _look(self) -> None:
        self._ticks |= {pid: ticks for pid in tree(self._pid) if (ticks := _ticks(pid))}

    def _total(self) -> float:
        return sum(self._ticks.values()) / TICKS


def _ticks(pid: int) -> int:
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0  # it has ended meanwhile
    fields = line.rpartition(")")[2].split()
    return sum(map(int, fields[_FIRST : _FIRST + _COUNT]))
