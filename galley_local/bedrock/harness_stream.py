"""What InvokeHarness sends: a message in its blocks and their parts, and what it took."""

import json
from collections.abc import Iterator
from typing import Any

from werkzeug.wrappers import Response

from galley_local.bedrock import event_stream
from galley_local.bedrock.conversation import Step, Use
from galley_local.bedrock.session import Usage
from galley_local.bedrock.thinking import GUARDED, TOO_LONG, BrokenAnswerError

PART_CHARACTERS = 1001  # a model sends a few at a time
_OWN_EXCEPTIONS = {"internalServerException", "validationException"}
# What else goes wrong behind a harness comes in one of its own, and its message says what it was.
_WRAPPED = "runtimeClientError"


def answer(step: Step) -> Response:
    """Return what a harness says, or which tools it waits for."""
    return _message(step, "tool_use" if step.uses else "end_turn")


def _message(step: Step, reason: str) -> Response:
    blocks = [_tool_use(use) for use in step.uses] or [_text(step.text)]
    frames = [
        event_stream.event("messageStart", {"role": "assistant"}),
        *(frame for index, block in enumerate(blocks) for frame in _framed(index, block)),
        event_stream.event("messageStop", {"stopReason": reason}),
        event_stream.event("metadata", _metadata(step.usage)),
    ]
    return event_stream.response(b"".join(frames))


def broken(error: BrokenAnswerError) -> Response:
    """Return an answer that is not whole."""
    if error.code in {GUARDED, TOO_LONG}:
        return _message(Step([], str(error)), error.code)
    if error.code in _OWN_EXCEPTIONS:
        return event_stream.response(event_stream.exception(error.code, str(error)))
    if error.code:
        said = f"An error occurred ({error.code}) when calling ConverseStream: {error}"
        return event_stream.response(event_stream.exception(_WRAPPED, said))
    if not error.text:
        return event_stream.response(b"")
    return event_stream.cut(answer(Step([], error.text)).get_data())


def _text(text: str) -> list[dict[str, Any]]:
    """Return a text in parts that end where they end: between the halves of a character, too."""
    halves, length = text.encode("utf-16-le"), 2 * PART_CHARACTERS
    parts = (halves[start : start + length] for start in range(0, len(halves), length))
    return [{"delta": {"text": part.decode("utf-16-le", "surrogatepass")}} for part in parts]


def _tool_use(use: Use) -> list[dict[str, Any]]:
    given = json.dumps(use.given, ensure_ascii=False)
    middle = len(given) // 2
    return [
        {"start": {"toolUse": {"toolUseId": use.use_id, "name": use.name, "type": "tool_use"}}},
        *({"delta": {"toolUse": {"input": part}}} for part in (given[:middle], given[middle:])),
    ]


def _framed(index: int, block: list[dict[str, Any]]) -> Iterator[bytes]:
    place = {"contentBlockIndex": index}
    for part in block:
        kind = "contentBlockStart" if "start" in part else "contentBlockDelta"
        yield event_stream.event(kind, {**place, **part})
    yield event_stream.event("contentBlockStop", place)


def _metadata(usage: Usage) -> dict[str, Any]:
    total = usage.input_tokens + usage.output_tokens
    return {"usage": {**usage.to_dict(), "totalTokens": total}, "metrics": {"latencyMs": 0}}
