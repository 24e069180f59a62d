"""
The agents of a deployed stack, thinking for the adapters of this machine.

Prompts, tools and documents are this machine's; only the answers come from the account. That needs
harnesses, which stop where they want a tool: agents of Bedrock Agents call the Lambdas of their own
stack, which know nothing of a workflow here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from galley.agents import HarnessAgent
from galley.agents.action_groups import ActionGroups, ToolCall
from galley.errors import AgentThrottledError, GalleyError

from galley_local.bedrock.session import ServiceError, Session, Usage
from galley_local.cassettes.cassette import CassetteError

READ_SECONDS = 240  # below the adapters' own
ROLES = ("search", "summary", "writer", "reviser")


class DeployedAgentsError(CassetteError):
    """A stack whose agents cannot be asked from here; the message says why."""


@dataclass(frozen=True)
class DeployedHarness:
    """A harness of the stack, and what its function says of it."""

    arn: str
    version: str
    model: str


class HarnessMind:
    """Has the harnesses of a stack answer; their tools are those of the session here."""

    def __init__(self, client: Any, harnesses: Mapping[str, DeployedHarness]) -> None:
        self._client = client
        self._harnesses = harnesses

    @classmethod
    def of_stack(cls, name: str, session: Any) -> "HarnessMind":
        """Return the mind of a deployed stack, or raise `DeployedAgentsError`."""
        try:
            found = _harnesses_of(name, session)
        except (ClientError, BotoCoreError, KeyError) as error:
            why = str(error).rstrip(".")
            told = f"--stack {name}: {why}; is it deployed there (--profile, --region)?"
            raise DeployedAgentsError(told) from error
        if others := [role for role, each in found.items() if not each.arn.startswith("arn:")]:
            raise DeployedAgentsError(
                f"--stack {name}: the agents of {', '.join(others)} are not harnesses, and only"
                " those can be recorded (AgentBackend=harness)"
            )
        patient = Config(read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
        return cls(session.client("bedrock-agentcore", config=patient), found)

    def about(self, role: str) -> dict[str, str]:
        """Return what a cassette says of who answered."""
        return {"backend": "harness", "model": self._harnesses[role].model}

    def answer(self, role: str, prompt: str, session: Session) -> str:
        """Return the harness's answer; raises `ServiceError` as the service does."""
        harness = self._harnesses[role]
        agent = HarnessAgent(harness.arn, self._client, _SessionTools(session), READ_SECONDS)
        try:
            answer = agent.ask(prompt, session.session_id or role, {})
        except AgentThrottledError as error:
            raise ServiceError(429, "ThrottlingException", str(error)) from error
        except GalleyError as error:
            raise ServiceError(424, "DependencyFailedException", str(error)) from error
        session.usage = Usage(answer.input_tokens, answer.output_tokens)
        return answer.text


class _SessionTools(ActionGroups):
    """The tools of a session here, as a harness's caller uses them."""

    def __init__(self, session: Session) -> None:
        super().__init__({}, None)
        self._session = session

    def use(
        self,
        call: ToolCall,
        agent: str,  # noqa: ARG002  # the session knows it
        session_id: str,  # noqa: ARG002
        attributes: Mapping[str, str],  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return what a tool said, as a content block for the model."""
        given = {name: str(value) for name, value in call.given.items()}
        said = self._session(call.name, given) or "(nothing)"
        content = [{"text": said}]
        return {"toolResult": {"toolUseId": call.use_id, "content": content, "status": "success"}}


def _harnesses_of(stack: str, session: Any) -> dict[str, DeployedHarness]:
    """Return the harness of each role, as the environment of its function names it."""
    cloudformation, functions = session.client("cloudformation"), session.client("lambda")
    names = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
        if each.get("PhysicalResourceId")
    }
    found = {}
    for role in ROLES:
        name = names[f"{role.capitalize()}AgentFunction"]
        configuration = functions.get_function_configuration(FunctionName=name)
        variables = configuration["Environment"]["Variables"]
        found[role] = DeployedHarness(
            variables["AGENT"], variables["AGENT_VERSION"], variables["AGENT_MODEL"]
        )
    return found
