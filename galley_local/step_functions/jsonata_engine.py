"""
JSONata for moto's Step Functions interpreter, which leaves its place empty.

Two of moto's functions are replaced: the evaluator, by the `jsonata-python` library, and the
encoder of variables, because the original does not escape quotes and cannot write times.
"""

import json
import sys
from datetime import date
from typing import Any

from jsonata import Jsonata
from jsonata.jexception import JException
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata


def install() -> None:
    """Make moto's interpreter evaluate JSONata; doing it again changes nothing."""
    moto_jsonata._eval_jsonata = evaluate  # noqa: SLF001  # the place it leaves empty
    replace_everywhere(moto_jsonata.encode_jsonata_variable_declarations, declare_variables)


def evaluate(expression: str) -> Any:
    """Return the value of an expression as plain JSON data."""
    try:
        parsed = Jsonata(expression)
        parsed.register_lambda("parse", json.loads)  # which Step Functions adds to the language
        return _plain(parsed.evaluate(None))
    except JException as error:
        raise moto_jsonata.JSONataException("States.QueryEvaluationError", str(error)) from error


def declare_variables(bindings: dict[str, Any]) -> str:
    """Return JSONata that binds each variable to its value, written as JSON."""
    # Not ASCII: the library reads \uXXXX one by one, and an emoji is two of them.
    return "".join(
        f"{name}:={json.dumps(value, default=_as_text, ensure_ascii=False)};"
        for name, value in bindings.items()
    )


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
