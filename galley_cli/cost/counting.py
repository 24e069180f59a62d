"""
Makes counts of what a workflow has left: each line, each state, each agent call, in billed units.

Free tiers are not taken off. What nobody can count is estimated, and says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from galley_cli.cost.counts import Count, added
from galley_cli.cost.reader import Line, Run
from galley_cli.cost.states import States

GB = 10**9
# What no log line says, and what stands for it.
PLATFORM_LOG_BYTES = 800  # of each invocation: Lambda's own lines of its start and its end
SESSION_VCPU_SECONDS = 1.0  # that a harness works in a turn: while it waits it takes none
SESSION_GB = 0.5  # that its microVM holds
SESSION_IDLE_SECONDS = 60  # until it ends: IdleRuntimeSessionTimeout of the template
LETTER_TRANSITIONS = 2  # of the outbox: which way, and the way
REPORT_ROUTE = "GET /reports/"  # answered with an address of S3
METRIC_LOG_BYTES = 1400  # of an agent call's metrics, which name no workflow
TOKENS = {  # of an agent call, by what the ledger calls them
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
}

_LOGICAL = re.compile(r"-(\w+)Function-")  # {stack}-{logical id}-{what makes it unique}
_OF_ROLE = re.compile(r"(Search|Summary|Writer|Reviser|Web)(Agent|Actions)")
# Calls of functions that are billed by the call. Others are counted elsewhere, or cost nothing.
_BILLED = {
    "s3.GetObject": ("s3", "get_requests"),
    "s3.HeadObject": ("s3", "get_requests"),
    "s3.PutObject": ("s3", "put_requests"),
    "s3.ListObjectsV2": ("s3", "put_requests"),
    "kms.Encrypt": ("kms", "requests"),
    "kms.Decrypt": ("kms", "requests"),
    "secrets-manager.GetSecretValue": ("secrets-manager", "requests"),
    "bedrock-agent-runtime.Retrieve": ("knowledge-base", "retrievals"),
}
_FREE = re.compile(
    r"dynamodb\..*|"  # in units
    r"lambda\.Invoke|"  # an invocation of its own
    r"sfn\..*|"  # in transitions
    r"bedrock-agent-runtime\.InvokeAgent|bedrock-agentcore\.InvokeHarness|outbox\..*|"  # see below
    r"secrets-manager\.(Put|Update|Describe|Get)\w*|s3\.DeleteObjects?"
)


def logical_id(function: str) -> str:
    """Return what the template calls a function, without its ending."""
    found = _LOGICAL.search(function)
    return found[1] if found else function


def role_of(function: str) -> str:
    """Return the role that a function serves: its agent's adapter, or its tools."""
    found = _OF_ROLE.fullmatch(logical_id(function))
    return found[1].lower().replace("web", "search") if found else ""


def counted(run: Run, processor: str = "arm64", *, by_topic: bool = False) -> list[Count]:
    """Return what a workflow has used; `by_topic` says that letters go by SNS."""
    states = States.of(run.history)
    letters = "notifications" if by_topic else "letters"
    return added(
        [
            *_of_history(states),
            *(count for line in run.lines for count in _of_line(line, states, processor, letters)),
            *_of_agents(run, states),
            *_of_traces(run),
        ]
    )


def kept(run: Run) -> list[Count]:
    """Return what a workflow keeps, by the month."""
    return [
        Count("s3", "gb_months", run.stored_bytes / GB),
        Count("dynamodb", "gb_months", run.record_bytes / GB, measured=False),  # as JSON
    ]


def unknown_calls(run: Run) -> list[str]:
    """Return calls that functions have made and of which nobody has said what they cost."""
    made = {name for line in run.lines if line.used for name in line.used["calls"]}
    return sorted(name for name in made if name not in _BILLED and not _FREE.fullmatch(name))


