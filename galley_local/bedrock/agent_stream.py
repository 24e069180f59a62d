"""What InvokeAgent sends: its answer in chunks of bytes, and a trace of what it took."""

import base64
from typing import Any

from werkzeug.wrappers import Response

from galley_local.bedrock import event_stream
from galley_local.bedrock.agent import Agent
from galley_local.bedrock.session import Usage
from galley_local.bedrock.thinking import BrokenAnswerError


def answer(agent: Agent, session_id: str, text: str, usage: Usage) -> Response:
    """Return an answer that is whole."""
    output = {"traceId": session_id, "metadata": {"usage": usage.to_dict()}}
    trace = {
        "agentId": agent.agent_id,
        "agentAliasId": agent.alias_id,
        "agentVersion": "1",
        "sessionId": session_id,
        "trace": {"orchestrationTrace": {"modelInvocationOutput": output}},
    }
    response = event_stream.response(event_stream.event("trace", trace) + _chunk(text))
    response.headers["x-amzn-bedrock-agent-content-type"] = "application/json"
    response.headers["x-amz-bedrock-agent-session-id"] = session_id
    return response


def broken(error: BrokenAnswerError) -> Response:
    """Return an answer that is not."""
    if error.code:
        return event_stream.response(event_stream.exception(error.code, str(error)))
    if not error.text:
        return event_stream.response(b"")
    halves = error.text[: len(error.text) // 2], error.text[len(error.text) // 2 :]
    return event_stream.cut(b"".join(map(_chunk, halves)))


def _chunk(text: str) -> bytes:
    payload: dict[str, Any] = {"bytes": base64.b64encode(text.encode("utf-8")).decode("ascii")}
    return event_stream.event("chunk", payload)
