"""
A mind for load: right replies at once, each with the marker of the workflow that it is for.

The marker stands in the workflow's topic and nowhere else, so that whatever holds another's marker
has been mixed up on its way.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from galley.prompts import fenced_values

from galley_local.extractive import UseTool

MARKER = re.compile(r"marker-\d{4}")
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{20,200}\.")


class MarkedMind:
    """Answers every role from its prompt, after a while, and counts summaries under way."""

    def __init__(self, seconds: float = 0) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._now: Counter[str] = Counter()  # summaries, by marker
        self.most_of_one_workflow = 0
        self.most_of_all = 0

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return the reply of a role, marked."""
        values = fenced_values(prompt)
        marker = MARKER.findall(values["topic"])[0]
        if role == "search":
            return _search(marker, values, use_tool)
        if role == "summary":
            with self._counted(marker):
                time.sleep(self._seconds)
                return self._summary(marker, values)
        time.sleep(self._seconds)
        return _draft(marker, values)

    def _summary(self, marker: str, values: dict[str, Any]) -> str:
        quote = next(iter(_SENTENCE.findall(values["source"]["text"])), "")
        return json.dumps({"claims": [{"text": f"{marker}: {quote}", "quote": quote}]})

    @contextmanager
    def _counted(self, marker: str) -> Iterator[None]:
        with self._lock:
            self._now[marker] += 1
            self.most_of_one_workflow = max(self.most_of_one_workflow, self._now[marker])
            self.most_of_all = max(self.most_of_all, self._now.total())
        try:
            yield
        finally:
            with self._lock:
                self._now[marker] -= 1


def _search(marker: str, values: dict[str, Any], use_tool: UseTool) -> str:
    found = json.loads(use_tool("search_knowledge_base", {"queries": values["topic"]}))
    chosen = found[: int(values["max_sources"])]
    reason = f"for {marker}"
    return json.dumps(
        {"sources": [{"source_id": each["source_id"], "reason": reason} for each in chosen]}
    )


def _draft(marker: str, values: dict[str, Any]) -> str:
    said = [
        f"{claim['text']} [{source['number']}]"
        for source in values["sources"]
        for claim in source["claims"]
    ]
    return "\n\n".join([f"# Stations, {marker}", "## Summary", said[0], "## Stations", *said])
