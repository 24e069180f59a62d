"""What InvokeAgent sends: its answer in chunks of bytes, and a trace of what it took."""

import base64
from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Response

from galley_local.bedrock import event_stream
from galley_local.bedrock.agent import Agent, Tool
from galley_local.bedrock.session import Usage
from galley_local.bedrock.thinking import GUARDED, TOO_LONG, BrokenAnswerError

PART_BYTES = 1001


def answer(
    agent: Agent, session_id: str, text: str, usage: Usage, used: Sequence[Tool]
) -> Response:
    """Return an answer that is whole, and the tools that were used for it."""
    asked = {"traceId": session_id, "foundationModel": agent.model}
    output = {"traceId": session_id, "metadata": {"usage": usage.to_dict()}}
    uses = (_use_of(tool) for tool in used)
    steps = [{"modelInvocationInput": asked}, *uses, {"modelInvocationOutput": output}]
    about = {
        "agentId": agent.agent_id,
        "agentAliasId": agent.alias_id,
        "agentVersion": "1",
        "sessionId": session_id,
    }
    traces = [{**about, "trace": {"orchestrationTrace": step}} for step in steps]
    events = b"".join(event_stream.event("trace", trace) for trace in traces)
    response = event_stream.response(events + _chunks(text))
    response.headers["x-amzn-bedrock-agent-content-type"] = "application/json"
    response.headers["x-amz-bedrock-agent-session-id"] = session_id
    return response


def _use_of(tool: Tool) -> dict[str, Any]:
    called = {"actionGroupName": tool.group, "function": tool.function["Name"]}
    invocation = {"invocationType": "ACTION_GROUP", "actionGroupInvocationInput": called}
    return {"invocationInput": invocation}


def broken(error: BrokenAnswerError) -> Response:
    """Return an answer that is not."""
    if error.code == GUARDED:
        trace = {"trace": {"guardrailTrace": {"action": "INTERVENED"}}}
        return event_stream.response(event_stream.event("trace", trace) + _chunks(str(error)))
    if error.code == TOO_LONG:  # nothing in the stream says so
        return event_stream.response(_chunks(str(error)))
    if error.code:
        return event_stream.response(event_stream.exception(error.code, str(error)))
    if not error.text:
        return event_stream.response(b"")
    return event_stream.cut(_chunks(error.text))


def _chunks(text: str) -> bytes:
    """Return a text in parts that end where they end: in the middle of a character, too."""
    data = text.encode("utf-8")
    parts = (data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES))
    encoded = ({"bytes": base64.b64encode(part).decode("ascii")} for part in parts)
    return b"".join(event_stream.event("chunk", chunk) for chunk in encoded)
