"""
The laptop stacks that run now: `galley up` leaves a file for each, and takes it away at its end.

    $XDG_STATE_HOME/galley/stacks/{pid}.json   {"url": …, "pid": …, "started": …}

A process that was killed leaves its file; whoever finds that nobody is there takes it away.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """One laptop stack: where it answers, which process it is, since when."""

    url: str
    pid: int
    started: str

    @property
    def is_alive(self) -> bool:
        """Whether the process is there; another may have its number by now."""
        try:
            os.kill(self.pid, 0)
        except (ProcessLookupError, PermissionError, OverflowError):
            return False
        return True

    def forget(self) -> None:
        """Take the file away."""
        with suppress(OSError):
            _file(self.pid).unlink()

    def __str__(self) -> str:
        """Say which one it is."""
        return f"{self.url} (process {self.pid}, since {self.started})"


@contextmanager
def announced(url: str) -> Iterator[None]:
    """Let other commands find the stack of this process, until it ends."""
    started = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    stack = Running(url, os.getpid(), started)
    path = _file(stack.pid)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(stack), file)
    except OSError:
        pass  # a home that cannot be written: `--url` finds it all the same
    try:
        yield
    finally:
        stack.forget()


def known() -> list[Running]:
    """Return the stacks that have left a file, dead or alive, by their start."""
    found = []
    for path in _folder().glob("*.json"):
        try:
            said = json.loads(path.read_text("utf-8"))
            found.append(Running(str(said["url"]), int(said["pid"]), str(said["started"])))
        except (OSError, ValueError, TypeError, LookupError):
            continue  # not a file of ours, or one that is being written
    return sorted(found, key=lambda each: each.started)


def _folder() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "galley" / "stacks"


def _file(pid: int) -> Path:
    return _folder() / f"{pid}.json"
