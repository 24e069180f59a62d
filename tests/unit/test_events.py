"""Events: a function refuses what is not for it, and says what is, without repeating a value."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest
from galley.errors import InvalidEventError
from galley.events import Draft, Key, Pointer, check_event, read_task
from galley.scope import Scope
from galley.variants import ROLES

from tests.unit.fakes import FUNCTIONS, SCOPE, a_context, load_event
from tests.unit.test_structure import LAMBDA_TASKS, STATES, resource_name

# What each function reads of its event; `[]` is any of a list.
OF_A_STATE = ["tenant", "workflow_id"]
OF_A_TOOL = [
    *("messageVersion", "actionGroup", "function", "sessionAttributes"),
    *("sessionAttributes.tenant", "sessionAttributes.workflow_id"),
]
OF_THE_API = [
    *("version", "routeKey", "rawPath", "requestContext", "requestContext.domainName"),
    *("requestContext.http", "requestContext.http.method"),
]
BUDGET = ["budget", "budget.at_budget"]
SUMMARIES = ["summaries", "summaries[].source_id", "summaries[].key"]
READS = {
    "approval_api": OF_THE_API,
    "close_workflow": [
        *("detail-type", "detail", "detail.executionArn", "detail.name", "detail.status"),
    ],
    "collect_decision": [*OF_A_STATE, "round"],
    "inbox": OF_THE_API,
    "reconcile": ["source", "detail-type"],
    "reports": OF_THE_API,
    "publish": [*OF_A_STATE, "draft_key", "approved_sha256"],
    "register_workflow": [
        *("request", "execution", "execution.id", "execution.name"),
        *("execution.started_at", "execution.version"),
    ],
    "request_approval": [
        *OF_A_STATE,
        *("topic", "reviewers", "approval", "draft", "draft.key", "draft.sha256", "draft.round"),
        "draft.partial",
        *("expires_at", "reminder", "redrives", "attempt", "task_token"),
    ],
    "reviser_actions": [*OF_A_TOOL, "sessionAttributes.round", "sessionAttributes.source_ids"],
    "reviser_agent": [*OF_A_STATE, "topic", "round", *SUMMARIES, "variant", *BUDGET],
    "rotate_signing_key": ["Step", "SecretId", "ClientRequestToken"],
    "search_actions": OF_A_TOOL,
    "search_agent": [*OF_A_STATE, "topic", "max_sources", "fresh", "variant", *BUDGET],
    "sign_in": OF_THE_API,
    "summary_actions": [*OF_A_TOOL, "sessionAttributes.source_id"],
    "summary_agent": [
        *(*OF_A_STATE, "topic", "source", "source.source_id", "source.key", "sources", "variant"),
        *BUDGET,
    ],
    "web_actions": OF_A_TOOL,
    "writer_actions": OF_A_TOOL,
    "writer_agent": [
        *(*OF_A_STATE, "topic", "round", *SUMMARIES, "redrives", "refusals", "gaps"),
        *("minimum_sources", "variant", *BUDGET),
    ],
}
FIELDS = [(function, path) for function, paths in READS.items() for path in paths]
# Earlier definitions do not send them.
OPTIONAL = [
    ("request_approval", "draft.partial"),
    *(("writer_agent", name) for name in ("redrives", "refusals", "gaps", "minimum_sources")),
    ("search_agent", "fresh"),
    ("summary_agent", "sources"),
    *((f"{role}_agent", field) for role in ROLES for field in ("variant", *BUDGET)),
]
TYPED = [each for each in FIELDS if each != ("register_workflow", "request")]  # a `Request` is
KEYS = [each for each in FIELDS if re.search(r"\bkey$|_key$", each[1])]
CALLED_BY = {
    name: next(each for each in FUNCTIONS if resource_name(each) in arguments["FunctionName"])
    for name, arguments in ((name, task["Arguments"]) for name, task in LAMBDA_TASKS.items())
}
# One payload is for both: a round and its summaries; a request, whose route says for whom it is.
ALIKE = [
    {"collect_decision", "reviser_agent", "writer_agent"},
    {"approval_api", "inbox", "reports", "sign_in"},
]
FOREIGN = [
    (function, other)
    for function in READS
    for other in [*READS, "research"]
    if function != other and not any({function, other} <= alike for alike in ALIKE)
]


def refusal(function: str, event: Any) -> str:
    """Return how a function refuses an event; there is no AWS here that it could have called."""
    handler = import_module(f"functions.{function}.app").lambda_handler
    with pytest.raises(InvalidEventError) as refused:
        handler(event, a_context())
    message = str(refused.value)
    assert message.startswith(f"not an event for {function}: ")
    assert message.endswith(f", as in events/{function}.json")
    return message


def holders(event: Any, path: str) -> tuple[list[Any], str]:
    """Return the objects that hold a field, and what it is called in them."""
    *outer, name = path.split(".")
    found = [event]
    for part in outer:
        inner = [each[part.removesuffix("[]")] for each in found]
        found = [each for items in inner for each in items] if part.endswith("[]") else inner
    return found, name


def without(function: str, path: str) -> Any:
    """Return a function's event without a field."""
    event = load_event(function)
    found, name = holders(event, path)
    del found[-1][name]
    return event


