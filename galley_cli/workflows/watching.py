"""`galley watch`: follows a workflow, changing nothing; its exit code says how it ended."""

import json
import sys
import time
from contextlib import suppress

import typer
from botocore.exceptions import ClientError
from rich.console import Console

from galley_cli.exits import Exit
from galley_cli.history import History
from galley_cli.target import ProfileOption, RegionOption, StackOption, Target, UrlOption
from galley_cli.view import LiveView
from galley_cli.workflows.options import JsonOption, WorkflowArgument, on_stack, print_json
from galley_cli.workflows.reader import Reader
from galley_cli.workflows.seen import Workflow
from galley_cli.workflows.words import moment

LAPTOP_SECONDS, AWS_SECONDS, WAITING_SECONDS = 0.3, 2.0, 5.0  # between two looks
WAITING = {"Ask for approval", "Remind reviewers"}


def watch(  # noqa: PLR0913, PLR0917  # one parameter per option
    workflow: WorkflowArgument,
    as_json: JsonOption = False,
    stack: StackOption = "",
    url: UrlOption = "",
    profile: ProfileOption = "",
    region: RegionOption = "",
) -> None:
    """Follow a workflow to its end; Ctrl-C leaves it alone. Exits with 1 if it does not publish."""
    with on_stack(stack, url, profile, region) as target:
        watch_to_its_end(target, workflow, as_json=as_json)


def watch_to_its_end(target: Target, workflow_id: str, *, as_json: bool, topic: str = "") -> None:
    """Follow a workflow, print how it ended, and exit by that."""
    from galley_cli.workflows.page import show_end
    from galley_cli.workflows.steps import next_steps

    console = Console(stderr=True, quiet=as_json and not sys.stderr.isatty())
    try:
        seen = _followed(target, workflow_id, topic, console)
    except KeyboardInterrupt:
        console.print(
            f"{workflow_id} goes on; `galley watch {workflow_id}` follows it again",
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(Exit.INTERRUPTED) from None
    if as_json:
        print_json(seen.to_json() | {"next": next_steps(seen)})
    else:
        show_end(seen, Console())
    raise typer.Exit(Exit.PUBLISHED if seen.status in {"PUBLISHED", "SUCCEEDED"} else Exit.FAILED)


def _followed(target: Target, workflow_id: str, topic: str, console: Console) -> Workflow:
    seen = Reader(target).read(workflow_id)
    if not seen.is_open or not seen.execution:
        return seen
    with LiveView(console, seen.topic or topic or workflow_id) as view:
        return _Follower(target, seen, view).to_its_end()


class _Follower:
    def __init__(self, target: Target, seen: Workflow, view: LiveView) -> None:
        self.reader = Reader(target)
        self.seen = seen
        self.view = view
        self.history = History()
        self.told = 0  # the last round of which it was said who is asked
        self.waits = False

    def to_its_end(self) -> Workflow:
        before: tuple[str, ...] = ()
        while True:
            now = self._how_it_is()
            # a wait takes days, in which a history would be read again and again for nothing
            if now != before or not self.waits:
                self._look()
            before = now
            self.view.show(self.history)
            if now[0] != "RUNNING":
                return self.reader.read(self.seen.workflow_id)
            time.sleep(self._pause())

    def _how_it_is(self) -> tuple[str, ...]:
        """Return what changes when a wait is over: of the execution, and of the record."""
        execution = self.reader.executions.find(self.seen.execution, with_data=False) or {}
        record = self.reader.table.record(self.seen.workflow_id) or {}
        said = (record.get("status", ""), record.get("round", ""))
        return execution.get("status", ""), *map(str, said)

    def _look(self) -> None:
        self.reader.executions.history(self.seen.execution, self.history)
        self._name_sources()
        self.waits = bool(self.history.states) and self.history.states[-1].name in WAITING
        if self.waits:
            self._say_who_is_asked()

    def _pause(self) -> float:
        if self.reader.target.is_laptop:
            return LAPTOP_SECONDS
        return WAITING_SECONDS if self.waits else AWS_SECONDS

    def _say_who_is_asked(self) -> None:
        waiting = self.reader.read(self.seen.workflow_id).waiting
        if waiting and waiting.number > self.told:
            self.told = waiting.number
            asked, until = ", ".join(waiting.silent), moment(waiting.expires_at)
            self.view.note(f"round {waiting.number} waits for {asked}, until {until} UTC")

    def _name_sources(self) -> None:
        if self.history.sources and not self.seen.tenant:  # it was not registered yet
            self.seen = self.reader.read(self.seen.workflow_id)
        for source_id in self.history.sources:
            if source_id not in self.view.titles:
                with suppress(ClientError, ValueError, LookupError):
                    source = self.reader.content(self.seen, f"sources/{source_id}.json")
                    self.view.titles[source_id] = json.loads(source)["title"]
