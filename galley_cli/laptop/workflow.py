"""One workflow from start to end: started, watched, decided on, its files fetched."""

import json
import shutil
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galley.errors import message_in
from rich.console import Console

from galley_cli.history import History
from galley_cli.laptop.plan import Plan
from galley_cli.laptop.result import Result
from galley_cli.view import LiveView
from galley_local.corpus import Corpus
from galley_local.faults.faults import holder_of
from galley_local.reviewer import SETTLED, review
from galley_local.web import Web

if TYPE_CHECKING:
    from galley_local.stack import Stack

POLL_SECONDS = 0.1
WAIT_SECONDS = 0.5
ANSWERS = 5  # times that a decision is sent, where something goes wrong with it


def run_plan(plan: Plan, folder: Path, console: Console) -> Result:
    """Run a plan over a folder of documents, on a stack of its own."""
    from galley_local.stack import Stack  # two seconds: after the input is checked

    started = time.monotonic()
    corpus = Corpus.read(folder)
    web = Web.of_this_machine() if plan.web else None
    with LiveView(console, plan.request.topic) as view:
        view.note(f"starting the stack on this machine, with {len(corpus.documents)} documents")
        with (
            Stack(corpus, sign_in=plan.sign_in, web=web, **_agents_of(plan)) as stack,
            stack.faults.during(*plan.faults) as happened,
        ):
            _check_holders(stack, plan)
            view.serving(stack.url)
            result = _Run(plan, stack, view, started).to_its_end()
    result.faults = {str(fault): happened.get(fault, 0) for fault in plan.faults}
    result.left_out = corpus.left_out
    return result


def _agents_of(plan: Plan) -> dict[str, Any]:
    """Return what a stack is given so that the plan's backend and model think, if it has any."""
    parameters = {"AgentBackend": plan.backend} if plan.backend else {}
    if plan.model is None:
        return {"parameters": parameters}
    from galley_local.model.mind import ModelMind  # a second: only who wants a model waits for it

    # Ollama answers one after the other, and who waits in its line would time out.
    if plan.model.is_ollama:
        parameters["SummaryConcurrency"] = "1"
    return {"mind": ModelMind(plan.model), "parameters": parameters}


def _check_holders(stack: "Stack", plan: Plan) -> None:
    holders = {holder_of(each) for each in stack.permissions.statements} - {""}
    for fault in plan.faults:
        fault.check(holders)