def unheard(run: Run) -> int:
    """Return how many invocations by states left no line: killed, timed out, or cut off."""
    states = States.of(run.history)
    functions = {each.function for each in states.attempts if each.kind == "lambda"}
    heard = sum(1 for line in run.lines if line.used and line.used["function"] in functions)
    return max(0, sum(each.kind == "lambda" for each in states.attempts) - heard)


def _of_history(states: States) -> Iterator[Count]:
    roles = {each.state: role_of(each.function) for each in states.attempts}
    for state, number in states.transitions.items():
        yield Count("step-functions", "transitions", number, state, roles.get(state, ""))
    for attempt in states.attempts:
        if attempt.kind == "events":
            yield Count("events", "events", 1, attempt.state)


def _of_line(line: Line, states: States, processor: str, letters: str) -> Iterator[Count]:
    if line.used is None:
        yield Count("logs", "gb", line.size / GB)
        return
    used = line.used
    function = str(used["function"])
    role = role_of(function)
    state = states.of_function(function, line.at) or _state_of_role(role, states, line.at)
    for count in _of_invocation(used, line.size, processor, letters):
        yield replace(count, state=state, role=role)


def _of_invocation(
    used: Mapping[str, Any], size: int, processor: str, letters: str
) -> Iterator[Count]:
    seconds = used["seconds"] + used.get("init_seconds", 0)
    yield Count("lambda", "requests", 1)
    yield Count("lambda", f"gb_seconds_{processor}", seconds * used["memory_mb"] / 1024)
    for name in ("read_units", "write_units"):
        yield Count("dynamodb", name, used.get(name, 0))
    for name, number in used["calls"].items():
        if name in _BILLED:
            yield Count(*_BILLED[name], number)
    yield Count("logs", "gb", size / GB)
    yield Count("logs", "gb", PLATFORM_LOG_BYTES / GB, measured=False)
    if "route" in used:
        yield Count("http-api", "requests", 1)
    if str(used.get("route", "")).startswith(REPORT_ROUTE):
        yield Count("s3", "get_requests", 1, measured=False)  # which a browser makes
    sent, put = (used["calls"].get(f"outbox.{kind}", 0) for kind in ("letter", "event"))
    yield Count("mail", letters, sent)
    yield Count("events", "events", put)
    yield Count("step-functions", "transitions", LETTER_TRANSITIONS * (sent + put))
    turns = used["calls"].get("bedrock-agentcore.InvokeHarness", 0)
    if turns:
        held = SESSION_GB * (used["seconds"] + turns * SESSION_IDLE_SECONDS)
        worked = SESSION_VCPU_SECONDS * turns
        yield Count("agentcore", "vcpu_hours", worked / 3600, measured=False)
        yield Count("agentcore", "gb_hours", held / 3600, measured=False)


def _of_agents(run: Run, states: States) -> Iterator[Count]:
    # on a laptop no tokenizer runs: tokens are a fourth of the characters
    measured = not run.is_laptop
    for call in run.calls:
        role = str(call["role"])
        state = _state_of_role(role, states)
        yield Count("logs", "gb", METRIC_LOG_BYTES / GB, state, role, measured=False)
        for kind, name in TOKENS.items():
            tokens = float(call.get(name) or 0)
            if tokens:
                yield Count("models", f"{call['model']}/{kind}", tokens, state, role, measured)


def _of_traces(run: Run) -> Iterable[Count]:
    # one for the execution, for each letter and for each call of the API, if X-Ray samples them all
    each = (line.used for line in run.lines if line.used)
    others = sum(
        ("route" in used) + sum(n for name, n in used["calls"].items() if "outbox." in name)
        for used in each
    )
    return [Count("x-ray", "traces", bool(run.history) + others, measured=False)]


def _state_of_role(role: str, states: States, at: int | None = None) -> str:
    known = [each for each in states.attempts if role and role_of(each.function) == role]
    before = [each for each in known if at is None or each.at <= at]
    return (before or known)[-1].state if known else ""
