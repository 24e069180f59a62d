"""
What a function takes: an event that is not its own is refused before anything is done with it.

Events get mixed up by hand, or where a part of a deployment is older than the rest. The refusal
names the fields that are expected and never repeats what was sent, which may be a task token or a
prompt. Fields that a function does not know are passed over: its caller may be newer. A field of a
task that has a default may be missing: its caller may be older, because executions keep the
definition that they started with.

A shape is written as the JSON is: `{"round": int, "draft": {"key": Key}, "version": "2.0"}`.
"""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from galley.errors import InvalidEventError
from galley.scope import Scope

# An artifact's key; one that is not under the event's own tenant and workflow is refused.
Key = Annotated[str, "key"]

_WORDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    Key: "a key under tenant/workflow_id/",
    Any: "anything",
}

Task = TypeVar("Task")


@dataclass(frozen=True)
class Pointer:
    """Where a source of the workflow lies, or the summary of one."""

    source_id: str
    key: Key


@dataclass(frozen=True)
class Draft:
    """Where a round's draft lies, and which bytes it is."""

    key: Key
    sha256: str
    round: int
    partial: bool = False


@dataclass(frozen=True)
class _Optional:
    """The shape of a field that may be missing."""

    shape: Any


def read_task(event: Any, kind: type[Task], function: str) -> Task:
    """Build a function's task from its state's payload, or raise `InvalidEventError`."""
    check_event(event, _shape_of(kind), function)
    task: Task = _built(kind, event)
    return task


def check_event(event: Any, shape: dict[str, Any], function: str) -> None:
    """Raise `InvalidEventError`, which says what is wrong and what is expected, if anything is."""
    try:
        own = Scope.from_event(event).key("")
    except (KeyError, TypeError):
        own = None  # an event that does not say whose it is has no keys of its own
    # Forty summaries may have the same fault: it is told once.
    if problems := dict.fromkeys(_problems(event, shape, "", own)):
        raise InvalidEventError(
            f"not an event for {function}: {'; '.join(problems)}; "
            f"expected {_described(shape)}, as in events/{function}.json"
        )


def _shape_of(kind: Any) -> Any:
    if get_origin(kind) is list:
        return [_shape_of(get_args(kind)[0])]
    if not is_dataclass(kind):
        return kind
    shape: dict[str, Any] = {}
    for field in fields(kind):
        inner = _shape_of(field.type)
        may_be_missing = (field.default, field.default_factory) != (MISSING, MISSING)
        own = {field.name: _Optional(inner) if may_be_missing else inner}
        shape |= inner if field.type is Scope else own
    return shape


def _built(kind: Any, value: Any) -> Any:
    if get_origin(kind) is list:
        return [_built(get_args(kind)[0], each) for each in value]
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return value
    # tenant and workflow_id stand beside the other fields, not in an object of their own
    inner = {
        field.name: _built(field.type, value if field.type is Scope else value[field.name])
        for field in fields(kind)
        if field.type is Scope or field.name in value
    }
    return kind(**inner)


def _problems(value: Any, shape: Any, name: str, own: str | None) -> Iterator[str]:
    if isinstance(shape, dict) and isinstance(value, dict):
        for field, inner in shape.items():
            path = f"{name}.{field}" if name else field
            is_optional = isinstance(inner, _Optional)
            if field in value:
                yield from _problems(value[field], inner.shape if is_optional else inner, path, own)
            elif not is_optional:
                yield f"{path} is missing"
    elif isinstance(shape, list) and isinstance(value, list):
        for each in value:
            yield from _problems(each, shape[0], f"{name}[]", own)
    elif not _fits(value, shape, own):
        yield f"{name or 'the event'}: expected {_word(shape)}"


def _fits(value: Any, shape: Any, own: str | None) -> bool:
    if shape is Key:
        return isinstance(value, str) and own is not None and value.startswith(own)
    if shape is str:
        return isinstance(value, str) and value != ""
    if shape is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if shape is bool:
        return isinstance(value, bool)
    if get_origin(shape) is Literal:
        return value in get_args(shape)
    return shape is Any or bool(value == shape)


def _word(shape: Any) -> str:
    if isinstance(shape, dict | list):
        return "an object" if isinstance(shape, dict) else "a list"
    if get_origin(shape) is Literal:
        return " or ".join(get_args(shape))
    return _WORDS.get(shape, str(shape))


def _described(shape: Any) -> str:
    if isinstance(shape, _Optional):
        return f"{_described(shape.shape)}, if any"
    if isinstance(shape, dict):
        return "{" + ", ".join(f"{name}: {_described(each)}" for name, each in shape.items()) + "}"
    return f"[{_described(shape[0])}]" if isinstance(shape, list) else _word(shape)
