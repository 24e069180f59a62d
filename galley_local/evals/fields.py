"""Data of cases, read field by field into dataclasses; an error names the file and the field."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml

_WORDS = {str: "text", int: "a whole number", bool: "true or false"}


class CaseError(ValueError):
    """A case cannot be used; the message names its file and field, and says what is expected."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # it carries no types
    """YAML in which a name that is there twice is an error, not the last of the two."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    known = set()
    for key, _ in node.value:
        name = loader.construct_object(key)
        if name in known:
            line = key.start_mark.line + 1
            raise CaseError(f"'{name}' is there twice (line {line}); give each its own name")
        known.add(name)
    return dict(loader.construct_pairs(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, shown: str) -> Any:
    """Return what a YAML file holds; `shown` is how errors name it."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # it is a safe one
    except CaseError as error:
        raise CaseError(f"{shown}: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise CaseError(f"{shown}: no YAML{where}: {problem}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{shown}: it cannot be read: {error}") from error


def read_fields(kind: Any, value: Any, where: str) -> Any:
    """Return a value as the kind that annotations name; raises `CaseError`."""
    if is_dataclass(kind):
        return _record(kind, value, where)
    if get_origin(kind) is list:
        if not isinstance(value, list):
            raise CaseError(f"{where}: expected a list")
        (inner,) = get_args(kind)
        return [read_fields(inner, each, f"{where}[{place}]") for place, each in enumerate(value)]
    if type(None) in get_args(kind):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if value is None else read_fields(inner, value, where)
    if kind is str and type(value) in {int, float}:
        return str(value)  # a phrase may be a number: 1823
    if type(value) is not kind or value == "":
        raise CaseError(f"{where}: expected {_WORDS[kind]}")
    return value.strip() if kind is str else value


def _record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise CaseError(f"{where}: expected fields, as `name: value`")
    known = {each.name: each for each in fields(kind)}
    for name in value:
        if name not in known:
            raise CaseError(f"{where}.{name}: no such field{_meant(str(name), known)}")
    read = {}
    for name, field in known.items():
        if name in value:
            read[name] = read_fields(field.type, value[name], f"{where}.{name}")
        elif (field.default, field.default_factory) == (MISSING, MISSING):
            raise CaseError(f"{where}.{name} is missing")
    return _made(kind, read, where)


def _made(kind: Callable[..., Any], read: dict[str, Any], where: str) -> Any:
    try:
        return kind(**read)
    except CaseError as error:  # what a record itself expects of its fields
        raise CaseError(f"{where}.{error}") from error


def _meant(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; is it '{close[0]}'?" if close else f"; there are {', '.join(known)}"
