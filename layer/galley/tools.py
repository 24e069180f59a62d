"""
What action groups share: a resolver whose answers are plain text and whose errors are for a model.

Powertools' own default quotes every string twice and shows any exception to the model.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools.event_handler import (
    BedrockAgentFunctionResolver,
    BedrockFunctionResponse,
)

from galley.errors import GalleyError, TerminalError
from galley.scope import Scope
from galley.telemetry import logger

Tool = Callable[..., Any]


class ActionGroup:
    """The tools of one agent, each working in the scope of the session's attributes."""

    def __init__(self) -> None:
        self._resolver = BedrockAgentFunctionResolver(serializer=_as_text)

    def tool(self, function: Tool) -> Tool:
        """Register a function as the tool of its name; what it raises becomes words for a model."""

        @wraps(function)
        def answered(**parameters: str) -> Any:
            try:
                return function(**parameters)
            except TerminalError as error:
                return BedrockFunctionResponse(body=str(error), response_state="REPROMPT")
            except GalleyError as error:
                logger.warning("%s: %s", type(error).__name__, error)
                return BedrockFunctionResponse(
                    body="The tool is not available at the moment.", response_state="FAILURE"
                )

        self._resolver.tool()(answered)
        return function

    def resolve(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one call of the agent."""
        return self._resolver.resolve(event, context)

    @property
    def attributes(self) -> dict[str, str]:
        """The session's attributes: set by the adapter, out of the model's reach."""
        event = self._resolver.current_event
        return dict(event.session_attributes) if event else {}

    @property
    def scope(self) -> Scope:
        """The workflow that the session belongs to."""
        return Scope.from_event(self.attributes)


def _as_text(answer: Any) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
