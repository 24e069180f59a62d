"""
Bedrock's agent runtimes on a laptop: InvokeAgent, InvokeHarness and Retrieve on the real wire.

Which agents there are, what they are told and which Lambda answers for their tools comes from
the deployed template. What thinks is a `Mind`.
"""

import json
import re
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from galley_local.bedrock import agent_stream
from galley_local.bedrock.agent import Agent
from galley_local.bedrock.harness_runtime import HarnessRuntime
from galley_local.bedrock.knowledge_base import KnowledgeBase
from galley_local.bedrock.session import AgentSession, ServiceError, Usage
from galley_local.bedrock.thinking import BrokenAnswerError, Mind, think
from galley_local.iam.permissions import Errand, Permissions
from galley_local.iam.service_calls import ServiceCalls

_INVOKE = re.compile(r"/agents/(\w+)/agentAliases/(\w+)/sessions/([\w.:-]{2,100})/text")
_RETRIEVE = re.compile(r"/knowledgebases/(\w+)/retrieve")
_HARNESSES = "/harnesses/invoke"
QUERY_CHARACTERS = 1000


@dataclass(frozen=True)
class Base:
    """A knowledge base: its documents, and its errand where it has a role of this stack."""

    documents: KnowledgeBase
    retrieving: Errand | None = None


class AgentRuntime:
    """The data plane: agents by id and alias, and one knowledge base."""

    def __init__(
        self,
        agents: list[Agent],
        mind: Mind,
        bases: dict[str, Base],
        permissions: Permissions,
        service_calls: ServiceCalls,
    ) -> None:
        harnesses = [agent for agent in agents if agent.is_harness]
        self._agents = {
            (agent.agent_id, agent.alias_id): agent for agent in agents if not agent.is_harness
        }
        self._mind = mind
        self._bases = bases
        self._permissions = permissions
        self._service_calls = service_calls
        self.sessions: list[str] = []  # of each call that would be paid for, in their order
        self._harnesses = HarnessRuntime(harnesses, mind, permissions, self.sessions)

    def respond(self, request: Request) -> Response | None:
        """Answer a request of this service; None if it belongs to another."""
        try:
            if match := _INVOKE.fullmatch(request.path):
                return self._invoke(request, *match.groups())
            if request.path == _HARNESSES:
                return self._harnesses.invoke(request)
            if match := _RETRIEVE.fullmatch(request.path):
                return self._retrieve(request, match[1])
        except ServiceError as error:
            body = json.dumps({"message": str(error)})
            headers = {"x-amzn-ErrorType": error.code}
            return Response(body, error.status, headers, content_type="application/json")
        return None

    def _invoke(self, request: Request, agent_id: str, alias_id: str, session_id: str) -> Response:
        agent = self._agents.get((agent_id, alias_id))
        if agent is None:
            raise ServiceError(404, "ResourceNotFoundException", f"no agent {agent_id}/{alias_id}")
        self._do(agent.thinking)
        asked = json.loads(request.get_data())
        prompt = asked.get("inputText", "")

        state = asked.get("sessionState", {})
        session = AgentSession(agent, session_id, state, self._service_calls)
        self.sessions.append(session_id)
        try:
            text = think(self._mind, prompt, session)
        except BrokenAnswerError as broken:
            return agent_stream.broken(broken)
        usage = session.usage or Usage.of_turns(agent, prompt, session.turns, text)
        return agent_stream.answer(agent, session_id, text, usage, session.used)

    def _do(self, errand: Errand) -> None:
        if denial := self._permissions.check_all(errand):
            raise ServiceError(403, "AccessDeniedException", str(denial))

    def _retrieve(self, request: Request, base_id: str) -> Response:
        asked = json.loads(request.get_data())
        base, text = self._bases.get(base_id), str(asked["retrievalQuery"]["text"])
        if base is None:
            raise ServiceError(404, "ResourceNotFoundException", f"no knowledge base {base_id}")
        if base.retrieving:
            self._do(base.retrieving)
        if not 0 < len(text) <= QUERY_CHARACTERS:
            raise ServiceError(400, "ValidationException", "a query has 1 to 1,000 characters")
        search = asked.get("retrievalConfiguration", {}).get("vectorSearchConfiguration", {})
        results = base.documents.retrieve(text, search.get("numberOfResults", 5))
        return Response(json.dumps({"retrievalResults": results}), content_type="application/json")
