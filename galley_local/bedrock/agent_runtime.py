"""
Bedrock's agent runtime on a laptop: InvokeAgent and Retrieve on the real wire.

Which agents there are, what they are told and which Lambda answers for their tools comes from
the deployed template. What thinks is a `Mind`.
"""

import base64
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.wrappers import Request, Response

from galley_local.bedrock import event_stream
from galley_local.bedrock.knowledge_base import KnowledgeBase
from galley_local.iam import model_access
from galley_local.iam.permissions import Errand, Permissions
from galley_local.iam.service_calls import BEDROCK, NotPermittedError, ServiceCalls
from galley_local.resources.bedrock import BedrockAgent, BedrockAgentAlias

UseTool = Callable[[str, dict[str, str]], str]

LOG = logging.getLogger(__name__)

_INVOKE = re.compile(r"/agents/(\w+)/agentAliases/(\w+)/sessions/([\w.:-]{2,100})/text")
_RETRIEVE = re.compile(r"/knowledgebases/(\w+)/retrieve")
QUERY_CHARACTERS = 1000
CHARACTERS_PER_TOKEN = 4  # an estimate for English text: no tokenizer runs here


class Mind(Protocol):
    """What thinks behind the local agents."""

    def answer(self, role: str, prompt: str, use_tool: UseTool) -> str:
        """Return the reply of a role to a prompt."""


class ServiceError(Exception):
    """An error that the service would answer with."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class BrokenAnswerError(Exception):
    """An answer that does not come as it should: the response, as it is sent instead."""

    def __init__(self, response: Response) -> None:
        super().__init__("the answer is broken")
        self.response = response


@dataclass(frozen=True)
class Agent:
    """An agent that can be called: what it is for, its tools' names and Lambda, its errand."""

    role: str
    arn: str
    agent_id: str
    alias_id: str
    group: str
    tools: dict[str, dict[str, dict[str, Any]]]
    lambda_arn: str
    thinking: Errand

    @classmethod
    def from_resources(cls, agent: BedrockAgent, alias: BedrockAgentAlias) -> "Agent":
        """Read an agent from the template's resources."""
        group = agent.properties["ActionGroups"][0]
        functions = group["FunctionSchema"]["Functions"]
        return cls(
            role=agent.properties["AgentName"].rpartition("-")[2],
            arn=agent.attributes["AgentArn"],
            agent_id=agent.identifier,
            alias_id=alias.identifier,
            group=group["ActionGroupName"],
            tools={each["Name"]: each["Parameters"] for each in functions},
            lambda_arn=group["ActionGroupExecutor"]["Lambda"],
            thinking=model_access.thinking(agent.properties, agent.region, agent.account_id),
        )


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
        session = asked.get("sessionState", {})
        prompt = asked.get("inputText", "")

        def use_tool(function: str, parameters: dict[str, str]) -> str:
            return self._use_tool(agent, session_id, session, function, parameters)

        self.sessions.append(session_id)
        text = self._think(agent, prompt, use_tool)
        usage = {
            "inputTokens": len(prompt) // CHARACTERS_PER_TOKEN,
            "outputTokens": len(text) // CHARACTERS_PER_TOKEN,
        }
        output = {"traceId": session_id, "metadata": {"usage": usage}}
        trace = {
            "agentId": agent_id,
            "agentAliasId": alias_id,
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

    def _think(self, agent: Agent, prompt: str, use_tool: UseTool) -> str:
        try:
            return self._mind.answer(agent.role, prompt, use_tool)
        except (ServiceError, BrokenAnswerError):
            raise
        except Exception as error:
            LOG.exception("the mind failed as %s", agent.role)
            raise ServiceError(500, "InternalServerException", "the agent failed") from error

    def _use_tool(
        self,
        agent: Agent,
        session_id: str,
        session: dict[str, Any],
        function: str,
        parameters: dict[str, str],
    ) -> str:
        kinds = {name: kind["Type"] for name, kind in agent.tools[function].items()}
        event = {
            "messageVersion": "1.0",
            "agent": {
                "name": agent.role,
                "id": agent.agent_id,
                "alias": agent.alias_id,
                "version": "1",
            },
            "inputText": "",
            "sessionId": session_id,
            "actionGroup": agent.group,
            "function": function,
            "parameters": [
                {"name": name, "type": kinds[name], "value": str(value)}
                for name, value in parameters.items()
            ],
            "sessionAttributes": session.get("sessionAttributes", {}),
            "promptSessionAttributes": session.get("promptSessionAttributes", {}),
        }
        called = self._service_calls.function(agent.lambda_arn)
        if called is None:
            raise ServiceError(424, "DependencyFailedException", f"{function} has no Lambda")
        try:
            outcome = self._service_calls.invoke(BEDROCK, agent.arn, called, event)
        except NotPermittedError as error:
            raise ServiceError(403, "AccessDeniedException", str(error)) from error
        if outcome.failed:
            raise ServiceError(424, "DependencyFailedException", f"{function} failed")
        response = outcome.payload["response"]["functionResponse"]
        if response.get("responseState") == "FAILURE":
            raise ServiceError(424, "DependencyFailedException", f"{function} returned FAILURE")
        return str(response["responseBody"]["TEXT"]["body"])

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
