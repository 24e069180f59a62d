"""
What action groups share: a resolver whose answers are plain text and whose errors are for a model.

Powertools' own default quotes every string twice and shows any exception to the model.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from aws_lambda_powertools.event_handler import (
    BedrockAgentFunctionResolver,
    BedrockFunctionResponse,
)
from aws_lambda_powertools.event_handler.bedrock_agent_function import (
    BedrockFunctionsResponseBuilder,
)
from aws_lambda_powertools.utilities.data_classes import BedrockAgentFunctionEvent

from galley.errors import ArtifactMissingError, GalleyError, InvalidRequestError
from galley.events import check_event
from galley.scope import Scope
from galley.telemetry import logger

Tool = Callable[..., Any]


class ActionGroup:
    """The tools of one agent, each working in the scope of the session's attributes."""

    def __init__(
        self, function: str, *attributes: str, renamed: Mapping[str, str] | None = None
    ) -> None:
        """
        Name the function, and the attributes that its tools read beside tenant and workflow.

        `renamed` says how parameters are called now that older agents know by another name.
        """
        self._function = function
        self._renamed = renamed or {}
        self._call = {
            "messageVersion": "1.0",
            "actionGroup": function.replace("_", "-"),
            "function": str,
            "sessionAttributes": dict.fromkeys(("tenant", "workflow_id", *attributes), str),
        }
        self._resolver = BedrockAgentFunctionResolver(serializer=_as_text)
        self._names: list[str] = []

    def tool(self, function: Tool) -> Tool:
        """Register a function as the tool of its name; what it raises becomes words for a model."""
        expected = list(inspect.signature(function).parameters)

        @wraps(function)
        def answered(**parameters: str) -> Any:
            missing = [name for name in expected if name not in parameters]
            if missing:
                return _reprompt(f"Call the tool again with a value for: {', '.join(missing)}.")
            return _answer(function, parameters)

        # Powertools passes what the signature names; none of it may be missing there.
        answered.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in expected]
        )
        self._resolver.tool(name=function.__name__)(answered)
        self._names.append(function.__name__)
        return function

    def resolve(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one call of the agent; raises `InvalidEventError` if it is none."""
        check_event(event, self._call, self._function)
        if event["function"] in self._names:
            return self._resolver.resolve(self._as_of_now(event), context)
        refusal = _reprompt(f"There is no such tool; there is: {', '.join(self._names)}.")
        call = BedrockAgentFunctionEvent(event)
        return BedrockFunctionsResponseBuilder(refusal).build(call, serializer=_as_text)

    def _as_of_now(self, event: dict[str, Any]) -> dict[str, Any]:
        given = [
            {**each, "name": self._renamed.get(each["name"], each["name"])}
            for each in event.get("parameters", [])
        ]
        return {**event, "parameters": given}

    @property
    def attributes(self) -> dict[str, str]:
        """The session's attributes: set by the adapter, out of the model's reach."""
        event = self._resolver.current_event
        return dict(event.session_attributes) if event else {}

    @property
    def scope(self) -> Scope:
        """The workflow that the session belongs to."""
        return Scope.from_event(self.attributes)


def _answer(function: Tool, parameters: dict[str, str]) -> Any:
    try:
        return function(**parameters)
    except InvalidRequestError as error:
        return _reprompt(str(error))
    except ArtifactMissingError as error:
        logger.warning("%s: %s", type(error).__name__, error)
        return _reprompt("There is nothing under this id; use one that the message or a tool gave.")
    except GalleyError as error:
        logger.warning("%s: %s", type(error).__name__, error)
    except Exception as error:  # noqa: BLE001  # whatever it is, a model shall not read it
        logger.error("unexpected %s", type(error).__name__)  # it may hold anything
    return BedrockFunctionResponse(
        body="The tool is not available at the moment.", response_state="FAILURE"
    )


def _reprompt(message: str) -> BedrockFunctionResponse:
    return BedrockFunctionResponse(body=message, response_state="REPROMPT")


def _as_text(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))  # blanks are tokens
