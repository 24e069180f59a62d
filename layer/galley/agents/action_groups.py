"""
The functions behind a role's tools, called as Amazon Bedrock Agents calls them.

So the same function serves both backends: it gets the event that it would get from Bedrock, with
attributes that come from the adapter and that no model can change.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from galley.errors import AgentUnavailableError


@dataclass(frozen=True)
class ToolCall:
    """What a model wants to be done."""

    use_id: str
    name: str
    given: dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """A tool: its action group, and the function that does what it does."""

    action_group: str
    function_arn: str


class ActionGroups:
    """The tools of one role, by name."""

    def __init__(self, tools: Mapping[str, Tool], client: Any) -> None:
        self._tools = tools
        self._lambda = client

    @classmethod
    def of(cls, written: str, client: Any) -> Self:
        """Read tools as the template writes them: `action-group.tool=function ARN`, and blanks."""
        tools = {}
        for each in written.split():
            name, _, function_arn = each.partition("=")
            action_group, _, tool = name.partition(".")
            tools[tool] = Tool(action_group, function_arn)
        return cls(tools, client)

    def use(
        self, call: ToolCall, agent: str, session_id: str, attributes: Mapping[str, str]
    ) -> dict[str, Any]:
        """
        Return what a tool said, as a content block for the model.

        What the model did wrong it is told, to try again. A tool that fails ends the call, as it
        does with Bedrock Agents: an answer without it would be worth less than one a little later.
        """
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(self._tools)
            return _result(call, f"There is no such tool; there is: {known}.", is_error=True)
        event = _event(call, tool, agent, session_id, attributes)
        response = self._lambda.invoke(
            FunctionName=tool.function_arn, Payload=json.dumps(event).encode("utf-8")
        )
        failed = AgentUnavailableError(f"session {session_id}: the tool {call.name} failed")
        try:  # what a function that died has left says nothing of this
            said = json.loads(response["Payload"].read())["response"]["functionResponse"]
            state, text = said.get("responseState", ""), said["responseBody"]["TEXT"]["body"]
        except (ValueError, LookupError, TypeError) as error:
            raise failed from error
        if state == "FAILURE":
            raise failed
        return _result(call, text, is_error=state == "REPROMPT")


def _event(
    call: ToolCall, tool: Tool, agent: str, session_id: str, attributes: Mapping[str, str]
) -> dict[str, Any]:
    identifier = agent.rpartition("/")[2]
    return {
        "messageVersion": "1.0",
        "agent": {"name": identifier, "id": identifier, "alias": "DEFAULT", "version": "DEFAULT"},
        "inputText": "",
        "sessionId": session_id,
        "actionGroup": tool.action_group,
        "function": call.name,
        "parameters": [
            {"name": name, "type": _type(value), "value": _text(value)}
            for name, value in call.given.items()
        ],
        "sessionAttributes": dict(attributes),
        "promptSessionAttributes": {},
    }


def _type(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array"}
    return kinds.get(type(value), "string")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _result(call: ToolCall, text: str, *, is_error: bool) -> dict[str, Any]:
    return {
        "toolResult": {
            "toolUseId": call.use_id,
            # a text of blanks is refused
            "content": [{"text": text if text.strip() else "(nothing)"}],
            "status": "error" if is_error else "success",
        }
    }
