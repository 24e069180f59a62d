"""Runs cases on a target: puts what a case needs, asks, reads what was kept, and grades it."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from galley.errors import GalleyError

from galley_local.evals.cases import Entry
from galley_local.evals.library import Library
from galley_local.evals.role import grade
from galley_local.evals.target import NotRunError, Target

WHOLE = "whole case"  # every grader at once


@dataclass(frozen=True)
class Result:
    """What came of a case: the problems that each grader has with it, or why it was not run."""

    entry: Entry
    grades: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    call: dict[str, Any] = field(default_factory=dict)
    not_run: str = ""
    shown: str = ""  # the reply, for a person who wonders about a grade

    @property
    def passed(self) -> dict[str, bool]:
        """Whether it passed, for each grader that was asked, and for all of them."""
        passed = {name: not problems for name, problems in self.grades.items()}
        return {WHOLE: all(passed.values()), **passed} if passed else {}


def run_cases(
    entries: Iterable[Entry],
    library: Library,
    target: Target,
    note: Callable[[Result], None] = lambda _result: None,
) -> list[Result]:
    """Return the results of cases, in their order; each is noted when it comes."""
    with ThreadPoolExecutor(target.side_by_side) as pool:
        coming = [pool.submit(_run, entry, library, target) for entry in entries]
        try:
            for each in as_completed(coming):
                note(each.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        return [each.result() for each in coming]


def _run(entry: Entry, library: Library, target: Target) -> Result:
    role, started = entry.role, time.monotonic()
    place = target.place(role.name, entry.name)
    try:
        event = role.put(entry.case, library, place)
        answer, outcome = target.invoke(role.function, event)
        outcome = role.read(answer, outcome, place)
    except (NotRunError, GalleyError, ClientError, BotoCoreError) as error:
        why = target.why_not(role.name, entry.name) or str(error)
        return Result(entry, not_run=why)
    seconds = round(time.monotonic() - started, 3)
    shown = "" if outcome.reply is None else role.show(outcome.reply)
    grades = grade(role, entry.case, outcome)
    return Result(entry, grades, seconds, dict(outcome.call), shown=shown)
