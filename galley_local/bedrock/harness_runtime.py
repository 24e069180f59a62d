"""
InvokeHarness on a laptop: a harness that keeps nothing between its calls.

A call brings the whole conversation: a prompt alone, or a prompt and what has been said since, up
to the results of the tools that the harness stopped for. Nothing is looked up by the session's id.
"""

import json
import re
import threading
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from galley_local.bedrock import harness_stream
from galley_local.bedrock.agent import Agent
from galley_local.bedrock.conversation import Conversation, Step
from galley_local.bedrock.session import ServiceError
from galley_local.bedrock.thinking import BrokenAnswerError, Mind
from galley_local.iam.permissions import Permissions

_SESSION_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
_SESSION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-_]{32,99}")
_WORKFLOW_SESSION = re.compile(r"(?:^|,)galley\.session=([^,]+)")


class HarnessRuntime:
    """The harnesses by ARN, and the conversations that wait for tools."""

    def __init__(
        self, harnesses: list[Agent], mind: Mind, permissions: Permissions, sessions: list[str]
    ) -> None:
        self._harnesses = {harness.arn: harness for harness in harnesses}
        self._mind = mind
        self._permissions = permissions
        self._sessions = sessions  # of each question, to be counted by whoever pays
        self._lock = threading.Lock()
        self._waiting: dict[str, Conversation] = {}  # by each toolUse that they wait for

    def invoke(self, request: Request) -> Response:
        """Answer a call; raises `ServiceError`."""
        harness = self._harnesses.get(request.args.get("harnessArn", ""))
        if harness is None:
            raise ServiceError(404, "ResourceNotFoundException", "no such harness")
        if not _SESSION.fullmatch(request.headers.get(_SESSION_HEADER, "")):
            raise ServiceError(400, "ValidationException", "a session has 33 to 100 characters")
        if request.args.get("qualifier", "DEFAULT") != "DEFAULT":
            raise ServiceError(404, "ResourceNotFoundException", "no such endpoint")
        asked = json.loads(request.get_data())
        if denial := self._permissions.check_all(harness.thinking_with(asked.get("model"))):
            raise ServiceError(403, "AccessDeniedException", str(denial))
        messages = asked["messages"]
        try:
            step = self._step(harness, messages, request.headers.get("baggage", ""))
        except BrokenAnswerError as broken:
            return harness_stream.broken(broken)
        return harness_stream.answer(step)

    def _step(self, harness: Agent, messages: list[dict[str, Any]], baggage: str) -> Step:
        prompt, results = _prompt_of(messages), _results_in(messages)
        if results:
            conversation = self._conversation(prompt, results)
            step = conversation.go_on(results)
        else:
            found = _WORKFLOW_SESSION.search(baggage)
            session_id = unquote(found[1]) if found else ""
            self._sessions.append(session_id)
            conversation = Conversation(harness, prompt, self._mind, session_id)
            step = conversation.begin()
        with self._lock:
            self._waiting |= {use.use_id: conversation for use in step.uses}
        return step

    def _conversation(self, prompt: str, results: dict[str, str]) -> Conversation:
        with self._lock:
            (*known,) = {self._waiting.get(use_id) for use_id in results}
        if len(known) != 1 or known[0] is None or known[0].prompt != prompt:
            # AWS says it in other words; a harness without memory knows only what it is brought
            raise ServiceError(400, "ValidationException", "toolResults without their toolUse")
        with self._lock:
            for use_id in results:
                del self._waiting[use_id]
        return known[0]


def _prompt_of(messages: list[dict[str, Any]]) -> str:
    if messages and messages[0]["role"] == "user" and "text" in messages[0]["content"][0]:
        return str(messages[0]["content"][0]["text"])
    raise ServiceError(400, "ValidationException", "a conversation must start with a user message")


def _results_in(messages: list[dict[str, Any]]) -> dict[str, str]:
    """Return the results in the last message, each of a use in the message before it."""
    last = [each.get("toolResult") for each in messages[-1]["content"]]
    results = {each["toolUseId"]: each["content"][0]["text"] for each in last if each}
    uses = (
        {each["toolUse"]["toolUseId"] for each in messages[-2]["content"] if "toolUse" in each}
        if results and len(messages) > 1
        else set()
    )
    if results.keys() != uses or (messages[-1]["role"] != "user"):
        raise ServiceError(400, "ValidationException", "toolResults and toolUses do not match")
    return results
