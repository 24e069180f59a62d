"""Drafts on their way through the citation gate: those that were returned, and what is kept."""

from collections.abc import Mapping
from typing import Any

from galley.artifacts import Artifacts, sha256
from galley.citations.findings import Checked, Returned
from galley.contracts import Source, Summary
from galley.errors import AgentReplyError, CitationError
from galley.replies import cited_numbers
from galley.reports.markdown import entry_of, with_list_of_sources
from galley.scope import Scope

_LISTS = {"sources", "references", "bibliography"}
MOST_ATTEMPTS = 3  # the first, and two that mend what the gate found


class Gate:
    """
    The citation gate of one round.

    A draft that does not pass is kept with what is wrong, so that the next attempt is told, and so
    that a worker that dies pays for no more than its own call. The state machine makes the
    attempts; `redrives` is how often it was told to begin anew.
    """

    def __init__(
        self, artifacts: Artifacts, scope: Scope, round_number: int, redrives: int
    ) -> None:
        self._artifacts = artifacts
        self._scope = scope
        self._round = round_number
        found = artifacts.list_keys(scope.attempt_key(round_number, ""))
        keys = [scope.attempt_key(round_number, f"{place + 1}.json") for place in range(len(found))]
        self.returned = [artifacts.read(key, Returned) for key in keys]
        if len(self.returned) >= MOST_ATTEMPTS * (1 + redrives):
            raise CitationError(
                f"no draft has passed in {len(keys)} attempts: {self.returned[-1].check.told()}"
            )

    @property
    def item(self) -> str:
        """What the session of this attempt is named after: its prompt holds all that it needs."""
        return f"{self._round}.{len(self.returned) + 1}" if self.returned else str(self._round)

    def offered(self) -> list[dict[str, Any]]:
        """Return the last draft that did not pass, and its problems, for the writer."""
        return [each.offered() for each in self.returned[-1:]]

    def passed(
        self,
        draft: str,
        usable: Mapping[int, Summary],
        given: str,
        agent: Mapping[str, Any],
    ) -> str:
        """
        Return a draft with its list of sources if it passes, or raise `CitationError`.

        `usable` are the sources that it may cite; `given` is what else its writer was told.
        """
        from galley.citations.checking import check  # it reads Markdown: only an attempt needs that

        _refuse_lists_of_its_own(draft)
        claims = {number: each.claims for number, each in usable.items()}
        checked = check(draft, claims, lambda number: self._source(usable[number]), given)
        if checked.failures:
            attempt = len(self.returned) + 1
            key = self._scope.attempt_key(self._round, f"{attempt}.json")
            self._artifacts.keep_first(key, Returned(checked, dict(agent), draft))
            raise CitationError(f"attempt {attempt} at the draft: {checked.told()}")
        whole = with_list_of_sources(draft, usable)
        _refuse_other_lists(whole, draft, usable)
        # Before the draft: where one is found, what the gate has said of it is found as well, and
        # the call that it came of, however many attempts there were side by side.
        key = self._scope.check_key(self._round, sha256(whole.encode("utf-8")))
        self._artifacts.keep_first(key, Checked(checked, dict(agent)))
        return whole

    def _source(self, summary: Summary) -> Source:
        return self._artifacts.read(self._scope.source_key(summary.source_id), Source)


def _refuse_lists_of_its_own(draft: str) -> None:
    from galley.reports.rendering import Manuscript

    headings = Manuscript.from_markdown(draft).headings
    if any(each.strip(" .:*_").casefold() in _LISTS for each in headings):
        raise AgentReplyError("the writer agent's draft brings a list of sources of its own")


def _refuse_other_lists(whole: str, draft: str, usable: Mapping[int, Summary]) -> None:
    """Raise an error unless readers see the list that was added, and all that is cited is in it."""
    from galley.reports.rendering import Manuscript

    manuscript, written = Manuscript.from_markdown(whole), cited_numbers(draft)
    entries = {number: entry_of(each) for number, each in usable.items() if number in written}
    if manuscript.entries != entries or not manuscript.cited <= entries.keys():
        raise AgentReplyError("the writer agent's draft hides its sources, or cites not as [n]")
    if not manuscript.cited:
        raise AgentReplyError("the writer agent's draft cites no source")
