"""Calls to an agent's tool, whose answer is JSON or, when it failed, words for a model."""

import json
from collections.abc import Callable
from typing import Any

UseTool = Callable[[str, dict[str, str]], str]


def found_by(use_tool: UseTool, name: str, **parameters: str) -> list[Any]:
    """Return the list that a tool answers; a tool that failed has found nothing."""
    answer = _parsed(use_tool(name, parameters))
    return answer if isinstance(answer, list) else []


def read_by(use_tool: UseTool, name: str, **parameters: str) -> dict[str, Any]:
    """Return the object that a tool answers; a tool that failed gives an empty one."""
    answer = _parsed(use_tool(name, parameters))
    return answer if isinstance(answer, dict) else {}


def _parsed(answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        return None
