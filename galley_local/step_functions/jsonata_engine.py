"""
JSONata for moto's Step Functions interpreter, which leaves its place empty.

Two of moto's functions are replaced: the evaluator, by the `jsonata-python` library, and the
encoder of variables, because the original does not escape quotes and cannot write times.

moto writes the values of variables into the text of each expression. Parsing that would take a
tenth of a run: so each value is marked with its length, taken out again, and bound. What is left is
one of the state machine's own expressions, which is parsed once.
"""

import copy
import json
import re
import sys
from datetime import date
from functools import lru_cache
from typing import Any

from jsonata import Jsonata
from jsonata.jexception import JException
from jsonata.utils import Utils
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata

_DECLARED = re.compile(r"/\*(\d+)\*/\$(\w+):=")


def install() -> None:
    """Make moto's interpreter evaluate JSONata; doing it again changes nothing."""
    moto_jsonata._eval_jsonata = evaluate  # noqa: SLF001  # the place it leaves empty
    replace_everywhere(moto_jsonata.encode_jsonata_variable_declarations, declare_variables)


def evaluate(expression: str) -> Any:
    """Return the value of an expression as plain JSON data."""
    bare, values = _without_values(expression)
    try:
        # A copy, because what evaluates remembers where it is, and executions have a thread each;
        # the library asks the thread for it, and tells the time by it.
        Jsonata.CURRENT.jsonata = own = copy.copy(_parsed(bare))
        return _plain(own.evaluate(None, values))
    except JException as error:
        raise moto_jsonata.JSONataException("States.QueryEvaluationError", str(error)) from error


def declare_variables(bindings: dict[str, Any]) -> str:
    """Return JSONata that binds each variable to its value: a mark, and the value as JSON."""
    declared = []
    for name, value in bindings.items():
        # Not ASCII: the library reads \uXXXX one by one, and an emoji is two of them.
        text = json.dumps(value, default=_as_text, ensure_ascii=False)
        declared.append(f"/*{len(text)}*/{name}:={text};")
    return "".join(declared)


def _without_values(expression: str) -> tuple[str, dict[str, Any]]:
    """Take the values of variables out of an expression; they stand one after another."""
    found = first = _DECLARED.search(expression)
    values, end = {}, 0
    while found:
        end = found.end() + int(found[1])
        value = json.loads(expression[found.end() : end])
        values[found[2]] = Utils.NULL_VALUE if value is None else value
        end += 1  # the semicolon
        found = _DECLARED.match(expression, end)
    return (expression[: first.start()] + expression[end:] if first else expression), values


@lru_cache(maxsize=1000)
def _parsed(expression: str) -> Jsonata:
    parsed = Jsonata(expression)
    parsed.register_lambda("parse", json.loads)  # which Step Functions adds to the language
    return parsed


def replace_everywhere(original: Any, replacement: Any) -> int:
    """Put a function in the place of another in every module of moto that imported it by name."""
    places = [
        (module, name)
        for module_name, module in list(sys.modules.items())
        if module_name.startswith("moto.stepfunctions")
        for name, value in list(vars(module).items())
        if value is original
    ]
    for module, name in places:
        setattr(module, name, replacement)
    return len(places)


def _as_text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} is not JSON")


def _plain(value: Any) -> Any:
    # The library has list and dict types of its own.
    return json.loads(json.dumps(value)) if isinstance(value, list | dict) else value