def with_value(function: str, path: str, value: Any) -> Any:
    """Return a function's event with another value in a field."""
    event = load_event(function)
    found, name = holders(event, path)
    found[-1][name] = value
    return event


def paths_in(value: Any, path: str = "") -> Iterator[str]:
    """Yield every field of an event."""
    if isinstance(value, dict):
        for name, each in value.items():
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from paths_in(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from paths_in(each, f"{path}[]")


def garbled(value: Any) -> Any:
    """Return a value with a secret in place of every text."""
    if isinstance(value, dict):
        return {name: garbled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [garbled(each) for each in value]
    return "a-secret" if isinstance(value, str) else value


# ---- every function ------------------------------------------------------------------------------


def test_it_is_known_what_each_function_reads() -> None:
    assert FUNCTIONS == sorted(READS)


@pytest.mark.parametrize("function", CALLED_BY.values())
def test_a_function_reads_all_that_its_state_sends(function: str) -> None:
    sent = {path for path in paths_in(load_event(function)) if not path.startswith("request.")}

    assert sent == set(READS[function])


@pytest.mark.parametrize("state", CALLED_BY)
def test_a_state_sends_what_its_functions_event_shows(state: str) -> None:
    payload = LAMBDA_TASKS[state]["Arguments"]["Payload"]
    if payload == "{% $states.input %}":
        payload = STATES["Summarize sources"]["ItemSelector"]

    shown = load_event(CALLED_BY[state])
    assert payload.keys() == shown.keys()
    for name in (each for each in payload if isinstance(payload[each], dict)):
        assert payload[name].keys() == shown[name].keys()


@pytest.mark.parametrize(("function", "path"), [each for each in FIELDS if each not in OPTIONAL])
def test_a_missing_field_is_named(function: str, path: str) -> None:
    assert f" {path} is missing;" in refusal(function, without(function, path))


OTHERS = {
    "null": None,
    "boolean": True,
    "fraction": 1.5,
    "empty": "",
    "list": [["a-secret"]],
    "object": {"a-secret": "a-secret"},
}


@pytest.mark.parametrize(
    ("function", "path", "value"),
    [
        pytest.param(function, path, value, id=f"{function}-{path}-{kind}")
        for function, path in TYPED
        for kind, value in OTHERS.items()
        if kind != "boolean" or path not in {"reminder", "fresh", "draft.partial"}  # which are
        if kind != "object"
        or path not in {"variant", "budget"}  # all of whose fields may be missing
    ],
)
def test_a_field_of_another_type_is_named_and_not_repeated(
    function: str, path: str, value: Any
) -> None:
    message = refusal(function, with_value(function, path, value))

    assert re.search(rf" {re.escape(path)}(\[\]|\.\w+)*(: expected | is missing)", message)
    assert "secret" not in message


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("radio/lighthouses-1/a-secret.md", id="another tenant's"),
        pytest.param("press/lighthouses-2/a-secret.md", id="another workflow's"),
        pytest.param("press/lighthouses-10/a-secret.md", id="one whose name begins the same"),
        pytest.param("/press/lighthouses-1/a-secret.md", id="a path"),
        pytest.param("corpus/a-secret.md", id="a document"),
    ],
)
@pytest.mark.parametrize(("function", "path"), KEYS)
def test_a_key_of_another_workflow_is_refused(function: str, path: str, key: str) -> None:
    message = refusal(function, with_value(function, path, key))

    assert f" {path}: expected a key under tenant/workflow_id/;" in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"key1": "a-secret"}, id="the console's test event"),
        pytest.param([], id="a list"),
        pytest.param(["a-secret"], id="a list of something"),
        pytest.param(None, id="null"),
        pytest.param("a-secret", id="text"),
        pytest.param(7, id="a number"),
    ],
)
@pytest.mark.parametrize("function", READS)
def test_what_is_an_event_of_nobody_is_refused(function: str, event: Any) -> None:
    message = refusal(function, event)

    named = [path for path in READS[function] if "." not in path and "[]" not in path]
    assert all(f"{name}: " in message for name in named)
    assert "secret" not in message


