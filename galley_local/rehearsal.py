"""
The sample run, and what it calls: `python -m galley_local.rehearsal` renews `events/`.

It is the request of `events/research.json`: the reviewer reads the first draft, asks for more, and
approves the second.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from galley.prompts import fenced_values

from galley_local.corpus import Corpus
from galley_local.extractive import ExtractiveMind, UseTool
from galley_local.lambdas.function import Function, Outcome
from galley_local.lambdas.service import Lambdas
from galley_local.reviewer import decide, open_link
from galley_local.stack import ROOT, Stack

COMMENT = "More on fog signals."
CORPUS = ROOT / "examples" / "corpus"
EVENTS = ROOT / "events"
LONGEST_WAIT_SECONDS = 60
POLL_SECONDS = 0.05
ONE_BY_ONE = {"SummaryConcurrency": "1"}  # so that the first source is always the same

# What differs from run to run, by its name in an event, and what stands for it in `events/`.
_PLACEHOLDERS: dict[str, Any] = {
    "domainName": "approvals.example.com",
    "domainPrefix": "approvals",
    "expires": "1796025512",
    "expires_at": 1796025512,
    "host": "approvals.example.com",
    "kid": 8 * "0",
    "requestId": "00000000-0000-4000-8000-000000000000",
    "signature": 64 * "0",
    "started_at": "2026-11-23T08:00:00.000000Z",
    "task_token": "a-task-token-of-step-functions",
    "time": "23/Nov/2026:08:00:00 +0000",
    "timeEpoch": 1795420800000,
}


@dataclass(frozen=True)
class Call:
    """What a function was invoked with, and what it answered."""

    event: Any
    answer: Any


class Thorough(ExtractiveMind):
    """Agents that read on in long sources, so that the sample run reaches every tool."""

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return the extractive agent's answer."""
        for passage in fenced_values(prompt).get("source", {}).get("passages", [])[:1]:
            use_tool("read_source", {"start": str(passage["start"])})
        return super().answer(role, prompt, use_tool)


@contextmanager
def recording(lambdas: Lambdas) -> Iterator[dict[str, Call]]:
    """Yield what gets the first call of each function meanwhile, by the function's directory."""
    calls: dict[str, Call] = {}

    def note(function: Function, event: Any, outcome: Outcome) -> None:
        if not outcome.failed:
            calls.setdefault(function.code.name, Call(event, outcome.payload))

    lambdas.observers.append(note)
    try:
        yield calls
    finally:
        lambdas.observers.remove(note)


def rehearse(stack: Stack) -> dict[str, Call]:
    """Play the sample run to its end and return the first call of each function it reaches."""
    request = sample_request()
    with recording(stack.lambdas) as calls:
        open_link(f"{stack.url}/sign-in?{urlencode({'to': '/inbox'})}")
        open_link(f"{stack.url}/inbox")
        execution = stack.start(request, name=request["workflow_id"])
        first = open_link(wait_for_link(stack, request["workflow_id"], 1))
        decide(first, "rejected", COMMENT)
        decide(open_link(wait_for_link(stack, request["workflow_id"], 2)), "approved")
        wait_for_end(stack, execution)
        open_link(wait_for_report(stack, request["workflow_id"]))
    return calls


def sample_request() -> dict[str, Any]:
    """Return the request of the sample run."""
    request: dict[str, Any] = json.loads((EVENTS / "research.json").read_text(encoding="utf-8"))
    return request


def wait_for_link(stack: Stack, workflow_id: str, round_number: int) -> str:
    """Return the link that a round's reviewer is mailed."""
    return _wait_for(stack, "?", f"{stack.url}/approvals/{workflow_id}/{round_number}?")


def _wait_for(stack: Stack, part: str, beginning: str) -> str:
    links: list[str] = []

    def mailed() -> bool:
        for mail in stack.mailbox.mails():
            links.extend(each for each in mail.links if each.startswith(beginning) and part in each)
        return bool(links)

    wait_until(mailed)
    return links[0]


def wait_for_report(stack: Stack, workflow_id: str) -> str:
    """Return the link to a published report that its reviewer is mailed."""
    return _wait_for(stack, f"/{workflow_id}?", f"{stack.url}/reports/")


def wait_for_end(stack: Stack, execution: str) -> None:
    """Wait until an execution has ended; raises RuntimeError unless it has succeeded."""
    step_functions = stack.client("stepfunctions")

    def found() -> dict[str, Any]:
        described: dict[str, Any] = step_functions.describe_execution(executionArn=execution)
        return described

    wait_until(lambda: found()["status"] != "RUNNING")
    if found()["status"] != "SUCCEEDED":
        raise RuntimeError(f"{found().get('error')}: {found().get('cause')}")


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something holds; raises TimeoutError where it does not come to hold."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing happened in {LONGEST_WAIT_SECONDS} s")
        time.sleep(POLL_SECONDS)


def sample(event: Any) -> Any:
    """Return an event as it is committed: without what differs from run to run, and no secret."""
    if isinstance(event, dict):
        whole = {name: _PLACEHOLDERS.get(name, sample(value)) for name, value in event.items()}
        if "rawQueryString" in whole:  # the same again, as it stands in the address
            whole["rawQueryString"] = urlencode(whole.get("queryStringParameters", {}))
        return whole
    if isinstance(event, list):
        return [sample(each) for each in event]
    return event


def renew(folder: Path = EVENTS) -> None:
    """Write the sample event of each function that the sample run reaches; others stay."""
    from moto.moto_api._internal import mock_random

    mock_random.seed(1)  # so that names and ids are the same each time
    with Stack(Corpus.read(CORPUS), mind=Thorough(), parameters=ONE_BY_ONE) as stack:
        calls = rehearse(stack)
    committed = json.loads((folder / "writer_agent.json").read_text(encoding="utf-8"))
    # Tests know the sources by their ids, which hang on the bucket's name.
    renamed = dict(zip(_sources(calls["writer_agent"].event), _sources(committed), strict=False))
    for name, call in calls.items():
        text = json.dumps(sample(call.event), indent=2, ensure_ascii=False)
        for source_id, known in renamed.items():
            text = text.replace(source_id, known)
        (folder / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def _sources(event: dict[str, Any]) -> list[str]:
    return [summary["source_id"] for summary in event["summaries"]]


if __name__ == "__main__":
    renew()
