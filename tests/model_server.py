"""A server on loopback that speaks OpenAI's and Ollama's APIs, and follows a script."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from galley.prompts import fenced_values

NAME = "scripted"
_SENTENCE = re.compile(r"[A-Z][^.!?\n]{40,200}\.")


class Server(ThreadingHTTPServer):
    """What was asked of it, and how it answers; `failing` is a status that it answers with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.failing = 0
        self.always_uses_tool = False

    @property
    def url(self) -> str:
        """Its root, which is where Ollama's API is."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def scripted_server() -> Iterator[Server]:
    """Keep a server running."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    names: ClassVar[dict[str, Any]] = {
        "/v1/models": {"object": "list", "data": [{"id": NAME, "object": "model"}]},
        "/api/tags": {"models": [{"name": f"{NAME}:latest"}]},
    }

    def do_GET(self) -> None:
        status = self.server.failing or 200
        self._send(status, json.dumps(self.names[self.path]), "application/json")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.add(self.headers.get("Authorization", ""))
        if self.server.failing:
            error = {"error": {"message": "not now", "type": "server_error", "code": "later"}}
            self._send(self.server.failing, json.dumps(error), "application/json")
            return
        text, tool = _turn(asked["messages"], self.server)
        if self.path == "/api/chat":
            self._send(200, _as_ollama(text, tool), "application/x-ndjson")
        else:
            self._send(200, _as_openai(text, tool), "text/event-stream")

    def _send(self, status: int, body: str, kind: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


Tool = tuple[str, dict[str, str]]


def _turn(messages: list[dict[str, Any]], server: Server) -> tuple[str, Tool | None]:
    """Return what the model says next, or which tool it uses with what."""
    prompt = next(_text_of(each) for each in messages if each["role"] == "user")
    results = [_text_of(each) for each in messages if each["role"] == "tool"]
    values = fenced_values(prompt)
    if "max_sources" in values:
        if server.always_uses_tool or not results:
            return "", ("search_knowledge_base", {"queries": values["topic"], "mood": "curious"})
        if not results[0].startswith("["):
            return "I cannot.", None
        return _choice(json.loads(results[0]), int(values["max_sources"])), None
    if "source" in values:
        return f"<think>A source.</think>\n{_summary(values['source']['text'])}", None
    if "comments" in values:
        return json.dumps({"changes": [{"kind": "shorten", "what": "all"}]}), None
    return _report(values), None


def _text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(each["text"] for each in content)


def _choice(found: list[dict[str, Any]], most: int) -> str:
    chosen = [{"source_id": each["source_id"], "reason": "it fits"} for each in found[:most]]
    return json.dumps({"sources": chosen})


def _summary(text: str) -> str:
    quotes = _SENTENCE.findall(text)[:2]
    return json.dumps({"claims": [{"text": each, "quote": each} for each in quotes]})


def _report(values: dict[str, Any]) -> str:
    said = [
        f"{claim['text']} [{source['number']}]"
        for source in values["sources"]
        for claim in source["claims"]
    ]
    said = said[: 2 if values["changes"] else None]
    return "\n\n".join(["# What a model wrote", "## Summary", said[0], "## More", *said[1:]])


def _as_openai(text: str, tool: Tool | None) -> str:
    delta: dict[str, Any] = {"role": "assistant", "content": text}
    if tool:
        function = {"name": tool[0], "arguments": json.dumps(tool[1])}
        call = {"index": 0, "id": "call-1", "type": "function", "function": function}
        delta = {"role": "assistant", "content": None, "tool_calls": [call]}
    base = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": NAME}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    reason = "tool_calls" if tool else "stop"
    chunks = [
        {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
        {**base, "choices": [], "usage": usage},
    ]
    return "".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + "data: [DONE]\n\n"


def _as_ollama(text: str, tool: Tool | None) -> str:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if tool:
        message["tool_calls"] = [{"function": {"name": tool[0], "arguments": tool[1]}}]
    base = {"model": NAME, "created_at": "2026-01-01T00:00:00Z"}
    counted = {"prompt_eval_count": 1000, "eval_count": 100, "total_duration": 1}
    last = {**base, "message": {"role": "assistant", "content": ""}, "done": True}
    lines = [
        {**base, "message": message, "done": False},
        {**last, "done_reason": "stop", **counted},
    ]
    return "".join(f"{json.dumps(each)}\n" for each in lines)