class _Run:
    def __init__(self, plan: Plan, stack: "Stack", view: LiveView, started: float) -> None:
        self.plan = plan
        self.stack = stack
        self.view = view
        self.started = started
        self.history = History()
        self.decided = 0
        self.waits = False  # for a person, from now on
        self.denied = 0  # calls, by the time that the reviewer was asked
        self.stopped: dict[str, str] | None = None  # why, if it was
        self._s3 = stack.client("s3")
        self._step_functions = stack.client("stepfunctions")

    def to_its_end(self) -> Result:
        plan = self.plan
        execution = self.stack.start(plan.event(), name=plan.request.workflow_id)
        while True:
            status = self._step_functions.describe_execution(executionArn=execution)
            self._watch(execution)
            if status["status"] != "RUNNING":
                self.stack.faults.deliver_late()
                return self._result(status)
            if self._cannot_be_answered():
                self._stop(execution)
            self._decide()
            time.sleep(WAIT_SECONDS if self.waits else POLL_SECONDS)

    def _watch(self, execution: str) -> None:
        pages = self._step_functions.get_paginator("get_execution_history")
        for page in pages.paginate(executionArn=execution):
            self.history.read(page["events"])
        for source_id in self.history.sources:
            if source_id not in self.view.titles:
                self.view.titles[source_id] = self._source(source_id)["title"]
        self.view.show(self.history)

    def _decide(self) -> None:
        round_number = self.decided + 1
        links = self._links(round_number)
        if len(links) < len(self.plan.request.reviewers):
            return
        self.denied = len(self.stack.permissions.denials)
        if self.decided < len(self.plan.rejections):
            comment = self.plan.rejections[self.decided]
            self.view.note(f"round {round_number}: rejecting with “{comment}”")
            self._answer(*links[0], "rejected", comment)
        elif self.plan.approve:
            self.view.note(f"round {round_number}: approving")
            for reviewer, link in links:
                self._answer(reviewer, link, "approved")
        else:
            for _, link in links:
                self.view.note(f"round {round_number} waits for you: {link}")
            self.waits = True
        self.decided += 1

    def _answer(self, reviewer: str, link: str, decision: str, comments: str = "") -> None:
        for _ in range(ANSWERS):
            page = review(link, decision, comments, reviewer)
            if page.status in SETTLED or self._is_denied():
                return
            self.view.note(f"the approval API answered {page.status}: sending it again")
            time.sleep(WAIT_SECONDS)
        raise RuntimeError(f"the approval API answered {page.status}")

    def _is_denied(self) -> bool:
        """Tell whether something was denied since the reviewer was asked."""
        return self.denied < len(self.stack.permissions.denials)

    def _cannot_be_answered(self) -> bool:
        """Tell whether the reviewer was asked, and a permission is missing to take the answer."""
        waits = self.history.states and self.history.states[-1].name == "Ask for approval"
        return bool(waits and self.decided and self._is_denied())

    def _stop(self, execution: str) -> None:
        self.stopped = {
            "name": "ApprovalDeniedError",
            "message": "The reviewer's answer cannot be taken, because a permission is missing.",
        }
        self._step_functions.stop_execution(executionArn=execution)

    def _links(self, round_number: int) -> list[tuple[str, str]]:
        """Return who was mailed which link."""
        # By its beginning, because the topic stands in the mail too, and may hold a link.
        path = f"{self.stack.url}/approvals/{self.plan.request.workflow_id}/{round_number}?"
        mailed = (
            (mail.to[0], link)
            for mail in self.stack.mailbox.mails()
            for link in mail.links
            if link.startswith(path)
        )
        return list(dict.fromkeys(mailed))

    def _result(self, status: dict[str, Any]) -> Result:
        published = status["status"] == "SUCCEEDED"
        error = self.stopped
        if not published and error is None:
            error = {
                "name": status.get("error", ""),
                "message": message_in(status.get("cause", "")),
            }
        return Result(
            plan=self.plan,
            history=self.history,
            status="PUBLISHED" if published else status["status"],
            error=error,
            rounds=self.decided,
            sources=[self._source(each.source_id) for each in self._sources("done")],
            gaps=[
                {**self._source(each.source_id), "gap": each.gap} for each in self._sources("gap")
            ],
            files=self._fetch(json.loads(status["output"])["files"] if published else []),
            seconds=time.monotonic() - self.started,
            denials=list(self.stack.permissions.denials),
            cost_usd=self._cost(),
            partial=json.loads(status["output"])["partial"] if published else False,
        )

    def _cost(self) -> Decimal:
        key = {"pk": {"S": f"LEDGER#{self.plan.request.workflow_id}"}, "sk": {"S": "COST"}}
        table = self.stack.outputs["TableName"]
        found = self.stack.client("dynamodb").get_item(TableName=table, Key=key)
        return Decimal(found.get("Item", {}).get("usd", {}).get("N", 0))

    def _sources(self, status: str) -> list[Any]:
        return [source for source in self.history.sources.values() if source.status == status]

    def _source(self, source_id: str) -> dict[str, Any]:
        source = json.loads(self._read(f"sources/{source_id}.json"))
        return {name: source[name] for name in ("source_id", "title", "uri", "reason")}

    def _read(self, name: str) -> bytes:
        request = self.plan.request
        key = f"{request.tenant}/{request.workflow_id}/{name}"
        found = self._s3.get_object(Bucket=self.stack.outputs["ArtifactsBucket"], Key=key)
        return bytes(found["Body"].read())

    def _fetch(self, published: list[str]) -> list[Path]:
        """Put the published files into the folder; after a failure, the last draft and the logs."""
        if published:
            names = {f"published/{name}": name for name in published}
        else:
            rounds = range(1, self.decided + 1)
            names = {f"drafts/{number}.md": f"draft-{number}.md" for number in rounds}
        files = []
        for key, name in names.items():
            files.append(self.plan.folder / name)
            files[-1].write_bytes(self._read(key))
        if not published:
            files.append(self.plan.folder / "logs")
            shutil.copytree(self.stack.work, files[-1])
        return files
