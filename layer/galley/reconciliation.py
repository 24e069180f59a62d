"""What got stuck between two steps: what can be mended safely, and what a person has to see."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from galley.approval.approvals import Approvals
from galley.ends import End, close
from galley.errors import GalleyError
from galley.executions import Executions
from galley.mail.outbox import Outbox
from galley.telemetry import logger, measure
from galley.workflows import WAITING, Workflows

SETTLED = timedelta(minutes=10)  # after which an end has been announced, if ever
# Longer than the states before, with every attempt used up, may take (tests/unit/test_docs.py).
REGISTERED = timedelta(hours=2)
LATE_SECONDS = 6 * 3600
_ENDED = {"FAILED", "TIMED_OUT", "ABORTED"}


@dataclass
class Reconciliation:
    """One look at everything that is open."""

    workflows: Workflows
    executions: Executions
    approvals: Approvals
    outbox: Outbox
    mended: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    failed: list[GalleyError] = field(default_factory=list)
    longest_wait: timedelta = timedelta()  # of the drafts that reviewers have not decided on

    def run(self) -> dict[str, list[str]]:
        """Compare records with executions; return what was mended and what was reported."""
        running = self.executions.running()  # first: a record that is younger is looked up
        known = set()
        for record in self.workflows.open_records():
            known.add(record["execution"])
            if record["execution"] in running:
                self._try(self._look_at_waiting, record)
            elif _is_older(SETTLED, datetime.fromisoformat(record["started_at"])):
                self._try(self._look_at_ended, record)
        for arn, started in running.items():
            if arn not in known and _is_older(REGISTERED, started):
                self._try(self._look_at_unknown, arn)
        measure({}, OldestWaitingSeconds=self.longest_wait.total_seconds())
        if self.failed:
            raise self.failed[0]  # so that it is tried again, and heard of
        return {"mended": self.mended, "reported": self.reported}

    def _try(self, look: Callable[[Any], None], about: Any) -> None:
        """Look at one thing; what fails keeps nobody from looking at the others."""
        ids = ("workflow_id", "tenant") if isinstance(about, dict) else ()
        with logger.append_context_keys(**{name: about[name] for name in ids}):
            try:
                look(about)
            except GalleyError as error:
                logger.exception("one of those that are open could not be looked at")
                self.failed.append(error)

    def _look_at_waiting(self, record: dict[str, Any]) -> None:
        if record["status"] != WAITING:
            return
        workflow_id, round_number = record["workflow_id"], int(record["round"])
        approval = self.workflows.find_approval(workflow_id, round_number)
        if approval and approval.deciding and not approval.told_at:
            if self.approvals.tell(approval):
                self._mend(workflow_id, "told of a decision that was written and never sent")
            return
        since = datetime.fromisoformat((approval and approval.asked_at) or record["started_at"])
        self.longest_wait = max(self.longest_wait, datetime.now(UTC) - since)
        if approval and approval.expires_at + LATE_SECONDS < time.time():
            self._report(workflow_id, record["execution"], "waits past its deadline")

    def _look_at_ended(self, record: dict[str, Any]) -> None:
        workflow_id, arn = record["workflow_id"], record["execution"]
        execution = self.executions.find(arn)
        if execution is None:
            self._report(workflow_id, arn, "has a record and no execution")
        elif execution["status"] in _ENDED:
            close(End.from_execution(execution), self.workflows, self.outbox)
            self._mend(workflow_id, f"recorded as {execution['status']}")
        elif execution["status"] == "SUCCEEDED":
            self._report(workflow_id, arn, "has succeeded and is not recorded as published")

    def _look_at_unknown(self, arn: str) -> None:
        execution = self.executions.find(arn)
        if execution is None or execution["status"] != "RUNNING":
            return
        workflow_id = End.from_execution({**execution, "status": "ABORTED"}).workflow_id
        if self.workflows.find(workflow_id) is None:
            self._report(workflow_id, arn, "runs without a record")

    def _mend(self, workflow_id: str, what: str) -> None:
        logger.warning("mended: %s %s", workflow_id, what, workflow_id=workflow_id)
        self.mended.append(f"{workflow_id} {what}")

    def _report(self, workflow_id: str, arn: str, what: str) -> None:
        logger.error("needs a person: %s %s", workflow_id, what, workflow_id=workflow_id)
        detail = {"workflow_id": workflow_id, "execution": arn, "finding": what}
        self.outbox.announce("Attention needed", detail, workflow_id, arn, what)
        self.reported.append(f"{workflow_id} {what}")


def _is_older(age: timedelta, since: datetime) -> bool:
    return since < datetime.now(UTC) - age
