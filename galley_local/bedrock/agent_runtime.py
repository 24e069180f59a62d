"""
Bedrock's agent runtime on a laptop: InvokeAgent and Retrieve on the real wire.

Which agents there are, what they are told and which Lambda answers for their tools comes from
the deployed template. What thinks is a `Mind`.
"""

import base64
import json
import logging
import re
from dataclasses import dataclass
from typing import Protocol

from werkzeug.wrappers import Request, Response

from galley_local.bedrock import event_stream
from galley_local.bedrock.knowledge_base import KnowledgeBase
from galley_local.bedrock.session import Agent, ServiceError, Session, Usage
from galley_local.iam.permissions import Errand, Permissions
from galley_local.iam.service_calls import ServiceCalls

LOG = logging.getLogger(__name__)

_INVOKE = re.compile(r"/agents/(\w+)/agentAliases/(\w+)/sessions/([\w.:-]{2,100})/text")
_RETRIEVE = re.compile(r"/knowledgebases/(\w+)/retrieve")
QUERY_CHARACTERS = 1000


class Mind(Protocol):
    """What thinks behind the local agents."""

    def answer(self, role: str, prompt: str, session: Session, /) -> str:
        """Return the reply of a role to a prompt; a session is called to use a tool."""


class BrokenAnswerError(Exception):
    """An answer that does not come as it should: the response, as it is sent instead."""

    def __init__(self, response: Response) -> None:
        super().__init__("the answer is broken")
        self.response = response


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
        self._agents = {(agent.agent_id, agent.alias_id): agent for agent in agents}
        self._mind = mind
        self._bases = bases
        self._permissions = permissions
        self._service_calls = service_calls
        self.sessions: list[str] = []  # of each call that would be paid for, in their order

    def respond(self, request: Request) -> Response | None:
        """Answer a request of this service; None if it belongs to another."""
        try:
            if match := _INVOKE.fullmatch(request.path):
                return self._invoke(request, *match.groups())
            if match := _RETRIEVE.fullmatch(request.path):
                return self._retrieve(request, match[1])
        except BrokenAnswerError as broken:
            return broken.response
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

        session = Session(agent, session_id, asked.get("sessionState", {}), self._service_calls)
        self.sessions.append(session_id)
        text = self._think(agent, prompt, session)
        usage = session.usage or Usage.estimated(prompt, text)
        output = {"traceId": session_id, "metadata": {"usage": usage.to_dict()}}
        trace = {
            "agentId": agent_id,
            "agentAliasId": alias_id,
            "agentVersion": "1",
            "sessionId": session_id,
            "trace": {"orchestrationTrace": {"modelInvocationOutput": output}},
        }
        chunk = {"bytes": base64.b64encode(text.encode("utf-8")).decode("ascii")}
        body = event_stream.event("trace", trace) + event_stream.event("chunk", chunk)
        headers = {
            "x-amzn-bedrock-agent-content-type": "application/json",
            "x-amz-bedrock-agent-session-id": session_id,
        }
        return Response(body, 200, headers, content_type="application/vnd.amazon.eventstream")

    def _do(self, errand: Errand) -> None:
        if denial := self._permissions.check_all(errand):
            raise ServiceError(403, "AccessDeniedException", str(denial))

    def _think(self, agent: Agent, prompt: str, session: Session) -> str:
        try:
            return self._mind.answer(agent.role, prompt, session)
        except (ServiceError, BrokenAnswerError):
            raise
        except Exception as error:
            LOG.exception("the mind failed as %s", agent.role)
            raise ServiceError(500, "InternalServerException", "the agent failed") from error

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
