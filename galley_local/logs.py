"""
CloudWatch Logs of a stack: what its functions write, in the log group that the template names.

The lines lie in a file for each function; they are put into the group when somebody reads it, so
that writing a line costs a function no more than that.
"""

import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.logs.models import logs_backends

from galley_local.clients import ACCOUNT_ID, REGION

MOST_IN_A_BATCH = 10_000  # PutLogEvents' own limit


class FunctionLogs:
    """The log streams of functions, one for each, as far as they have been put into the group."""

    def __init__(self, folder: Path, group: str) -> None:
        self._folder = folder
        self._group = group
        self._streams: dict[str, str] = {}  # by the file's name
        self._read: dict[str, int] = {}  # bytes
        self._lock = threading.Lock()

    def catch_up(self, names: Mapping[str, Any]) -> None:
        """Put what functions of these names have written since the last time."""
        with self._lock:
            for name in names:
                self._put(name)

    def _put(self, name: str) -> None:
        path = self._folder / f"{name}.log"
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(self._read.get(name, 0))
            # a line that is being written is for the next time
            whole, _, _ = file.read().rpartition(b"\n")
        if not whole:
            return
        self._read[name] = self._read.get(name, 0) + len(whole) + 1
        backend: Any = logs_backends[ACCOUNT_ID][REGION]
        if name not in self._streams:
            today = datetime.now(UTC).strftime("%Y/%m/%d")
            self._streams[name] = f"{today}/{name}[$LATEST]{uuid.uuid4().hex}"
            backend.create_log_stream(self._group, self._streams[name])
        # of several environments, whose lines come as they are written
        events = sorted(
            log_events(whole.decode("utf-8", "replace")), key=lambda each: each["timestamp"]
        )
        for start in range(0, len(events), MOST_IN_A_BATCH):
            batch = events[start : start + MOST_IN_A_BATCH]
            backend.put_log_events(self._group, self._streams[name], batch)


def log_events(text: str) -> Iterator[dict[str, Any]]:
    """Yield what PutLogEvents takes: each line of JSON, and what else stands between two."""
    at, other = _milliseconds(datetime.now(UTC)), list[str]()
    for line in text.splitlines():
        record = _record(line)
        if record is None:
            other.append(line)  # a traceback is one event, as Lambda has it
            continue
        if other:
            yield {"timestamp": at, "message": "\n".join(other)}
            other.clear()
        at = _time_of(record, at)
        yield {"timestamp": at, "message": line}
    if other:
        yield {"timestamp": at, "message": "\n".join(other)}


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _time_of(record: Mapping[str, Any], before: int) -> int:
    """Return when a line was written; what says nothing of it came right after the one before."""
    metrics = record.get("_aws")
    if isinstance(metrics, dict) and isinstance(metrics.get("Timestamp"), int):
        return int(metrics["Timestamp"])
    try:
        return _milliseconds(datetime.fromisoformat(str(record["timestamp"])))
    except (KeyError, ValueError):
        return before


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