@pytest.mark.parametrize(("function", "other"), FOREIGN)
def test_the_event_of_another_is_refused(function: str, other: str) -> None:
    refusal(function, load_event(other))


@pytest.mark.parametrize("function", READS)
@pytest.mark.parametrize("other", [*READS, "research"])
def test_no_value_is_repeated(function: str, other: str) -> None:
    event = garbled(load_event(other))
    event.pop("workflow_id", None)  # so that the functions' own are refused, too
    event.pop("sessionAttributes", None)
    event.pop("execution", None)

    assert "secret" not in refusal(function, event)


# ---- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ATask:
    """A task with a field of every kind."""

    scope: Scope
    round: int
    topic: str
    draft: Draft
    sources: list[Pointer]
    report_key: Key


@dataclass(frozen=True)
class AYoungerTask:
    """A task with fields that an older state machine does not know."""

    scope: Scope
    round: int
    tone: str = "plain"
    wishes: list[str] = field(default_factory=list)


SOURCES = [Pointer(each, SCOPE.source_key(each)) for each in ("a", "b")]
TASK = ATask(
    SCOPE, 1, "Lights", Draft(SCOPE.draft_key(1), "0" * 64, 1), SOURCES, SCOPE.key("report")
)
PAYLOAD = {
    "tenant": "press",
    "workflow_id": "lighthouses-1",
    "round": 1,
    "topic": "Lights",
    "draft": {"key": "press/lighthouses-1/drafts/1.md", "sha256": "0" * 64, "round": 1},
    "sources": [
        {"source_id": "a", "key": "press/lighthouses-1/sources/a.json"},
        {"source_id": "b", "key": "press/lighthouses-1/sources/b.json"},
    ],
    "report_key": "press/lighthouses-1/report",
}


def test_a_payload_becomes_a_task() -> None:
    assert TASK == read_task(PAYLOAD, ATask, "publish")


def test_what_a_newer_caller_sends_besides_is_passed_over() -> None:
    newer: dict[str, Any] = deepcopy(PAYLOAD) | {"scope": "x", "priority": 1}
    newer["draft"]["words"] = 1000

    assert TASK == read_task(newer, ATask, "publish")


def test_what_an_older_caller_does_not_send_has_its_default() -> None:
    assert AYoungerTask(SCOPE, 1) == read_task(PAYLOAD, AYoungerTask, "publish")
    assert read_task(PAYLOAD | {"tone": "dry"}, AYoungerTask, "publish").tone == "dry"

    with pytest.raises(InvalidEventError, match=r"tone: expected text; .* tone: text, if any,"):
        read_task(PAYLOAD | {"tone": 7}, AYoungerTask, "publish")


def test_all_problems_are_told_at_once_and_what_is_expected() -> None:
    event: Any = {"workflow_id": 7, "draft": {"round": "1"}, "sources": [{}, {}, "a"], "round": 1}

    with pytest.raises(InvalidEventError) as refused:
        read_task(event, ATask, "publish")

    assert str(refused.value) == (
        "not an event for publish: tenant is missing; workflow_id: expected text; "
        "topic is missing; draft.key is missing; draft.sha256 is missing; "
        "draft.round: expected a whole number; sources[].source_id is missing; "
        "sources[].key is missing; sources[]: expected an object; report_key is missing; "
        "expected {tenant: text, workflow_id: text, round: a whole number, topic: text, "
        "draft: {key: a key under tenant/workflow_id/, sha256: text, round: a whole number, "
        "partial: true or false, if any}, "
        "sources: [{source_id: text, key: a key under tenant/workflow_id/}], "
        "report_key: a key under tenant/workflow_id/}, as in events/publish.json"
    )


def test_an_event_that_does_not_say_whose_it_is_has_no_keys() -> None:
    with pytest.raises(InvalidEventError, match="key: expected a key"):
        check_event({"key": "press/lighthouses-1/drafts/1.md"}, {"key": Key}, "publish")


def test_a_fixed_value_is_named() -> None:
    with pytest.raises(
        InvalidEventError, match=r"version: expected 2\.0; expected {version: 2\.0}"
    ):
        check_event({"version": "1.0"}, {"version": "2.0"}, "approval_api")
